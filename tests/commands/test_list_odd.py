"""Workflows that are out of the ordinary: what is said of them is neither wrong nor silent."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import yaml

from tests import builders
from tests.builders import Manifest
from tests.cluster import Rule, SimulatedCluster
from tests.commands.shapes import etl
from tests.conftest import Result, Run

NO_PODS = "No pods found for workflow"


def test_a_name_that_no_label_can_hold_does_not_hide_the_others(
    argo_pods: Run, empty_cluster: SimulatedCluster
) -> None:
    long = builders.workflow("etl-" + "n" * 70, phase="Failed", message="the name is too long")
    empty_cluster.load([*etl(), long])
    result = argo_pods("etl*", "load", "--no-headers")
    assert (result.status, result.stdout.split()[:2], result.stderr) == (0, ["etl", "load"], "")
    alone = argo_pods(long["metadata"]["name"])
    sentence = f'{NO_PODS} "{long["metadata"]["name"]}" in argo namespace. It is Failed: the name is too long\n'
    assert alone == Result(0, "", sentence)


def waiting_for_a_lock() -> Manifest:
    """A workflow the only step of which has no pod yet."""
    message = "Waiting for argo/ConfigMap/locks/one lock. Lock status: 0/1"
    top = builders.node("wf", type="DAG", hostNodeName="", phase="Running", children=[".a"])
    step = builders.node("wf", ".a", phase="Pending", message=message, hostNodeName="", finishedAt=None)
    return builders.workflow("wf", top, step, phase="Running")


HINT = "`--all-nodes -o wide` lists the nodes without pods, and their messages"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param([], f". {HINT}", id="all"),
        pytest.param(["-o", "name"], f". {HINT}", id="names"),
        pytest.param(["--phase", "Pending"], f" with --phase Pending. {HINT}", id="some"),
        pytest.param(["--phase", "Failed"], " with --phase Failed.", id="none"),
        pytest.param(["--all-nodes", "--phase", "Failed"], " with --phase Failed.", id="none of all"),
        pytest.param(["a", "-o", "name"], " with a.", id="a node that is named"),
    ],
)
def test_where_there_are_no_pods_the_way_to_the_nodes_is_named(
    argo_pods: Run, empty_cluster: SimulatedCluster, options: list[str], said: str
) -> None:
    empty_cluster.load([waiting_for_a_lock()])
    assert argo_pods("wf", *options) == Result(0, "", f'{NO_PODS} "wf" in argo namespace{said}\n')


def test_the_way_to_the_nodes_without_pods_leads_to_their_messages(
    argo_pods: Run, empty_cluster: SimulatedCluster
) -> None:
    empty_cluster.load([waiting_for_a_lock()])
    headers, _, step = argo_pods("wf", "--all-nodes", "-o", "wide").stdout.splitlines()
    assert step[headers.index("MESSAGE") :].startswith("Waiting for argo/ConfigMap/locks/one lock. Lock status: 0/1")


def test_a_selector_of_pods_that_cannot_be_listed_is_an_error(argo_pods: Run, empty_cluster: SimulatedCluster) -> None:
    empty_cluster.load(etl())
    token = empty_cluster.access.add_user("dev", Rule(("get",), "workflows"))
    assert argo_pods("etl", "--token", token, "-l", "a=b") == Result(
        1,
        "",
        'cannot list pods in namespace "argo", so the names of the pods are computed: pods is forbidden: '
        'User "dev" cannot list resource "pods" in API group "" in the namespace "argo": a Role in namespace "argo" '
        'has to grant {apiGroups: [""], resources: [pods], verbs: [list]}\n'
        "error: -l/--selector and --field-selector select pods, which cannot be listed\n",
    )


def test_pods_of_a_workflow_of_another_cluster_are_not_called_gone(
    argo_pods: Run, empty_cluster: SimulatedCluster, tmp_path: Path
) -> None:
    elsewhere, *_ = etl()
    elsewhere["metadata"]["uid"] = "of-another-cluster"
    file = tmp_path / "elsewhere.yaml"
    file.write_text(yaml.safe_dump(elsewhere))
    result = argo_pods("-f", str(file), "etl", "load")
    assert result == Result(
        0,
        "STEP   TEMPLATE   POD                    READY    STATUS      RESTARTS   DURATION\n"
        "load   fetch      etl-fetch-3334251314   <none>   Succeeded   <none>     10s\n",
        "",
    )


def test_pods_of_the_clusters_own_workflow_are_called_gone_from_a_file_too(
    argo_pods: Run, empty_cluster: SimulatedCluster, tmp_path: Path
) -> None:
    workflow, *_ = etl()
    empty_cluster.load([workflow])
    file = tmp_path / "own.yaml"
    file.write_text(yaml.safe_dump(workflow))
    result = argo_pods("-f", str(file), "etl", "load", "--no-headers")
    assert result.stdout == "load   fetch   etl-fetch-3334251314 (gone)   <none>   Succeeded   <none>   10s\n"


def test_a_pod_whose_owner_was_deleted_as_an_orphan_is_its_nodes(
    argo_pods: Run, empty_cluster: SimulatedCluster
) -> None:
    workflow, load, *_ = etl()
    load["metadata"]["ownerReferences"] = []
    empty_cluster.load([workflow, load])
    result = argo_pods("etl", "load", "--no-headers")
    assert result.stdout == "load   fetch   etl-fetch-3334251314   0/2   Completed   0     10s\n"


def test_a_pod_of_a_former_run_under_the_same_name_is_not_called_gone(
    argo_pods: Run, empty_cluster: SimulatedCluster
) -> None:
    workflow, load, *_ = etl()
    load["metadata"]["ownerReferences"][0]["uid"] = "of-the-former"
    empty_cluster.load([workflow, load])
    result = argo_pods("etl", "load", "--no-headers")
    assert result.stdout == "load   fetch   etl-fetch-3334251314   <none>   Succeeded   <none>   10s\n"


BROKEN = (
    'cannot read the nodes of workflow "etl" in namespace "argo": the compressed nodes cannot be decoded: '
    "it is neither gzip, zstd nor brotli"
)


def broken(loaded: list[Manifest]) -> list[Manifest]:
    """The workflow and its pods with nodes that nobody can read."""
    workflow, *pods = loaded
    del workflow["status"]["nodes"]
    workflow["status"]["compressedNodes"] = "JSUl"
    return [workflow, *pods]


def steps(result: Result) -> list[str]:
    return [row["STEP"] for row in csv.DictReader(result.stdout.splitlines())]


def test_nodes_that_cannot_be_read_are_rebuilt_from_the_pods(argo_pods: Run, empty_cluster: SimulatedCluster) -> None:
    empty_cluster.load(broken(etl()))
    result = argo_pods("etl", "-o", "csv")
    assert (result.status, sorted(steps(result))) == (1, ["load", "set", "train(1)"])
    assert result.stderr == f"{BROKEN}; the list is rebuilt from its pods\n"


def test_nodes_that_cannot_be_read_are_a_failure_without_pods_too(
    argo_pods: Run, empty_cluster: SimulatedCluster
) -> None:
    empty_cluster.load(broken(etl())[:1])
    rebuilt = f"{BROKEN}; the list is rebuilt from its pods\n"
    assert argo_pods("etl") == Result(1, "", f'{rebuilt}No pods found for workflow "etl" in argo namespace.\n')
    token = empty_cluster.access.add_user("dev", Rule(("get",), "workflows"))
    assert argo_pods("etl", "--token", token).stderr.splitlines()[1] == BROKEN


def test_a_workflow_with_unreadable_nodes_leaves_the_others_of_a_glob_alone(
    argo_pods: Run, empty_cluster: SimulatedCluster
) -> None:
    empty_cluster.load(etl("etl-2"))
    alone = argo_pods("etl-2", "-o", "json")
    empty_cluster.load(broken(etl()))
    both = argo_pods("etl*", "-o", "json")
    assert (both.status, both.stderr) == (1, f"{BROKEN}; the list is rebuilt from its pods\n")
    others = [item for item in json.loads(both.stdout)["items"] if item["workflow"]["name"] == "etl-2"]
    assert others == json.loads(alone.stdout)["items"]
    missed = argo_pods("etl*", "call", "--no-headers")
    assert (missed.status, missed.stdout.split()[:2]) == (1, ["etl-2", "call"])


def test_parameters_whose_names_are_no_texts_are_none_to_ask_for(argo_pods: Run) -> None:
    given = [{"name": ["a"]}, {"name": 5}, {"name": None, "value": 1}, {"name": "b", "value": 2}]
    workflow = builders.workflow("wf", builders.node("wf", ".a", inputs={"parameters": given}))
    result = argo_pods("-f", "-", "wf", "param:b=3", stdin=json.dumps(workflow))
    sentence = 'error: no node with the parameter b="3" in workflow "wf"; the values of b: 2\n'
    assert result == Result(1, "", sentence)
    result = argo_pods("-f", "-", "wf", "param:x=y", stdin=json.dumps(workflow))
    assert (result.status, result.stdout, result.stderr.count("\n")) == (1, "", 1)
