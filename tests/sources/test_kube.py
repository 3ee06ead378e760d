from __future__ import annotations

from pathlib import Path

import pytest

from kubectl_argo_pods.cluster.kubeconfig import Overrides
from kubectl_argo_pods.errors import ForbiddenError, GoneError, NotFoundError
from kubectl_argo_pods.pod import Pod
from kubectl_argo_pods.sources import ArgoServerFlags, PodQuery, Sources, open_source
from kubectl_argo_pods.sources.finding import Wanted, find
from kubectl_argo_pods.sources.kube import KubeSource
from kubectl_argo_pods.sources.kube_pods import KubePods
from kubectl_argo_pods.sources.snapshot import snapshot, snapshots
from kubectl_argo_pods.workflow import WorkflowSummary, parse_time
from tests import builders
from tests.cluster import Rule, SimulatedCluster

NOW = parse_time("2026-05-04T11:00:00Z") or 0.0


@pytest.fixture
def simulated(empty_cluster: SimulatedCluster) -> SimulatedCluster:
    empty_cluster.clock = lambda: NOW
    return empty_cluster


@pytest.fixture
def sources(simulated: SimulatedCluster, tmp_path: Path) -> Sources:
    return opened(simulated.kubeconfig(tmp_path))


def opened(kubeconfig: Path) -> Sources:
    return open_source(Overrides(), ArgoServerFlags(), (), {"KUBECONFIG": str(kubeconfig)})


def kube_pods(sources: Sources) -> KubePods:
    assert sources.pods is not None
    return sources.pods


def kube(sources: Sources) -> KubeSource:
    assert isinstance(sources.workflows, KubeSource)
    return sources.workflows


def fill(cluster: SimulatedCluster, name: str, count: int) -> list[str]:
    """A workflow with so many pods, which are named as Argo names them; returns their names."""
    nodes = [builders.node(name, f".step-{number}") for number in range(count)]
    workflow = builders.workflow(name, *nodes)
    names = [f"{name}-work-{node['id'].rpartition('-')[2]}" for node in nodes]
    cluster.load([workflow, *(builders.pod(workflow, node, pod) for node, pod in zip(nodes, names, strict=True))])
    return names


def test_workflows_come_newest_first_from_one_small_request(simulated: SimulatedCluster, sources: Sources) -> None:
    for name, created, phase in (
        ("old", "2026-05-04T08:00:00Z", "Failed"),
        ("new", "2026-05-04T10:30:00Z", "Running"),
        ("middle", "2026-05-04T09:00:00Z", "Succeeded"),
    ):
        workflow = builders.workflow(name, phase=phase)
        workflow["metadata"]["creationTimestamp"] = created
        workflow["status"]["message"] = f"it is {phase}"
        simulated.load([workflow])
    found = sources.workflows.workflows("argo")
    labels = {"workflows.argoproj.io/phase": "Running"}
    newest = WorkflowSummary("argo", "new", "uid-of-new", "Running", NOW - 1800, "it is Running", labels)
    assert found[0] == newest._replace(resource_version=found[0].resource_version)
    assert [(each.name, each.status) for each in found] == [
        ("new", "Running"),
        ("middle", "Succeeded"),
        ("old", "Failed"),
    ]
    (asked,) = simulated.journal
    assert (asked.path, asked.query["includeObject"]) == (
        "/apis/argoproj.io/v1alpha1/namespaces/argo/workflows",
        "Metadata",
    )


def test_workflows_of_all_namespaces_and_by_label(simulated: SimulatedCluster, sources: Sources) -> None:
    simulated.load([builders.workflow("a"), builders.workflow("b", namespace="other", phase="Failed")])
    assert [(each.namespace, each.name) for each in sources.workflows.workflows(None)] == [
        ("argo", "a"),
        ("other", "b"),
    ]
    failed = sources.workflows.workflows(None, "workflows.argoproj.io/phase=Failed")
    assert [each.name for each in failed] == ["b"]


def test_a_workflow_that_is_not_there_is_named_with_its_namespace(sources: Sources) -> None:
    with pytest.raises(NotFoundError) as caught:
        sources.workflows.workflow("argo", "nope")
    assert str(caught.value) == 'workflow "nope" not found in namespace "argo"'


def test_a_workflow_found_in_the_list_is_asked_for_as_it_stood_there_or_later(
    simulated: SimulatedCluster, sources: Sources
) -> None:
    simulated.load([builders.workflow("old"), builders.workflow("new")])
    version = sources.workflows.workflows("argo")[0].resource_version
    find(sources, Wanted("@latest", "", "argo"), PodQuery(), NOW)
    find(sources, Wanted("new", "", "argo"), PodQuery(), NOW)
    single = "/apis/argoproj.io/v1alpha1/namespaces/argo/workflows/new"
    listed, named = [asked.query for asked in simulated.journal if asked.path == single]
    assert (listed, named) == ({"resourceVersion": version}, {})


def test_an_instance_id_leaves_the_workflows_of_that_installation(simulated: SimulatedCluster, tmp_path: Path) -> None:
    ours, theirs = builders.workflow("ours"), builders.workflow("theirs")
    ours["metadata"]["labels"]["workflows.argoproj.io/controller-instanceid"] = "dev"
    simulated.load([ours, theirs])
    environ = {"KUBECONFIG": str(simulated.kubeconfig(tmp_path)), "ARGO_INSTANCEID": "dev"}
    source = open_source(Overrides(), ArgoServerFlags(), (), environ).workflows
    assert ([each.name for each in source.workflows("argo")], source.workflow("argo", "ours").name) == (
        ["ours"],
        "ours",
    )
    with pytest.raises(NotFoundError) as caught:
        source.workflow("argo", "theirs")
    assert str(caught.value) == (
        'workflow "theirs" in namespace "argo" is none of the Argo installation "dev" (--instanceid, ARGO_INSTANCEID)'
    )


def test_pods_carry_the_cells_of_the_servers_table(simulated: SimulatedCluster, sources: Sources) -> None:
    (name,) = fill(simulated, "wf", 1)
    listed = kube_pods(sources).pods("argo", "workflows.argoproj.io/workflow=wf", PodQuery())
    (pod,) = listed.pods
    metadata = pod.metadata or {}
    assert pod._replace(metadata=None) == Pod(name, "argo", "0/2", "Completed", "0", "60m", "10.0.0.7", "host-1")
    assert (metadata["name"], listed.resource_version) == (name, str(int(listed.resource_version)))


@pytest.mark.parametrize(
    ("count", "with_metadata", "requests"),
    [
        pytest.param(3, 3, 1, id="a short list has all its metadata and needs one request"),
        pytest.param(250, 0, 2, id="a long list has none, and is asked for anew"),
    ],
)
def test_metadata_comes_with_a_short_list(
    simulated: SimulatedCluster, sources: Sources, count: int, with_metadata: int, requests: int
) -> None:
    names = fill(simulated, "wf", count)
    pods = kube_pods(sources).pods("argo", "workflows.argoproj.io/workflow=wf", PodQuery()).pods
    assert sorted(pod.name for pod in pods) == sorted(names)
    assert (sum(pod.metadata is not None for pod in pods), len(simulated.journal)) == (with_metadata, requests)


def test_whole_pods_come_where_they_are_asked_for(simulated: SimulatedCluster, sources: Sources) -> None:
    fill(simulated, "wf", 1)
    (pod,) = kube_pods(sources).pods("argo", "", PodQuery(include="Object")).pods
    assert (pod.manifest or {})["spec"]["nodeName"] == "host-1"
    assert (pod.metadata or {})["name"] == pod.name


@pytest.mark.parametrize(
    ("count", "of", "requests"),
    [
        pytest.param(2, 40, 3, id="a few, one by one"),
        pytest.param(30, 40, 1, id="many, in one list"),
        pytest.param(30, 4000, 31, id="not many of so many"),
    ],
)
def test_metadata_of_named_pods(
    simulated: SimulatedCluster, sources: Sources, count: int, of: int, requests: int
) -> None:
    names = fill(simulated, "wf", 40)[:count]
    found = kube_pods(sources).metadata("argo", "workflows.argoproj.io/workflow=wf", [*names, "gone"], of)
    assert {name: metadata["name"] for name, metadata in found.items()} == {name: name for name in names}
    assert len(simulated.journal) == requests


def test_a_list_that_grew_too_old_is_read_again(simulated: SimulatedCluster, sources: Sources) -> None:
    fill(simulated, "wf", 150)
    simulated.faults.answer(410, "/pods", message="the continue token is too old")
    pods = kube_pods(sources).pods("argo", "", PodQuery(include="Metadata")).pods
    assert len(pods) == 150


def test_a_snapshot_has_the_workflow_and_its_pods(simulated: SimulatedCluster, sources: Sources) -> None:
    names = fill(simulated, "wf", 3)
    found = snapshot(sources, "argo", "wf", PodQuery(), NOW)
    assert (found.workflow.name, len(found.workflow.nodes), found.notices) == ("wf", 3, [])
    assert sorted(pod.name for pod in found.pods or []) == sorted(names)


def test_a_snapshot_asks_for_the_metadata_of_pods_that_their_names_do_not_explain(
    simulated: SimulatedCluster, sources: Sources
) -> None:
    fill(simulated, "wf", 120)
    workflow = builders.workflow("wf")
    odd = builders.pod(workflow, {"id": "wf-1", "name": "wf.gone"}, "zz-odd")
    simulated.load([odd])
    found = snapshot(sources, "argo", "wf", PodQuery(), NOW)
    (pod,) = (pod for pod in found.pods or [] if pod.name == "zz-odd")
    assert (pod.metadata or {})["annotations"]["workflows.argoproj.io/node-name"] == "wf.gone"


def test_who_may_not_list_pods_gets_a_notice(simulated: SimulatedCluster, tmp_path: Path) -> None:
    fill(simulated, "wf", 2)
    token = simulated.access.add_user("jane", Rule(("get",), "workflows"))
    found = snapshot(opened(simulated.kubeconfig(tmp_path, token=token)), "argo", "wf", PodQuery(), NOW)
    assert found.pods is None
    (notice,) = found.notices
    assert notice.startswith(
        'cannot list pods in namespace "argo", so the names of the pods are computed: pods is forbidden'
    )


def test_who_may_not_read_workflows_gets_the_servers_own_sentence(simulated: SimulatedCluster, tmp_path: Path) -> None:
    fill(simulated, "wf", 1)
    token = simulated.access.add_user("jane")
    with pytest.raises(ForbiddenError, match='workflows.argoproj.io "wf" is forbidden: User "jane" cannot get'):
        snapshot(opened(simulated.kubeconfig(tmp_path, token=token)), "argo", "wf", PodQuery(), NOW)


def test_snapshots_of_many_leave_out_what_is_gone(simulated: SimulatedCluster, sources: Sources) -> None:
    for number in range(12):
        fill(simulated, f"wf-{number}", 2)
    runs = sources.workflows.workflows("argo")
    found = snapshots(sources, [*runs, runs[0]._replace(name="gone")], PodQuery(), NOW)
    assert [(each.workflow.name, len(each.pods or [])) for each in found] == [(each.name, 2) for each in runs]


def test_a_watch_of_pods_goes_on_where_the_list_ended(simulated: SimulatedCluster, sources: Sources) -> None:
    (name,) = fill(simulated, "wf", 1)
    selector = "workflows.argoproj.io/workflow=wf"
    version = kube_pods(sources).pods("argo", selector, PodQuery()).resource_version
    workflow = builders.workflow("wf")
    changed = builders.pod(
        workflow, builders.node("wf", ".step-0"), name, phase="Failed", reason="Evicted", containerStatuses=[]
    )
    with kube_pods(sources).watch("argo", selector, PodQuery(), version) as watch:
        simulated.load([changed])
        event = next(iter(watch))
    assert event.pod is not None
    assert (event.type, event.pod.name, event.pod.status) == ("MODIFIED", name, "Evicted")
    assert int(event.resource_version) > int(version)


def test_a_watch_of_a_workflow_sees_its_phase(simulated: SimulatedCluster, sources: Sources) -> None:
    simulated.load([builders.workflow("wf", phase="Running"), builders.workflow("other")])
    version = sources.workflows.workflow("argo", "wf").resource_version
    with kube(sources).watch("argo", "wf", version) as watch:
        simulated.load([builders.workflow("other", phase="Failed"), builders.workflow("wf", phase="Failed")])
        event = next(iter(watch))
    assert event.workflow is not None
    assert (event.type, event.workflow.name, event.workflow.phase) == ("MODIFIED", "wf", "Failed")


def test_a_watch_from_a_forgotten_version_says_so(simulated: SimulatedCluster, sources: Sources) -> None:
    fill(simulated, "wf", 1)
    simulated.state.forget_history()
    with pytest.raises(GoneError), kube_pods(sources).watch("argo", "", PodQuery(), "1") as watch:
        next(iter(watch))


def test_a_watch_that_the_server_ends_just_ends(simulated: SimulatedCluster, sources: Sources) -> None:
    fill(simulated, "wf", 1)
    version = kube_pods(sources).pods("argo", "", PodQuery()).resource_version
    with kube_pods(sources).watch("argo", "", PodQuery(), version) as watch:
        fill(simulated, "another", 1)
        events = iter(watch)
        assert next(events).type == "ADDED"
        simulated.watches.end()
        assert [event for event in events if event.type != "BOOKMARK"] == []
