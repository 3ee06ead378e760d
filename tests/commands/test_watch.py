"""`kubectl argo-pods WORKFLOW -w`: a table that follows its workflow to the end."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Protocol

import pytest

from tests import builders
from tests.cluster import Rule, SimulatedCluster
from tests.cluster.resources import WORKFLOWS, of_kind
from tests.cluster.server import write_kubeconfig
from tests.commands.shapes import etl
from tests.commands.watched import HEADERS, RUNNING, A, B, await_, await_watches, of, pod, watches_asked
from tests.conftest import PROGRAM, Result, Run
from tests.executables import executable

PODS = of_kind("Pod")


class Watching:
    """The program while it watches; `line` awaits its next line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def line(self) -> list[str]:
        """The first cells of the next line."""
        stream: IO[str] | None = self.process.stdout
        assert stream
        return stream.readline().replace(" (gone)", "(gone)").split()[:5]

    def end(self) -> Result:
        stdout, stderr = self.process.communicate(timeout=30)
        return Result(self.process.returncode, stdout, stderr)


class Watch(Protocol):
    def __call__(self, *arguments: str) -> Watching: ...


@pytest.fixture
def watch(clean_environment: dict[str, str], running: SimulatedCluster) -> Iterator[Watch]:
    """Starts to watch `wf`, until its first table is there and both watches are open."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> Watching:
        process = subprocess.Popen(
            [*PROGRAM, "wf", "-w", *arguments],
            env=clean_environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        watching = Watching(process)
        assert [watching.line(), watching.line()] == [HEADERS, ["a", "work", A, "2/2", "Running"]]
        await_watches(running, 2)
        return watching

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_every_change_is_a_line_until_the_workflow_has_ended(watch: Watch, running: SimulatedCluster) -> None:
    watching = watch()
    running.load([of(".a", ".b"), pod(".b", phase="Pending", containerStatuses=[])])
    lines = [watching.line()]
    # The node may be seen before its pod.
    if lines[0][2] != B or lines[0][4] != "Pending":
        lines = [watching.line()]
    assert lines == [["b", "work", B, "0/2", "Pending"]]
    running.load([pod(".b", **RUNNING)])
    assert watching.line() == ["b", "work", B, "2/2", "Running"]
    running.state.delete(PODS, "argo", A)
    assert watching.line() == ["a", "work", f"{A}(gone)", "<none>", "Running"]
    running.load([pod(".b")])
    assert watching.line() == ["b", "work", B, "0/2", "Completed"]
    running.load([of(".a", ".b", phase="Succeeded")])
    assert watching.line() == ["a", "work", f"{A}(gone)", "<none>", "Succeeded"]
    assert watching.end() == Result(0, "", "")


@pytest.mark.parametrize("server", ["kube", "argo server"])
@pytest.mark.parametrize("interrupt", ["end", "cut"])
def test_a_watch_that_breaks_off_is_taken_up_again(
    watch: Watch, running: SimulatedCluster, interrupt: str, server: str
) -> None:
    watching = watch(*(through_argo_server(running) if server == "argo server" else []))
    asked = watches_asked(running)
    getattr(running.watches, interrupt)()
    await_(lambda: watches_asked(running) >= asked + 2)
    running.load([pod(".a")])
    assert watching.line() == ["a", "work", A, "0/2", "Completed"]
    running.load([of(".a", phase="Succeeded")])
    assert watching.end()[::2] == (0, "")


def through_argo_server(cluster: SimulatedCluster) -> list[str]:
    return ["-s", cluster.argo_server_url.removeprefix("http://"), "--secure=false"]


@pytest.mark.parametrize("server", ["kube", "argo server"])
def test_a_version_that_is_too_old_is_made_up_for_by_a_new_list(
    watch: Watch, running: SimulatedCluster, server: str
) -> None:
    watching = watch(*(through_argo_server(running) if server == "argo server" else []))
    stalled = len(running.journal)
    running.faults.stall("/pods")
    running.faults.stall("/workflow-events" if server == "argo server" else "/workflows")
    running.watches.end()
    await_(lambda: len(running.journal) == stalled + 2)
    running.load([pod(".a")])
    running.state.forget_history()
    running.faults.release()
    assert watching.line() == ["a", "work", A, "0/2", "Completed"]
    await_watches(running, 2)
    running.load([of(".a", phase="Succeeded")])
    assert watching.end()[::2] == (0, "")


def test_a_server_that_restarts_is_waited_for(watch: Watch, running: SimulatedCluster) -> None:
    watching = watch()
    running.faults.answer(503, times=6)
    running.watches.cut()
    running.load([of(".a", phase="Succeeded"), pod(".a")])
    assert watching.line() == ["a", "work", A, "0/2", "Completed"]
    assert watching.end()[::2] == (0, "")


PLUGIN = """#!/bin/sh
mv "$0.token" "$0.taken" 2>/dev/null || exit 1
echo "{\\"apiVersion\\": \\"client.authentication.k8s.io/v1\\", \\"kind\\": \\"ExecCredential\\",
\\"status\\": {\\"token\\": \\"$(cat "$0.taken")\\"}}"
"""


def test_it_ends_where_the_credentials_cannot_be_renewed(
    watch: Watch, running: SimulatedCluster, tmp_path: Path
) -> None:
    plugin = executable(tmp_path / "plugin", PLUGIN)
    token = running.access.add_user("me", Rule(("*",), "*"))
    Path(f"{plugin}.token").write_text(token)
    version = "client.authentication.k8s.io/v1"
    user = {"exec": {"apiVersion": version, "command": str(plugin), "interactiveMode": "Never"}}
    cluster = {"server": running.url, "certificate-authority": str(running.ca_file(tmp_path))}
    watching = watch("--kubeconfig", str(write_kubeconfig(tmp_path / "by-plugin", cluster, user, "argo")))
    del running.access.tokens[token]
    running.watches.end()
    ended = watching.end()
    assert (ended.status, ended.stdout) == (1, "")
    assert ended.stderr.startswith(f'error: the credential plugin "{plugin}" ')


GONE = ["a", "work", f"{A}(gone)", "<none>", "Running"]
DELETED = Result(0, "", 'workflow "wf" was deleted\n')


def test_a_workflow_that_is_deleted_ends_the_watch(watch: Watch, running: SimulatedCluster) -> None:
    watching = watch()
    running.state.delete(WORKFLOWS, "argo", "wf")
    assert watching.line() == GONE
    assert watching.end() == DELETED


def test_a_workflow_that_is_deleted_unseen_ends_the_watch(watch: Watch, running: SimulatedCluster) -> None:
    watching = watch()
    asked = watches_asked(running)
    running.faults.stall("/workflows")
    running.watches.end()
    await_(lambda: watches_asked(running) >= asked + 2)
    running.state.delete(WORKFLOWS, "argo", "wf")
    running.state.forget_history()
    running.faults.release()
    assert watching.line() == GONE
    assert watching.end() == DELETED


def test_a_new_workflow_of_the_name_is_another_one(watch: Watch, running: SimulatedCluster) -> None:
    watching = watch()
    running.state.delete(WORKFLOWS, "argo", "wf")
    again = of(".a")
    again["metadata"]["uid"] = "another"
    running.load([again])
    assert watching.line() == GONE
    assert watching.end() == DELETED


def test_without_permission_to_watch_the_error_says_so(watch: Watch, running: SimulatedCluster) -> None:
    watching = watch()
    running.access.rules["admin"] = (Rule(("get", "list"), "*"), Rule(("watch",), "pods"))
    running.watches.end()
    assert watching.end() == Result(
        1,
        "",
        'error: workflows.argoproj.io is forbidden: User "admin" cannot watch resource "workflows" in API group '
        '"argoproj.io" in the namespace "argo": a Role in namespace "argo" has to grant {apiGroups: [argoproj.io], '
        "resources: [workflows], verbs: [watch]}\n",
    )


def test_ctrl_c_ends_it_quietly(watch: Watch) -> None:
    watching = watch()
    watching.process.send_signal(signal.SIGINT)
    assert watching.end() == Result(130, "", "")


def test_a_workflow_that_has_ended_is_printed_once(argo_pods: Run, empty_cluster: SimulatedCluster) -> None:
    empty_cluster.load(etl())
    assert argo_pods("etl", "-w") == argo_pods("etl")
    assert argo_pods("etl", "-w", "--sort-by", ".metadata.name") == argo_pods("etl", "--sort-by", ".metadata.name")
    assert watches_asked(empty_cluster) == 0


def started(arguments: list[str], environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*PROGRAM, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def named(name: str, phase: str = "Running") -> builders.Manifest:
    return builders.workflow(name, builders.node(name, ".a", phase=phase), phase=phase)


def test_many_workflows_of_a_namespace_are_watched_by_two_connections(
    clean_environment: dict[str, str], empty_cluster: SimulatedCluster
) -> None:
    names = [f"many-{number}" for number in range(20)]
    empty_cluster.load([named(name) for name in [*names, "other"]])
    process = started(["many-*", "-w", "--no-headers"], clean_environment)
    assert process.stdout
    begun = sorted(process.stdout.readline().split()[0] for _ in names)
    await_watches(empty_cluster, 2)
    empty_cluster.load([named("other", "Failed")])
    for name in names:
        empty_cluster.load([named(name, "Succeeded")])
    stdout, stderr = process.communicate(timeout=30)
    ended = sorted(line.split()[0] for line in stdout.splitlines() if "Succeeded" in line)
    assert (process.returncode, stderr, begun, ended) == (0, "", sorted(names), sorted(names))
    assert watches_asked(empty_cluster) == 2


def test_what_the_watch_of_workflows_has_missed_is_no_reason_to_list_pods_anew(
    watch: Watch, running: SimulatedCluster
) -> None:
    """Else an event of a pod might be overtaken by an older list of pods."""
    watching = watch()
    running.faults.stall("/workflows")
    running.watches.end()
    await_(lambda: watches_asked(running) == 4)
    # That of the pods is open, and misses nothing.
    await_watches(running, 1)
    listed = lists_of_pods(running)
    running.state.forget_history()
    running.faults.release()
    await_watches(running, 2)
    assert lists_of_pods(running) == listed
    running.load([of(".a", phase="Succeeded"), pod(".a")])
    assert watching.end().status == 0


def lists_of_pods(cluster: SimulatedCluster) -> int:
    return sum(each.path.endswith("/pods") and "watch" not in each.query for each in list(cluster.journal))


def test_a_node_that_is_still_to_come_is_waited_for(
    clean_environment: dict[str, str], running: SimulatedCluster
) -> None:
    process = started(["wf", "b", "-w"], clean_environment)
    assert process.stderr
    assert (
        process.stderr.readline()
        == 'no node or pod "b" in workflow "wf"; `--all-nodes` lists every node (waiting for it)\n'
    )
    await_watches(running, 2)
    running.load([pod(".b", **RUNNING), of(".a", ".b")])
    assert process.stdout
    lines = [process.stdout.readline().split()[:5], process.stdout.readline().split()[:5]]
    assert lines[0] == HEADERS and lines[1][0] == "b"
    running.load([of(".a", ".b", phase="Succeeded")])
    _, stderr = process.communicate(timeout=30)
    assert (process.returncode, stderr) == (0, "")


def test_a_node_that_never_comes_is_an_error_in_the_end(watch: Watch, running: SimulatedCluster) -> None:
    watching = watch("a", "b")
    running.load([of(".a", phase="Succeeded")])
    result = watching.end()
    miss = 'no node or pod "b" in workflow "wf"; `--all-nodes` lists every node'
    assert (result.status, result.stderr) == (1, f"{miss} (waiting for it)\nerror: {miss}\n")


@pytest.mark.parametrize(
    ("phase", "message", "why"),
    [
        ("", "", "it has not begun: no workflow controller has taken it up yet"),
        ("Pending", "Waiting for mutex", "it is Pending: Waiting for mutex"),
        ("Running", "", "it is Running"),
    ],
)
def test_a_workflow_without_nodes_yet_says_what_is_waited_for(
    clean_environment: dict[str, str], empty_cluster: SimulatedCluster, phase: str, message: str, why: str
) -> None:
    waiting = builders.workflow("wf", phase=phase)
    waiting["status"] |= {"message": message}
    empty_cluster.load([waiting])
    process = started(["wf", "-w"], clean_environment)
    assert process.stderr
    assert process.stderr.readline() == f'workflow "wf" has no nodes yet: {why} (waiting for them)\n'
    await_watches(empty_cluster, 2)
    empty_cluster.load([of(".a", phase="Succeeded"), pod(".a")])
    stdout, stderr = process.communicate(timeout=30)
    assert (process.returncode, stderr, stdout.splitlines()[-1].split()[:3]) == (0, "", ["a", "work", A])
