"""`kubectl argo-pods WORKFLOW`: the pods of one workflow, in every format."""

from __future__ import annotations

import base64
import gzip
import json
import threading
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from tests import builders
from tests.cluster import Rule, SimulatedCluster
from tests.commands.shapes import etl, pod_of
from tests.conftest import Result, Run

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "schema" / "v1.json").read_text())
TABLE = """\
STEP       TEMPLATE   POD                           READY    STATUS      RESTARTS   DURATION
call       work       etl-1340600742-agent (gone)   <none>   Succeeded   <none>     10s
load       fetch      etl-fetch-3334251314          0/2      Completed   0          10s
set        work       etl-work-2940106842           0/2      Completed   0          10s
train(0)   work       etl-work-549623979 (gone)     <none>   Failed      <none>     10s
train(1)   work       etl-work-1153765358           0/2      Completed   0          10s
"""
PODS = "pod/etl-fetch-3334251314\npod/etl-work-2940106842\npod/etl-work-1153765358\n"
GONE = "2 pods are gone; --gone prints the names of those, too\n"
NOTHING = 'No pods found for workflow "etl" in argo namespace with '


@pytest.fixture
def loaded(empty_cluster: SimulatedCluster) -> SimulatedCluster:
    """A cluster with the workflow `etl`."""
    empty_cluster.load(etl())
    return empty_cluster


def without_headers(table: str) -> str:
    return table.partition("\n")[2]


def column(result: Result, name: str) -> list[str]:
    """One column of a csv."""
    headers, *rows = [line.split(",") for line in result.stdout.splitlines()]
    return [row[headers.index(name)] for row in rows]


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("words", [["etl"], ["wf/etl"], ["@latest"], ["@failed"], ["etl", "-o", "table"]])
def test_the_table_of_a_workflow(argo_pods: Run, words: list[str]) -> None:
    assert argo_pods(*words) == Result(0, TABLE, "")


@pytest.mark.usefixtures("loaded")
def test_wide_adds_what_else_is_known(argo_pods: Run) -> None:
    assert argo_pods("etl", "load", "-o", "wide") == Result(
        0,
        "STEP   TEMPLATE   POD                    READY   STATUS      RESTARTS   DURATION   "
        "PHASE       TYPE   NODE-ID          HOST     IP         CONTAINERS   MESSAGE   NAME-FROM\n"
        "load   fetch      etl-fetch-3334251314   0/2     Completed   0          10s        "
        "Succeeded   Pod    etl-3334251314   host-1   10.0.0.7   wait,main    <none>    annotation\n",
        "",
    )


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("flags", "stdout", "stderr"),
    [
        pytest.param(["-o", "name"], PODS, GONE, id="name counts those that are gone"),
        pytest.param(["-o", "NAME"], PODS, GONE, id="in capitals"),
        pytest.param(
            ["train(0)", "-o", "name"], "", "1 pod is gone; --gone prints the names of those, too\n", id="one"
        ),
        pytest.param(
            ["train(0)", "load", "-o", "name", "--gone"],
            "pod/etl-fetch-3334251314\npod/etl-work-549623979\n",
            "",
            id="gone ones, too",
        ),
        pytest.param(["skip", "-o", "name"], "", f"{NOTHING}skip.\n", id="none of a node without a pod"),
        pytest.param(["set", "one", "two", "-o", "name"], "pod/etl-work-2940106842\n", "", id="a shared pod once"),
        pytest.param(
            ["load", "-o", "csv", "--no-headers"],
            "load,fetch,etl-fetch-3334251314,0/2,Completed,0,10s,"
            'Succeeded,Pod,etl-3334251314,host-1,10.0.0.7,"wait,main",,annotation\n',
            "",
            id="csv without headers",
        ),
        pytest.param(
            ["load", "--no-headers"],
            "load   fetch   etl-fetch-3334251314   0/2   Completed   0     10s\n",
            "",
            id="no headers",
        ),
        pytest.param(
            ["load", "train(0)", "-o", "csv"],
            "STEP,TEMPLATE,POD,READY,STATUS,RESTARTS,DURATION,"
            "PHASE,TYPE,NODE-ID,HOST,IP,CONTAINERS,MESSAGE,NAME-FROM\n"
            'load,fetch,etl-fetch-3334251314,0/2,Completed,0,10s,Succeeded,Pod,etl-3334251314,host-1,10.0.0.7,"wait,main",'
            ",annotation\n"
            "train(0),work,etl-work-549623979 (gone),,Failed,,10s,Failed,Pod,etl-549623979,host-1,,"
            ",Error (exit code 3),computed\n",
            "",
            id="csv",
        ),
        pytest.param(
            ["-o", "jsonpath={range .items[*]}{.metadata.name} {.status.exists}{'\\n'}{end}"],
            "etl-1340600742-agent false\netl-fetch-3334251314 true\netl-work-2940106842 true\n"
            "etl-work-549623979 false\netl-work-1153765358 true\n",
            "",
            id="jsonpath",
        ),
        pytest.param(
            ["load", "-o", "custom-columns=STEP:.node.displayName,PHASE:.status.phase"],
            "STEP   PHASE\nload   Succeeded\n",
            "",
            id="custom columns",
        ),
        pytest.param(
            ["load", "train(0)", "-L", "workflows.argoproj.io/completed", "--show-labels"],
            "STEP       TEMPLATE   POD                         READY    STATUS      RESTARTS   DURATION   COMPLETED   "
            "LABELS\n"
            "load       fetch      etl-fetch-3334251314        0/2      Completed   0          10s        true        "
            "workflows.argoproj.io/completed=true,workflows.argoproj.io/workflow=etl\n"
            "train(0)   work       etl-work-549623979 (gone)   <none>   Failed      <none>     10s                    "
            "<none>\n",
            "",
            id="labels",
        ),
    ],
)
def test_a_format(argo_pods: Run, flags: list[str], stdout: str, stderr: str) -> None:
    assert argo_pods("etl", *flags) == Result(0, stdout, stderr)


@pytest.mark.usefixtures("loaded")
def test_json_and_yaml_are_the_same_list_and_obey_the_schema(argo_pods: Run) -> None:
    as_json, as_yaml = (argo_pods("etl", "--all-nodes", "-o", kind) for kind in ("json", "yaml"))
    items = json.loads(as_json.stdout)
    Draft202012Validator(SCHEMA).validate(items)
    assert yaml.safe_load(as_yaml.stdout) == items
    assert (as_json.stderr, as_yaml.stderr) == ("", "")
    assert [item["node"]["displayName"] for item in items["items"]] == (
        ["etl", "call", "load", "set", "one", "two", "skip", "train", "train(0)", "train(1)"]
    )


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("arguments", "steps"),
    [
        (["train"], ["train(1)"]),
        (["etl"], ["call", "load", "set", "train(0)", "train(1)"]),
        (["@failed"], ["train(0)", "train(1)"]),
        (["load", "@running"], ["load"]),
        (["pod/etl-work-2940106842"], ["set"]),
        (["template:fetch"], ["load"]),
        (["t*"], ["two", "train(0)", "train(1)"]),
        (["--phase", "failed"], ["train(0)", "train(1)"]),
        (["--type", "Container,HTTP"], ["call", "one", "two"]),
        (["--template", "fetch"], ["load"]),
        (["--node-field-selector", "phase!=Failed,type=Pod"], ["load", "set"]),
        (["-l", "workflows.argoproj.io/completed=true"], ["load", "set", "train(1)"]),
        (["--field-selector", "metadata.name=etl-work-1153765358"], ["train(1)"]),
        (["--all-nodes", "--phase", "Skipped"], ["skip"]),
        (["--sort-by", ".metadata.name"], ["call", "load", "train(1)", "set", "train(0)"]),
    ],
    ids=lambda value: " ".join(value),
)
def test_what_is_chosen(argo_pods: Run, arguments: list[str], steps: list[str]) -> None:
    result = argo_pods("etl", "-o", "csv", *arguments)
    assert (result.status, result.stderr, column(result, "STEP")) == (0, "", steps)


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("arguments", "narrowing"),
    [
        (["@running"], "@running"),
        (["--phase", "Pending"], "--phase Pending"),
        (["-l", "a=b"], "-l a=b"),
        (["load", "--phase", "Failed", "--type=pod"], "load, --phase Failed, --type pod"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_filter_that_leaves_nothing_is_no_error(argo_pods: Run, arguments: list[str], narrowing: str) -> None:
    assert argo_pods("etl", *arguments) == Result(0, "", f"{NOTHING}{narrowing}.\n")


def test_pods_of_a_former_workflow_of_the_name_are_orphans(argo_pods: Run, loaded: SimulatedCluster) -> None:
    former, node = builders.workflow("etl"), builders.node("etl", ".load")
    former["metadata"]["uid"] = "uid-of-the-former"
    loaded.load([builders.pod(former, node, "etl-fetch-1")])
    assert argo_pods("etl") == Result(0, TABLE, "")
    names = argo_pods("etl", "--orphans", "-o", "csv")
    assert list(zip(column(names, "STEP"), column(names, "POD"), strict=True))[-1] == ("(orphan)", "etl-fetch-1")


def test_the_agent_runs_http_nodes_and_is_a_row_of_its_own(argo_pods: Run, loaded: SimulatedCluster) -> None:
    workflow = etl()[0]
    agent = builders.pod(workflow, builders.node("etl"), "etl-1340600742-agent")
    del agent["metadata"]["annotations"]
    agent["metadata"]["labels"]["workflows.argoproj.io/component"] = "agent"
    loaded.load([agent])
    rows = argo_pods("etl", "-o", "csv")
    found = zip(column(rows, "STEP"), column(rows, "POD"), column(rows, "STATUS"), strict=True)
    assert [row for row in found if "agent" in row[1]] == [
        ("call", "etl-1340600742-agent", "Completed"),
        ("(agent)", "etl-1340600742-agent", "Completed"),
    ]


def test_compressed_nodes_are_read(argo_pods: Run, empty_cluster: SimulatedCluster) -> None:
    workflow, *pods = etl()
    nodes = json.dumps(workflow["status"].pop("nodes")).encode()
    workflow["status"]["compressedNodes"] = base64.b64encode(gzip.compress(nodes)).decode()
    empty_cluster.load([workflow, *pods])
    assert argo_pods("etl") == Result(0, TABLE, "")


def test_offloaded_nodes_are_rebuilt_from_the_pods(argo_pods: Run, empty_cluster: SimulatedCluster) -> None:
    workflow, *pods = etl()
    del workflow["status"]["nodes"]
    workflow["status"]["offloadNodeStatusVersion"] = "fnv:1"
    empty_cluster.load([workflow, *pods])
    result = argo_pods("etl", "-o", "csv")
    assert (result.status, sorted(column(result, "STEP"))) == (0, ["load", "set", "train(1)"])
    assert result.stderr == (
        'the node status of workflow "etl" is offloaded to Argo\'s database: the list is rebuilt from its pods; '
        "name an Argo Server with -s to see all of it\n"
    )


def test_many_pods_come_in_pages_and_both_ways_agree(argo_pods: Run, empty_cluster: SimulatedCluster) -> None:
    nodes = [builders.node("big", f".n{number:03}") for number in range(130)]
    workflow = builders.workflow("big", *nodes)
    pods = [pod_of(workflow, each) for each in nodes]
    for each in pods:
        # Pods that may be older than the workflow are looked at more closely.
        each["metadata"]["creationTimestamp"] = "2026-05-10T10:00:00Z"
    empty_cluster.load([workflow, *pods])
    small = argo_pods("big")
    asked = [request.query for request in empty_cluster.journal if request.path.endswith("/pods")]
    assert [(each["includeObject"], each["limit"], "continue" in each) for each in asked] == [
        ("Metadata", "100", False),
        ("None", "5000", False),
    ]
    labelled = argo_pods("big", "-L", "none")
    assert [line.rstrip() for line in labelled.stdout.splitlines()][1:] == small.stdout.splitlines()[1:]
    assert (small.status, small.stderr, len(small.stdout.splitlines())) == (0, "", 131)


def test_one_workflow_costs_one_request_for_it_and_one_for_its_pods(argo_pods: Run, loaded: SimulatedCluster) -> None:
    argo_pods("etl")
    assert sorted(loaded.journal.paths) == [
        "/api/v1/namespaces/argo/pods",
        "/apis/argoproj.io/v1alpha1/namespaces/argo/workflows/etl",
    ]


def test_the_pods_are_asked_for_while_the_workflow_is_awaited(argo_pods: Run, loaded: SimulatedCluster) -> None:
    loaded.faults.stall("/workflows/etl")
    release_when_pods_were_asked_for(loaded)
    assert argo_pods("etl") == Result(0, TABLE, "")


def release_when_pods_were_asked_for(cluster: SimulatedCluster) -> None:
    """A stalled workflow is answered only after the pods were: one after the other would wait for ever."""

    def release() -> None:
        while not any(path.endswith("/pods") for path in cluster.journal.paths):
            threading.Event().wait(0.01)
        cluster.faults.release()

    threading.Thread(target=release, daemon=True).start()


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["elt"], 1, 'workflow "elt" not found in namespace "argo"; did you mean "etl"?'),
        (["etl", "lod"], 1, 'no node or pod "lod" in workflow "etl"; did you mean "load"?'),
        (["etl", "zzz"], 1, 'no node or pod "zzz" in workflow "etl"; `--all-nodes` lists every node'),
        (["x", "-n", "nowhere"], 1, 'namespace "nowhere" not found'),
        ([""], 2, 'the WORKFLOW is empty: write a name, @latest, or "*" for all workflows'),
        (["pod/x"], 2, '"pod/x" names no workflow: write NAME or wf/NAME'),
        (["etl", "--gone"], 2, "--gone goes with -o name: the other formats show the pods that are gone anyway"),
        (
            ["etl", "@foo"],
            2,
            'unknown NODE "@foo": the words that begin with @ are '
            "@failed, @running, @pending, @succeeded, @first-failed, @last",
        ),
        (
            ["etl", "-f", "x", "-s", "y"],
            2,
            "-f/--filename and -s/--argo-server exclude each other: both say where the workflow is",
        ),
        (["etl", "-w", "-o", "json"], 2, "-w/--watch shows a table, not -o json"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_mistake_is_one_sentence(argo_pods: Run, arguments: list[str], status: int, sentence: str) -> None:
    assert argo_pods(*arguments) == Result(status, "", f"error: {sentence}\n")


def test_a_namespace_is_unknown_only_to_one_who_may_know(argo_pods: Run, loaded: SimulatedCluster) -> None:
    token = loaded.access.add_user("dev", Rule(("get", "list"), "workflows"), Rule(("list",), "pods"))
    sentence = 'error: workflow "x" not found in namespace "nowhere"\n'
    assert argo_pods("x", "-n", "nowhere", "--token", token) == Result(1, "", sentence)


def test_without_permission_to_list_pods_names_are_computed(argo_pods: Run, loaded: SimulatedCluster) -> None:
    token = loaded.access.add_user("dev", Rule(("get",), "workflows"))
    result = argo_pods("etl", "--token", token, "-o", "name", "--gone")
    notice = (
        'cannot list pods in namespace "argo", so the names of the pods are computed: pods is forbidden: '
        'User "dev" cannot list resource "pods" in API group "" in the namespace "argo": a Role in namespace "argo" '
        'has to grant {apiGroups: [""], resources: [pods], verbs: [list]}\n'
    )
    assert (result.status, result.stderr) == (0, notice)
    assert sorted(result.stdout.split()) == sorted(
        [*PODS.split(), "pod/etl-1340600742-agent", "pod/etl-work-549623979"]
    )


def test_without_permission_for_workflows_the_error_says_which(argo_pods: Run, loaded: SimulatedCluster) -> None:
    token = loaded.access.add_user("dev", Rule(("list",), "pods"))
    assert argo_pods("etl", "--token", token) == Result(
        1,
        "",
        'error: workflows.argoproj.io "etl" is forbidden: User "dev" cannot get resource "workflows" in API group '
        '"argoproj.io" in the namespace "argo": a Role in namespace "argo" has to grant {apiGroups: [argoproj.io], '
        "resources: [workflows], verbs: [get]}\n",
    )


def test_credentials_that_nobody_has(argo_pods: Run, loaded: SimulatedCluster) -> None:
    assert argo_pods("etl", "--token", "wrong") == Result(
        1,
        "",
        f'error: the Kubernetes API at {loaded.url} (context "simulated") does not accept the credentials '
        "(Unauthorized); log in again, or check the user\n",
    )


@pytest.mark.usefixtures("loaded")
def test_a_server_that_is_down(argo_pods: Run) -> None:
    assert argo_pods("etl", "--server", "https://127.0.0.1:1") == Result(
        1,
        "",
        'error: the connection to the Kubernetes API at https://127.0.0.1:1 (context "simulated") was refused; '
        "is it running? If so, check the server of its kubeconfig entry\n",
    )


def test_several_files_make_one_table(argo_pods: Run, empty_cluster: SimulatedCluster, tmp_path: Path) -> None:
    files = []
    for name in ("one", "two", "three"):
        files.append(str(tmp_path / f"{name}.json"))
        Path(files[-1]).write_text(json.dumps(builders.workflow(name, builders.node(name, ".a"))))
    repeated = argo_pods("-f", files[0], "-f", f"{files[1]},{files[2]}", "--no-headers")
    assert sorted(line.split()[0] for line in repeated.stdout.splitlines()) == ["one", "three", "two"]
    assert argo_pods("two", "-f", files[0], "-f", files[1], "-o", "csv").stdout.splitlines()[1].startswith("a,")
    assert argo_pods("-f", files[0], "-f", "nope") == Result(1, "", 'error: "nope" does not exist\n')
