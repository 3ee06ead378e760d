"""Logs whose pods are gone, and those that only the Argo Server may read."""

from __future__ import annotations

import pytest

from kubectl_argo_pods.naming import node_id
from tests import builders
from tests.cluster import SimulatedCluster
from tests.cluster.resources import PODS, WORKFLOWS
from tests.commands import logged
from tests.commands.logged import FIRST, LOAD, NAME, SECOND, SET
from tests.conftest import Result, Run

UID = f"uid-of-{NAME}"
ARCHIVED = {
    (".load", "main"): b"archived load 1\narchived load 2\n",
    (".train(0)", "main"): b"archived first\n",
    (".train(1)", "main"): b"",
    (".set", "one"): b"archived one\n",
    (".set", "two"): b"archived two\n",
}
NOTICE = "archived logs, without times: load, one, two, train(0), train(1)\n"


def archived_workflow() -> builders.Manifest:
    """The workflow as it is when its logs have been archived: its nodes tell which artifacts these are."""
    workflow = logged.workflow()
    nodes = workflow["status"]["nodes"]
    for second, path in enumerate((".load", ".train(0)", ".train(1)", ".set.one", ".set.two")):
        nodes[node_id(NAME, NAME + path)]["startedAt"] = f"2026-05-04T10:00:0{second}Z"
    for path, container in ARCHIVED:
        outputs = nodes[node_id(NAME, NAME + path)].setdefault("outputs", {"artifacts": []})
        outputs["artifacts"].append({"name": f"{container}-logs", "s3": {"key": "somewhere.log"}})
    return workflow


@pytest.fixture
def archive(empty_cluster: SimulatedCluster) -> SimulatedCluster:
    """A cluster with the workflow, its pods, and the archived logs of these."""
    empty_cluster.load([archived_workflow(), *logged.pods()])
    logged.write(empty_cluster)
    for (path, container), text in ARCHIVED.items():
        empty_cluster.archive.logs[UID, node_id(NAME, NAME + path), f"{container}-logs"] = text
    return empty_cluster


@pytest.fixture
def server(archive: SimulatedCluster) -> list[str]:
    """The flags that name the Argo Server."""
    return ["--secure=false", "-s", archive.argo_server_url.removeprefix("http://")]


@pytest.fixture
def alone(server: list[str]) -> tuple[list[str], dict[str, str]]:
    """The flags, and an environment without any Kubernetes."""
    return [*server, "-n", "argo"], {"KUBECONFIG": "/dev/null"}


def forget(cluster: SimulatedCluster, *pods: str) -> None:
    for pod in pods:
        cluster.state.delete(PODS, "argo", pod)


ALL_PODS = (LOAD, FIRST, SECOND, SET, logged.AGENT)
ALL_ARCHIVED = """\
[load] archived load 1
[load] archived load 2
[train(0)] archived first
[one] archived one
[two] archived two
"""


def test_a_gone_pods_log_comes_from_the_archive(argo_pods: Run, archive: SimulatedCluster, server: list[str]) -> None:
    forget(archive, FIRST)
    archive.archive.logs[UID, node_id(NAME, f"{NAME}.train(0)"), "main-logs"] = b"archived first"
    assert argo_pods("logs", NAME, "train(0)", *server) == Result(
        0, "archived first", "archived log, without times: train(0)\n"
    )


def test_pods_that_are_there_are_read_beside_archived_ones(
    argo_pods: Run, archive: SimulatedCluster, server: list[str]
) -> None:
    forget(archive, SECOND)
    result = argo_pods("logs", NAME, "load", "train", *server)
    assert result == Result(
        0, "load 1\nload 2\n".replace("l", "[load] l", 1).replace("\nl", "\n[load] l"), result.stderr
    )
    assert result.stderr == "archived log, without times: train(1)\n"


def test_a_whole_workflow_whose_pods_are_gone(argo_pods: Run, archive: SimulatedCluster, server: list[str]) -> None:
    forget(archive, *ALL_PODS)
    result = argo_pods("logs", NAME, *server)
    assert (result.status, result.stdout) == (3, ALL_ARCHIVED)
    assert result.stderr == (
        f"{NOTICE}5 of 6 logs are complete, 1 missing\n"
        f"  call: the pod {logged.AGENT} is gone, and no log of it was archived\n"
    )


@pytest.mark.parametrize("kept", ["live", "archived"])
def test_an_archived_workflow(argo_pods: Run, archive: SimulatedCluster, server: list[str], kept: str) -> None:
    forget(archive, *ALL_PODS)
    archive.archive.put(archived_workflow())
    if kept == "archived":
        archive.state.delete(WORKFLOWS, "argo", NAME)
    result = argo_pods("logs", NAME, "load", "set", *server)
    assert result == Result(
        0,
        "[load] archived load 1\n[load] archived load 2\n[one] archived one\n[two] archived two\n",
        "archived logs, without times: load, one, two\n",
    )


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param(["--tail", "1"], "archived load 2\n", id="the last line"),
        pytest.param(["--tail", "9"], "archived load 1\narchived load 2\n", id="more lines than there are"),
        pytest.param(["--tail", "0"], "", id="no lines"),
        pytest.param(["--limit-bytes", "10"], "archived l", id="some bytes"),
        pytest.param(["-i", "2"], "archived load 2\n", id="some lines"),
        pytest.param(["--prefix"], "[load] archived load 1\n[load] archived load 2\n", id="prefixes"),
        pytest.param(["-t"], "archived load 1\narchived load 2\n", id="times, of which there are none"),
    ],
)
def test_a_part_of_an_archived_log(argo_pods: Run, server: list[str], options: list[str], expected: str) -> None:
    result = argo_pods("logs", NAME, "load", "--logs-from", "archive", *options, *server)
    assert result == Result(0, expected, "archived log, without times: load\n")


@pytest.mark.parametrize(
    ("options", "expected"),
    [([], b"x\ny\ndone\na\nb\ndone\n"), (["--tail", "2"], b"b\ndone\n")],
    ids=["all", "the last lines"],
)
def test_an_archived_log_that_is_followed_is_read_once(
    argo_pods: Run, archive: SimulatedCluster, server: list[str], options: list[str], expected: bytes
) -> None:
    running = archived_workflow()
    running["status"] |= {"phase": "Running", "finishedAt": None}
    archive.load([running])
    forget(archive, LOAD)
    archive.archive.logs[UID, node_id(NAME, f"{NAME}.load"), "main-logs"] = b"x\ny\ndone\na\nb\ndone\n"
    result = argo_pods("logs", NAME, "load", "-f", *options, *server)
    assert result == Result(0, expected.decode(), "archived log, without times: load\n")
    assert sum("/main-logs" in path for path in archive.journal.paths) == 1


@pytest.mark.parametrize("option", ["--since=1h", "--since-time=2026-05-04T10:00:05Z"])
def test_archived_logs_have_no_times_to_choose_by(argo_pods: Run, server: list[str], option: str) -> None:
    result = argo_pods("logs", NAME, "load", "set", "--logs-from", "archive", "--tail", "1", option, *server)
    assert (result.status, result.stdout) == (0, "[load] archived load 2\n[one] archived one\n[two] archived two\n")
    assert result.stderr == (
        "archived logs, without times: load, one, two\n"
        "--since and --since-time do not apply to archived logs, which have no times\n"
    )


def test_the_archive_can_be_preferred_and_ruled_out(
    argo_pods: Run, archive: SimulatedCluster, server: list[str]
) -> None:
    assert argo_pods("logs", NAME, "load", *server).stdout == "load 1\nload 2\n"
    assert argo_pods("logs", NAME, "load", "--logs-from", "archive", *server).stdout == (
        "archived load 1\narchived load 2\n"
    )
    forget(archive, LOAD)
    assert argo_pods("logs", NAME, "load", "--logs-from", "pod", *server) == Result(
        1, "", f"error: load: the pod {LOAD} is gone; without --logs-from pod, an archived log would do\n"
    )


def test_without_an_argo_server_a_gone_pod_names_the_way_to_its_log(argo_pods: Run, archive: SimulatedCluster) -> None:
    forget(archive, LOAD)
    sentence = f"load: the pod {LOAD} is gone, but its log is archived: name the Argo Server with -s to read it"
    assert argo_pods("logs", NAME, "load") == Result(1, "", f"error: {sentence}\n")
    assert argo_pods("logs", NAME, "load", "set") == Result(
        3, "[one] one 1\n[two] two 1\n", f"2 of 3 logs are complete, 1 missing\n  {sentence}\n"
    )


def test_a_log_that_is_lost_is_said_to_be(argo_pods: Run, archive: SimulatedCluster, server: list[str]) -> None:
    forget(archive, LOAD)
    result = argo_pods("logs", NAME, "load", "-c", "side", *server)
    assert result == Result(1, "", f"error: load: the pod {LOAD} is gone, and no log of container side was archived\n")


def test_a_log_that_the_kubelet_cannot_give_comes_from_the_archive(
    argo_pods: Run, archive: SimulatedCluster, server: list[str]
) -> None:
    archive.faults.answer(500, f"pods/{LOAD}/log", times=9, message="no such host")
    result = argo_pods("logs", NAME, "load", *server)
    assert (result.status, result.stdout) == (0, "archived load 1\narchived load 2\n")
    assert result.stderr == f"load: the log of pod {LOAD} cannot be read, but it was archived\n"


def test_an_artifact_that_is_not_there_is_an_error(
    argo_pods: Run, archive: SimulatedCluster, server: list[str]
) -> None:
    forget(archive, LOAD)
    archive.archive.logs.clear()
    result = argo_pods("logs", NAME, "load", *server)
    assert (result.status, result.stdout) == (1, "")
    assert "the archived log main-logs of node etl.load cannot be read" in result.stderr


def test_through_the_argo_server_alone(argo_pods: Run, alone: tuple[list[str], dict[str, str]]) -> None:
    flags, environment = alone
    result = argo_pods("logs", NAME, "train(1)", "--logs-from", "pod", *flags, env=environment)
    assert result == Result(0, "second 1\nsecond 2\n", "")


def test_the_argo_server_is_never_asked_without_a_log_option(
    argo_pods: Run, archive: SimulatedCluster, alone: tuple[list[str], dict[str, str]]
) -> None:
    flags, environment = alone
    argo_pods("logs", NAME, "load", "-c", "side", "--logs-from", "pod", *flags, env=environment)
    asked = [each.query for each in archive.journal if each.path.endswith("/log")]
    assert asked
    assert {each["logOptions.container"] for each in asked} == {"side"}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param(["--tail", "1"], "second 2\n", id="the last line"),
        pytest.param(
            ["-t"], "2026-05-04T10:00:00.600000000Z second 1\n2026-05-04T10:00:01.600000000Z second 2\n", id="t"
        ),
        pytest.param(["-c", "wait"], "waiting\n", id="a container"),
        pytest.param(["--since-time", "2026-05-04T10:00:01Z"], "second 2\n", id="since a time"),
        pytest.param(["--limit-bytes", "8"], "second 1", id="some bytes"),
    ],
)
def test_a_part_of_a_log_through_the_argo_server_alone(
    argo_pods: Run, alone: tuple[list[str], dict[str, str]], options: list[str], expected: str
) -> None:
    flags, environment = alone
    result = argo_pods("logs", NAME, "train(1)", "--logs-from", "pod", *options, *flags, env=environment)
    assert result == Result(0, expected, "")


def test_finished_nodes_are_read_from_the_archive_where_nobody_can_look_at_their_pods(
    argo_pods: Run, alone: tuple[list[str], dict[str, str]]
) -> None:
    flags, environment = alone
    result = argo_pods("logs", NAME, "load", "set", *flags, env=environment)
    assert (result.status, result.stdout) == (
        0,
        "[load] archived load 1\n[load] archived load 2\n[one] archived one\n[two] archived two\n",
    )
