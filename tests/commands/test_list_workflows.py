"""`kubectl argo-pods` for several workflows, for the list of them, and from files and Argo Servers."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from tests import builders
from tests.builders import Manifest
from tests.cluster import SimulatedCluster
from tests.cluster.resources import WORKFLOWS
from tests.commands.shapes import etl, pod_of
from tests.conftest import Result, Run

NO_CLUSTER = {"KUBECONFIG": "/dev/null"}


def small(name: str, days: int, **fields: str) -> list[Manifest]:
    """A workflow that was created so many days ago, of one node, with its pod."""
    node = builders.node(name, ".a")
    workflow = builders.workflow(name, node, **fields)
    created = datetime.now(UTC) - timedelta(days=days, minutes=5)
    workflow["metadata"]["creationTimestamp"] = created.strftime("%Y-%m-%dT%H:%M:%SZ")
    return [workflow, pod_of(workflow, node)]


@pytest.fixture
def three(empty_cluster: SimulatedCluster) -> SimulatedCluster:
    """Three workflows, the last of them in another namespace and the newest of all."""
    for workflow in (
        small("old", 30, phase="Failed", message="child failed"),
        small("new", 20),
        small("else", 10, namespace="other", phase="Running"),
    ):
        empty_cluster.load(workflow)
    return empty_cluster


OLD, NEW, ELSE = "old-work-136745771", "new-work-2115425956", "else-work-1375724673"


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("arguments", "stdout"),
    [
        pytest.param(
            [],
            "NAME   STATUS      AGE   MESSAGE\nnew    Succeeded   20d   \nold    Failed      30d   child failed\n",
            id="here",
        ),
        pytest.param(
            ["-A"],
            "NAMESPACE   NAME   STATUS      AGE   MESSAGE\n"
            "other       else   Running     10d   \n"
            "argo        new    Succeeded   20d   \n"
            "argo        old    Failed      30d   child failed\n",
            id="everywhere",
        ),
        pytest.param(
            ["-l", "workflows.argoproj.io/phase=Failed", "--no-headers"], "old   Failed   30d   child failed\n", id="-l"
        ),
        pytest.param(
            ["-l", "workflows.argoproj.io/phase=Failed", "--no-headers", "-o", "csv"],
            "old,Failed,30d,child failed,uid-of-old\n",
            id="csv without headers",
        ),
        pytest.param(["-o", "name"], "workflow.argoproj.io/new\nworkflow.argoproj.io/old\n", id="name"),
        pytest.param(["-o", "jsonpath={.items[*].metadata.name}"], "new old", id="jsonpath"),
        pytest.param(
            ["-o", "name", "--sort-by", ".status.phase"],
            "workflow.argoproj.io/old\nworkflow.argoproj.io/new\n",
            id="sorted",
        ),
    ],
)
def test_the_list_of_workflows(argo_pods: Run, arguments: list[str], stdout: str) -> None:
    assert argo_pods(*arguments) == Result(0, stdout, "")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "No resources found in argo namespace.\n"),
        (["-A"], "No resources found.\n"),
        (["-o", "name"], "No resources found in argo namespace.\n"),
    ],
)
def test_an_empty_list_of_workflows(argo_pods: Run, arguments: list[str], sentence: str) -> None:
    assert argo_pods(*arguments) == Result(0, "", sentence)


def rows(result: Result, *columns: int) -> list[list[str]]:
    cells = (line.split() for line in result.stdout.splitlines())
    return [[row[column] for column in columns] for row in cells]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["*"], [["WORKFLOW", "STEP", "POD"], ["new", "a", NEW], ["old", "a", OLD]]),
        (["o*"], [["WORKFLOW", "STEP", "POD"], ["old", "a", OLD]]),
        (["*", "a", "--phase", "Succeeded"], [["WORKFLOW", "STEP", "POD"], ["new", "a", NEW], ["old", "a", OLD]]),
        (
            ["--workflow-selector", "workflows.argoproj.io/phase=Failed"],
            [["WORKFLOW", "STEP", "POD"], ["old", "a", OLD]],
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value[0], str) else None,
)
def test_several_workflows_are_one_table(argo_pods: Run, arguments: list[str], found: list[list[str]]) -> None:
    result = argo_pods(*arguments)
    assert (result.status, result.stderr, rows(result, 0, 1, 3)) == (0, "", found)


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["-A", "else"], [["NAMESPACE", "WORKFLOW", "POD"], ["other", "else", ELSE]]),
        (
            ["-A", "*e*"],
            [["NAMESPACE", "WORKFLOW", "POD"], ["other", "else", ELSE], ["argo", "new", NEW]],
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value[0], str) else None,
)
def test_all_namespaces_add_a_column(argo_pods: Run, arguments: list[str], found: list[list[str]]) -> None:
    result = argo_pods(*arguments)
    assert (result.status, result.stderr, rows(result, 0, 1, 4)) == (0, "", found)


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("arguments", "name"),
    [(["@latest"], NEW), (["@failed"], OLD), (["-n", "other", "@running"], ELSE)],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_word_means_the_newest_such_workflow(argo_pods: Run, arguments: list[str], name: str) -> None:
    assert argo_pods(*arguments, "-o", "name") == Result(0, f"pod/{name}\n", "")


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["@running"], 1, 'no running workflow in namespace "argo"'),
        (["@newest"], 2, 'unknown WORKFLOW "@newest": the words that begin with @ are @latest, @failed, @running'),
        (["z*"], 1, 'no workflow is named like "z*" in namespace "argo"'),
        (["-A", "ols"], 1, 'workflow "ols" not found in any namespace; did you mean "old"?'),
        (["old", "--workflow-selector", "a=b"], 1, 'workflow "old" not found in namespace "argo" with labels "a=b"'),
        (["*", "b"], 1, 'no node or pod "b" in workflow "new"; `--all-nodes` lists every node'),
        (["--phase", "Failed"], 2, "--phase needs a WORKFLOW: it says which of its nodes or pods to list"),
        (["--all-nodes"], 2, "--all-nodes needs a WORKFLOW: it says which of its nodes or pods to list"),
        (["-w"], 2, "-w/--watch needs a WORKFLOW; `kubectl get workflows -w` watches the list of them"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_mistake_is_one_sentence(argo_pods: Run, arguments: list[str], status: int, sentence: str) -> None:
    assert argo_pods(*arguments) == Result(status, "", f"error: {sentence}\n")


@pytest.mark.usefixtures("three")
def test_labels_that_no_workflow_has_are_no_error(argo_pods: Run) -> None:
    sentence = 'No pods found in namespace "argo" with labels "a=b".\n'
    assert argo_pods("--workflow-selector", "a=b") == Result(0, "", sentence)


@pytest.mark.parametrize("arguments", [[], ["@latest"], ["*"], ["-A", "new"], ["nwe"]], ids=" ".join)
def test_whole_workflows_are_never_listed(argo_pods: Run, three: SimulatedCluster, arguments: list[str]) -> None:
    argo_pods(*arguments)
    lists = [request for request in three.journal if request.path.endswith("/workflows")]
    assert [("as=Table" in each.headers["accept"], each.query["includeObject"]) for each in lists] == [
        (True, "Metadata")
    ]


TABLE = """\
STEP       TEMPLATE   READY    STATUS      RESTARTS   DURATION
call       work       <none>   Succeeded   <none>     10s
load       fetch      <none>   Succeeded   <none>     10s
set        work       <none>   Succeeded   <none>     10s
train(0)   work       <none>   Failed      <none>     10s
train(1)   work       <none>   Failed      <none>     10s
"""
NAMES = [
    "pod/etl-1340600742-agent",
    "pod/etl-fetch-3334251314",
    "pod/etl-work-2940106842",
    "pod/etl-work-549623979",
    "pod/etl-work-1153765358",
]


def archived(manifest: Manifest) -> Manifest:
    """As a row of the archive: without a kind, wrapped."""
    return {"workflow": json.dumps({key: value for key, value in manifest.items() if key != "kind"})}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(json.dumps(etl()[0]), id="JSON"),
        pytest.param(yaml.safe_dump(etl()[0]), id="YAML"),
        pytest.param(json.dumps({"kind": "List", "items": etl()}), id="a List with pods"),
        pytest.param(yaml.safe_dump_all([{"kind": "ConfigMap"}, etl()[0]]), id="several documents"),
        pytest.param(json.dumps(archived(etl()[0])), id="archived"),
    ],
)
def test_a_file_needs_no_cluster(argo_pods: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "etl.txt").write_text(text)
    expected = Result(0, "".join(f"{name}\n" for name in NAMES), "")
    assert argo_pods("-f", "etl.txt", "-o", "name", "--gone", env=NO_CLUSTER) == expected
    assert argo_pods("-f", "-", "-o", "name", "--gone", stdin=text, env=NO_CLUSTER) == expected


def test_a_file_with_one_workflow_has_no_column_for_it(argo_pods: Run) -> None:
    result = argo_pods("-f", "-", stdin=json.dumps(etl()[0]), env=NO_CLUSTER)
    assert (result.status, result.stderr) == (0, "")
    assert rows(result, 0, 1, -4, -3, -2, -1) == [line.split() for line in TABLE.splitlines()]


def test_a_file_with_two_workflows_tells_them_apart(argo_pods: Run) -> None:
    result = argo_pods("-f", "-", stdin=json.dumps([etl("one")[0], etl("two")[0]]), env=NO_CLUSTER)
    assert rows(result, 0, 1)[:2] == [["WORKFLOW", "STEP"], ["one", "call"]]
    assert [name for name, _ in rows(result, 0, 1)[1:]] == ["one"] * 5 + ["two"] * 5


def test_the_pods_of_a_file_are_looked_for_where_there_is_a_cluster(argo_pods: Run, three: SimulatedCluster) -> None:
    text = json.dumps(small("new", 20)[0])
    assert argo_pods("-f", "-", "-o", "name", stdin=text) == Result(0, f"pod/{NEW}\n", "")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "is not JSON: Expecting property name enclosed in double quotes at line 1, column 2"),
        ("a: [\nb", "is not YAML: did not find expected ',' or ']' at line 3, column 1"),
        ("kind: Pod", "holds no Workflow, but Pod"),
        ("", "holds no Workflow, but nothing"),
    ],
)
def test_a_broken_file_is_named(argo_pods: Run, tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "wf").write_text(text)
    assert argo_pods("-f", "wf", env=NO_CLUSTER) == Result(1, "", f'error: "wf" {sentence}\n')


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (["tel"], 1, 'workflow "tel" not found in the manifest on stdin; it holds etl; did you mean "etl"?'),
        (["z*"], 1, 'no workflow is named like "z*" in the manifest on stdin'),
        (["@running"], 1, "no running workflow in the manifest on stdin"),
        (["etl", "-w"], 2, "-w/--watch needs a cluster or an Argo Server: a file does not change"),
    ],
)
def test_a_mistake_about_a_file(argo_pods: Run, words: list[str], status: int, sentence: str) -> None:
    result = argo_pods(*words, "-f", "-", stdin=json.dumps(etl()[0]), env=NO_CLUSTER)
    assert result == Result(status, "", f"error: {sentence}\n")


def server_of(cluster: SimulatedCluster) -> dict[str, str]:
    """The environment of someone who uses an Argo Server, with no cluster beside it."""
    host = cluster.argo_server_url.removeprefix("http://")
    return {"ARGO_SERVER": host, "ARGO_SECURE": "false", "ARGO_NAMESPACE": "argo"} | NO_CLUSTER


@pytest.mark.parametrize("version", ["v3.7.14", "v3.4.17"])
def test_an_argo_server_knows_archived_workflows(argo_pods: Run, three: SimulatedCluster, version: str) -> None:
    three.argo_server.version = version
    three.archive.put(etl()[0])
    expected = Result(0, "".join(f"{name}\n" for name in NAMES), "")
    assert argo_pods("etl", "-o", "name", "--gone", env=server_of(three)) == expected
    assert argo_pods("new", "-o", "name", "--gone", env=server_of(three)) == Result(0, f"pod/{NEW}\n", "")


@pytest.mark.parametrize(("server", "mark"), [("service/argo/plain", " (gone)"), ("", "")], ids=["service", "address"])
def test_pods_of_an_archived_workflow_are_gone_where_the_argo_server_is_the_clusters(
    argo_pods: Run, three: SimulatedCluster, server: str, mark: str
) -> None:
    three.archive.put(small("former", 20)[0])
    host = three.argo_server_url.removeprefix("http://")
    result = argo_pods("former", "-s", server or host, "--secure=false", "--no-headers")
    (pod,) = [line.split("   ")[2] for line in result.stdout.splitlines()]
    assert pod == f"former-work-1695963765{mark}"


def test_an_argo_server_lists_workflows_and_the_cluster_their_pods(argo_pods: Run, three: SimulatedCluster) -> None:
    host = three.argo_server_url.removeprefix("http://")
    listed = argo_pods("-s", host, "--secure=false", "-o", "name")
    assert listed == Result(0, "workflow.argoproj.io/new\nworkflow.argoproj.io/old\n", "")
    assert argo_pods("new", "-s", host, "--secure=false", "-o", "name") == Result(0, f"pod/{NEW}\n", "")


@pytest.fixture
def two_runs(three: SimulatedCluster) -> SimulatedCluster:
    """An Argo Server that knows two runs of the name `new`: one that has succeeded, and one before that has failed."""
    former, _ = small("new", 25, phase="Failed")
    former["metadata"]["uid"] = "the-former"
    former["status"]["nodes"] = {
        each["id"]: each for each in [builders.node("new", ".b", phase="Failed", startedAt="2026-05-03T10:00:00Z")]
    }
    former["status"]["startedAt"] = "2026-05-03T10:00:00Z"
    three.archive.put(former)
    return three


FORMER, LATTER = "new-work-2165758813", NEW


@pytest.mark.parametrize("live", [True, False], ids=["live and archived", "both archived"])
@pytest.mark.parametrize(
    ("words", "pods"),
    [
        (["new"], [LATTER]),
        (["wf/new"], [LATTER]),
        (["ne*"], [LATTER]),
        (["@latest"], [LATTER]),
        (["@failed"], [FORMER]),
        (["--workflow-selector", "workflows.argoproj.io/phase=Failed"], [FORMER, OLD]),
        (["the-former"], [FORMER]),
        (["uid-of-new"], [LATTER]),
        (["-A", "the-former"], [FORMER]),
    ],
    ids=lambda value: " ".join(value),
)
def test_of_two_runs_of_one_name_the_newest_that_is_meant_is_shown(
    argo_pods: Run, two_runs: SimulatedCluster, words: list[str], pods: list[str], live: bool
) -> None:
    if not live:
        two_runs.archive.put(small("new", 20)[0])
        two_runs.state.delete(WORKFLOWS, "argo", "new")
    result = argo_pods(*words, "-o", "name", "--gone", env=server_of(two_runs))
    assert result == Result(0, "".join(f"pod/{pod}\n" for pod in pods), "")


def test_the_list_of_workflows_tells_two_runs_of_one_name_apart(argo_pods: Run, two_runs: SimulatedCluster) -> None:
    assert argo_pods("-o", "wide", env=server_of(two_runs)) == Result(
        0,
        "NAME   STATUS      AGE   MESSAGE        UID\n"
        "new    Succeeded   20d                  uid-of-new\n"
        "new    Failed      25d                  the-former\n"
        "old    Failed      30d   child failed   uid-of-old\n",
        "",
    )


def test_an_argo_server_does_not_know_which_namespaces_there_are(argo_pods: Run, three: SimulatedCluster) -> None:
    host = three.argo_server_url.removeprefix("http://")
    server = ["-s", host, "--secure=false", "-n", "nope"]
    assert argo_pods(*server) == Result(0, "", "No resources found in nope namespace.\n")
    sentence = f'workflow "new" not found in namespace "nope" of the Argo Server at {three.argo_server_url}'
    assert argo_pods(*server, "new") == Result(1, "", f"error: {sentence}\n")


def test_an_argo_server_that_answers_with_a_page(argo_pods: Run, three: SimulatedCluster) -> None:
    three.faults.answer_with(b"<html>", "text/html")
    assert argo_pods("new", env=server_of(three)) == Result(
        1,
        "",
        f"error: the Argo Server at {three.argo_server_url} answered with a web page instead of JSON; check the "
        "address (HOST:PORT), --argo-base-href, and whether --secure should be true (https) or false (http)\n",
    )
