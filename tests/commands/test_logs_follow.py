"""`kubectl argo-pods logs -f`: from before there is anything to read until what is meant is done."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from typing import Any, Protocol

import pytest

from kubectl_argo_pods.follow.patience import may_be_another
from tests import builders
from tests.cluster import SimulatedCluster
from tests.cluster.access import Rule
from tests.cluster.container_logs import Record
from tests.cluster.resources import PODS, WORKFLOWS
from tests.commands.logged import BEGIN
from tests.commands.shapes import pod_of
from tests.conftest import PROGRAM, Result, Run
from tests.follow.following import await_

Manifest = dict[str, Any]
SECOND = 10**9
# What a role may let one do with workflows and with pods that one knows the names of.
READ_ONE_BY_ONE = (
    Rule(("get", "list", "watch"), "workflows"),
    Rule(("get",), "pods"),
    Rule(("get",), "pods/log"),
)


class Story:
    """The workflow `wf` as it goes on: its nodes by their paths, with their pods and logs."""

    def __init__(self, cluster: SimulatedCluster) -> None:
        self.cluster = cluster
        self._nodes: dict[str, Manifest] = {}
        self._lines = 0

    def node(self, path: str, phase: str, of: str = "Running", **fields: Any) -> None:
        """A node is now in this phase, `of` a workflow in that one."""
        finished = None if phase in ("Running", "Pending") else builders.FINISHED
        given = self._nodes.get(path, {"parent": ""} if path else {"type": "DAG", "hostNodeName": ""}) | fields
        self._nodes[path] = given | {"phase": phase, "finishedAt": finished}
        self.put(of)

    def put(self, phase: str = "Running") -> None:
        nodes = [builders.node("wf", path, **fields) for path, fields in self._nodes.items()]
        self.cluster.load([builders.workflow("wf", *nodes, phase=phase)])

    def pod(
        self,
        path: str,
        state: str = "running",
        uid: str = "",
        containers: tuple[str, ...] = ("wait", "main"),
        reason: str = "ContainerCreating",
    ) -> str:
        """The pod of a node, the containers of which are in this state; with a uid of its own if it was made anew."""
        details: Manifest = {"startedAt": builders.STARTED, "containerID": f"containerd://{path}"}
        if state == "terminated":
            details |= {"exitCode": 0, "finishedAt": builders.FINISHED}
        if state == "waiting":
            details = {"reason": reason}
        statuses = [{"name": each, "state": {state: details}} for each in containers]
        if state != "waiting":
            statuses = [each | {"containerID": f"containerd://{path}"} for each in statuses]
        fields = {key: value for key, value in self._nodes.get(path, {"parent": ""}).items() if key != "children"}
        node = builders.node("wf", path, **fields)
        phase = {"waiting": "Pending", "running": "Running", "terminated": "Succeeded"}[state]
        made = pod_of(builders.workflow("wf"), node, phase=phase, containerStatuses=statuses)
        made["metadata"] |= {"uid": uid} if uid else {}
        made["spec"]["containers"] = [{"name": each} for each in containers]
        self.cluster.load([made])
        return str(made["metadata"]["name"])

    def says(self, pod: str, *lines: str, ends: bool = False) -> None:
        log = self.cluster.logs.of(pod)
        log.write_lines(*lines, start=BEGIN + self._lines * SECOND, step=SECOND)
        self._lines += len(lines)
        if ends:
            log.end()

    def holds_back_logs(self) -> None:
        """The logs have broken off, are asked for again, and say nothing yet."""
        asked = len(self.cluster.journal)
        self.cluster.faults.stall("/log")
        self.cluster.logs.cut()
        await_(lambda: any(path.endswith("/log") for path in self.cluster.journal.paths[asked:]))

    def loses(self, pod: str) -> None:
        """A pod is deleted while its log has broken off and is asked for again."""
        self.holds_back_logs()
        self.cluster.state.delete(PODS, "argo", pod)
        self.cluster.faults.release()

    def runs(self, path: str, *lines: str) -> str:
        """A node that runs, and says so."""
        self.node(path, "Running")
        pod = self.pod(path)
        self.says(pod, *lines)
        return pod

    def ends(self, path: str, *lines: str, phase: str = "Succeeded") -> None:
        """Its pod says these last lines, and is done, and so is the node."""
        pod = self.pod(path, "terminated")
        self.says(pod, *lines, ends=True)
        self.node(path, phase)


class Following:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline()

    def notice(self) -> str:
        assert self.process.stderr
        return self.process.stderr.readline()

    def end(self) -> Result:
        stdout, stderr = self.process.communicate(timeout=30)
        return Result(self.process.returncode, stdout, stderr)


class Follow(Protocol):
    def __call__(self, *arguments: str, workflow: str = "wf", kubeconfig: str = "") -> Following: ...


@pytest.fixture
def story(empty_cluster: SimulatedCluster) -> Story:
    """A workflow that has just begun."""
    begun = Story(empty_cluster)
    begun.node("", "Running")
    return begun


@pytest.fixture
def follow(clean_environment: dict[str, str]) -> Iterator[Follow]:
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, workflow: str = "wf", kubeconfig: str = "") -> Following:
        command = [*PROGRAM, "logs", workflow, "-f", *arguments]
        environment = clean_environment | ({"KUBECONFIG": kubeconfig} if kubeconfig else {})
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True)
        started.append(process)
        return Following(process)

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_it_ends_with_the_step_that_is_meant_while_the_workflow_goes_on(follow: Follow, story: Story) -> None:
    story.runs(".other", "not this")
    story.runs(".train", "train 1")
    following = follow("train")
    assert following.line() == "train 1\n"
    story.ends(".train", "train 2")
    assert following.end() == Result(0, "train 2\n", "")


def test_it_follows_a_retry_through_its_attempts(follow: Follow, story: Story) -> None:
    story.node(".train", "Running", type="Retry", hostNodeName="", children=[".train(0)"])
    story.runs(".train(0)", "first 1")
    following = follow("train")
    assert following.line() == "[train(0)] first 1\n"
    story.ends(".train(0)", "first 2", phase="Failed")
    assert following.line() == "[train(0)] first 2\n"
    story.node(".train", "Running", children=[".train(0)", ".train(1)"])
    story.runs(".train(1)", "second 1")
    assert following.line() == "[train(1)] second 1\n"
    story.ends(".train(1)", "second 2")
    story.node(".train", "Succeeded")
    assert following.end() == Result(0, "[train(1)] second 2\n", "")


def test_it_waits_for_the_pod_and_for_its_container(follow: Follow, story: Story) -> None:
    story.node(".train", "Pending")
    following = follow("train")
    story.pod(".train", "waiting")
    story.runs(".train", "train 1")
    assert following.line() == "train 1\n"
    story.ends(".train")
    assert following.end().status == 0


def test_it_waits_for_a_node_that_is_not_there_yet(follow: Follow, story: Story) -> None:
    story.runs(".load", "load 1")
    following = follow("lod")
    assert following.notice() == 'no node or pod "lod" in workflow "wf"; did you mean "load"? (waiting for it)\n'
    story.runs(".lod", "here 1")
    assert following.line() == "here 1\n"
    story.ends(".lod")
    assert following.end() == Result(0, "", "")


HELPED = ("wait", "main", "helper")


def with_helper(story: Story, path: str) -> str:
    """A node that runs, the pod of which has another container, too."""
    story.node(path, "Running")
    pod = story.pod(path, containers=HELPED)
    story.cluster.logs.of(pod, "helper").write_lines("help 1", start=BEGIN)
    return pod


WAITING_FOR_HELPER = "no pod has a container helper yet (waiting for one)\n"


@pytest.mark.parametrize("words", [[], ["train", "next"]], ids=["the workflow", "nodes"])
def test_it_waits_for_a_pod_with_the_container(follow: Follow, story: Story, words: list[str]) -> None:
    train = story.runs(".train", "train 1")
    story.node(".next", "Pending")
    following = follow(*words, "-c", "helper")
    assert following.notice() == WAITING_FOR_HELPER
    story.runs(".other", "other 1")
    story.ends(".train")
    story.cluster.state.delete(PODS, "argo", train)
    pod = with_helper(story, ".next")
    assert following.line() == "[next] help 1\n"
    story.cluster.logs.of(pod, "helper").end()
    story.pod(".next", "terminated", containers=HELPED)
    story.node(".next", "Succeeded")
    story.put("Succeeded")
    assert following.end() == Result(0, "", "")


def test_a_container_that_never_came_is_an_error_when_the_workflow_ends(follow: Follow, story: Story) -> None:
    pod = story.runs(".train", "train 1")
    following = follow("-c", "nope")
    assert following.notice() == WAITING_FOR_HELPER.replace("helper", "nope")
    story.ends(".train")
    story.put("Succeeded")
    sentence = f"container nope is not valid for pod {pod} out of: wait, main"
    assert following.end() == Result(1, "", f"error: {sentence}\n")


def test_a_container_that_the_one_pod_has_not_is_an_error_at_once(follow: Follow, story: Story) -> None:
    pod = story.runs(".train", "train 1")
    sentence = f"container nope is not valid for pod {pod} out of: wait, main"
    assert follow("train", "-c", "nope").end() == Result(1, "", f"error: {sentence}\n")


def test_a_node_that_never_came_is_an_error_when_the_workflow_ends(follow: Follow, story: Story) -> None:
    following = follow("never")
    following.notice()
    story.put("Succeeded")
    result = following.end()
    assert (result.status, result.stdout) == (1, "")
    assert result.stderr.startswith('error: no node or pod "never" in workflow "wf"')


def test_a_node_that_has_no_pod_in_the_end_is_an_error(follow: Follow, story: Story) -> None:
    story.node(".skip", "Pending", hostNodeName="")
    following, for_status = follow("skip"), follow("skip", "--exit-status")
    story.node(".skip", "Skipped", type="Skipped")
    sentence = "there is no pod to read a log of: skip is Skipped"
    assert following.end() == for_status.end() == Result(1, "", f"error: {sentence}\n")
    story.node(".skip", "Error", type="Pod")
    assert follow("skip", "--exit-status").end() == Result(5, "", "there is no pod to read a log of: skip is Error\n")


def test_a_whole_workflow_is_followed_to_its_end(follow: Follow, story: Story) -> None:
    story.runs(".load", "load 1")
    following = follow()
    assert following.line() == "[load] load 1\n"
    story.ends(".load")
    story.runs(".train", "train 1")
    assert following.line() == "[train] train 1\n"
    story.ends(".train")
    story.put("Succeeded")
    assert following.end() == Result(0, "", "")


def test_a_step_is_one_log_whatever_comes_after_it(follow: Follow, story: Story) -> None:
    story.node(".next", "Pending")
    story.node(".train", "Running", children=[".next"])
    story.runs(".train", "train 1")
    following = follow("train")
    assert following.line() == "train 1\n"
    story.ends(".train", "train 2")
    assert following.end() == Result(0, "train 2\n", "")


def test_lines_that_had_a_prefix_keep_it_when_no_other_log_can_come(follow: Follow, story: Story) -> None:
    story.runs(".train", "train 1")
    following = follow()
    assert following.line() == "[train] train 1\n"
    story.holds_back_logs()
    story.ends(".train", "train 2")
    asked = len(story.cluster.journal)
    # With the end of the workflow comes a node without a pod, for which the pods are listed anew.
    story.node(".lost", "Failed", of="Failed")
    await_(lambda: any(path.endswith("/pods") for path in story.cluster.journal.paths[asked:]))
    story.cluster.faults.release()
    assert following.end().stdout == "[train] train 2\n"


def test_a_pod_that_is_collected_when_it_is_done_is_read_once(follow: Follow, story: Story) -> None:
    pod = story.runs(".load", "load 1")
    following = follow()
    assert following.line() == "[load] load 1\n"
    story.ends(".load", "load 2")
    assert following.line() == "[load] load 2\n"
    story.cluster.state.delete(PODS, "argo", pod)
    story.runs(".train", "train 1")
    assert following.line() == "[train] train 1\n"
    story.ends(".train")
    story.put("Succeeded")
    assert following.end().stdout == ""


def server_of(story: Story) -> list[str]:
    """The flags that name the Argo Server."""
    return ["--secure=false", "-s", story.cluster.argo_server_url.removeprefix("http://")]


def hold_back_pods(story: Story) -> None:
    """From now on the watch of pods tells nothing."""
    await_(lambda: story.cluster.watches.count == 2)
    asked = len(story.cluster.journal)
    story.cluster.faults.stall("/pods")
    story.cluster.watches.end()
    await_(lambda: any(path.endswith("/pods") for path in story.cluster.journal.paths[asked:]))


@pytest.mark.parametrize("node", ["train", ""], ids=["a step", "the workflow"])
def test_a_node_that_is_done_before_its_pod_was_listed_is_read(follow: Follow, story: Story, node: str) -> None:
    story.node(".train", "Pending")
    following = follow(*([node] if node else []), "--prefix")
    hold_back_pods(story)
    story.ends(".train", "train 1")
    story.put("Running" if node else "Succeeded")
    assert following.end() == Result(0, "[train] train 1\n", "")


def test_a_node_that_is_done_before_its_pod_was_listed_is_read_once(follow: Follow, story: Story) -> None:
    story.node(".train", "Pending")
    following = follow("--prefix", *server_of(story))
    hold_back_pods(story)
    story.cluster.archive.logs["uid-of-wf", builders.node("wf", ".train")["id"], "main-logs"] = b"train 1\n"
    artifacts = [{"name": "main-logs", "s3": {"key": "main.log"}}]
    pod = story.pod(".train", "terminated")
    story.says(pod, "train 1", ends=True)
    story.node(".train", "Succeeded", outputs={"artifacts": artifacts})
    assert following.line() == "[train] train 1\n"
    story.cluster.faults.release()
    story.runs(".next", "next 1")
    assert following.line() == "[next] next 1\n"
    story.ends(".next")
    story.put("Succeeded")
    assert following.end() == Result(0, "", "")


@pytest.fixture
def beside_old(follow: Follow, story: Story) -> Following:
    """Follows the log of `.old`, while another node waits for a pod that no watch will tell of."""
    story.runs(".old", "old 1")
    story.node(".train", "Pending")
    following = follow("--prefix")
    assert following.line() == "[old] old 1\n"
    hold_back_pods(story)
    return following


def test_a_list_that_fails_where_a_node_is_in_doubt_ends_nothing(beside_old: Following, story: Story) -> None:
    # As often as a request is tried.
    story.cluster.faults.answer(503, "/pods", times=4)
    story.ends(".train", "train 1")
    story.says(story.pod(".old"), "old 2")
    assert beside_old.line() == "[old] old 2\n"
    story.cluster.faults.release()
    assert beside_old.line() == "[train] train 1\n"
    story.ends(".old")
    story.put("Succeeded")
    assert beside_old.end() == Result(0, "", "")


def test_no_log_waits_for_a_list_where_a_node_is_in_doubt(beside_old: Following, story: Story) -> None:
    asked = len(story.cluster.journal)
    story.cluster.faults.stall("/pods")
    story.ends(".train", "train 1")
    await_(lambda: any(path.endswith("/pods") for path in story.cluster.journal.paths[asked:]))
    story.says(story.pod(".old"), "old 2")
    assert beside_old.line() == "[old] old 2\n"


@pytest.mark.parametrize(
    "selector",
    ["--field-selector=status.phase=Running", "--selector=workflows.argoproj.io/workflow=wf"],
)
def test_of_a_selected_pod_that_comes_later_all_is_printed(follow: Follow, story: Story, selector: str) -> None:
    story.node(".old", "Running")
    story.says(story.pod(".old", uid="uid-of-old"), "old 1", "old 2")
    following = follow("--prefix", "--tail=1", selector)
    assert following.line() == "[old] old 2\n"
    await_(lambda: story.cluster.watches.count == 2)
    story.node(".new", "Running")
    story.says(story.pod(".new", uid="uid-of-new"), "new 1", "new 2")
    assert [following.line(), following.line()] == ["[new] new 1\n", "[new] new 2\n"]


@pytest.mark.parametrize("alone", [False, True], ids=["a role that may not list pods", "the Argo Server alone"])
def test_of_a_pod_that_comes_later_all_is_printed_where_pods_cannot_be_listed(
    follow: Follow, story: Story, alone: bool
) -> None:
    if not alone:
        story.cluster.access.rules["admin"] = READ_ONE_BY_ONE
    story.runs(".old", "old 1", "old 2")
    server = ["-n", "argo", *server_of(story)] if alone else []
    following = follow("--prefix", "--tail=1", *server, kubeconfig="/dev/null" if alone else "")
    assert following.line() == "[old] old 2\n"
    pod = story.pod(".new")
    story.says(pod, "new 1", "new 2", ends=True)
    story.node(".new", "Running")
    assert [following.line(), following.line()] == ["[new] new 1\n", "[new] new 2\n"]
    for path in (".old", ".new"):
        story.ends(path)
    story.put("Succeeded")
    assert (following.end().stdout, following.process.returncode) == ("", 0)


def test_where_pods_cannot_be_listed_a_container_is_read_as_soon_as_it_starts(follow: Follow, story: Story) -> None:
    story.cluster.access.rules["admin"] = READ_ONE_BY_ONE
    story.node(".train", "Pending")
    story.pod(".train", "waiting")
    following = follow("train")
    await_(lambda: story.cluster.watches.count == 1)
    story.runs(".train", "train 1")
    assert following.line() == "train 1\n"
    story.ends(".train")
    assert (following.end().stdout, following.process.returncode) == ("", 0)


@pytest.mark.parametrize(("phase", "status"), [("Succeeded", 0), ("Failed", 4), ("Error", 5)])
@pytest.mark.parametrize("node", ["train", ""], ids=["a step", "the workflow"])
def test_the_status_can_be_that_of_what_is_meant(
    follow: Follow, story: Story, node: str, phase: str, status: int
) -> None:
    story.runs(".train", "train 1")
    following = follow(*([node] if node else []), "--exit-status")
    following.line()
    story.ends(".train", phase=phase)
    story.put(phase)
    assert following.end().status == status


def test_a_retry_that_succeeded_did_not_fail(follow: Follow, story: Story) -> None:
    story.node(".train", "Succeeded", type="Retry", hostNodeName="", children=[".train(0)", ".train(1)"])
    for path, phase in ((".train(0)", "Failed"), (".train(1)", "Succeeded")):
        story.runs(path)
        story.ends(path, path, phase=phase)
    assert follow("train", "--attempts", "all", "--exit-status").end().status == 0


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ("train(0)", 4),
        ("wf.train(0)", 4),
        ("train --attempts 0", 4),
        ("train train(0)", 4),
        ("train(*", 0),
        ("train --attempts failed", 0),
        ("train", 0),
    ],
)
def test_an_attempt_that_is_named_has_an_outcome_of_its_own(
    follow: Follow, argo_pods: Run, story: Story, arguments: str, status: int
) -> None:
    story.node(".train", "Succeeded", type="Retry", hostNodeName="", children=[".train(0)", ".train(1)"])
    for path, phase in ((".train(0)", "Failed"), (".train(1)", "Succeeded")):
        story.runs(path)
        story.ends(path, path, phase=phase)
    assert argo_pods("logs", "wf", *arguments.split(), "--exit-status").status == status
    story.put("Succeeded")
    assert follow(*arguments.split(), "--exit-status").end().status == status


def test_an_attempt_that_is_named_has_its_outcome_while_the_retry_goes_on(follow: Follow, story: Story) -> None:
    story.node(".train", "Running", type="Retry", hostNodeName="", children=[".train(0)", ".train(1)"])
    story.runs(".train(0)")
    story.ends(".train(0)", "first 1", phase="Failed")
    story.runs(".train(1)", "second 1")
    assert follow("train(0)", "--exit-status").end() == Result(4, "first 1\n", "")


@pytest.mark.parametrize(
    ("arguments", "retry", "status"),
    [
        (["r", "--attempts", "all"], "Succeeded", 0),
        (["x"], "Succeeded", 0),
        (["r", "--attempts", "all"], "Failed", 4),
        (["r(0)"], "Succeeded", 4),
    ],
    ids=["all attempts", "a step of each", "all in vain", "an attempt"],
)
def test_what_failed_within_an_attempt_is_for_the_retry_to_tell(
    argo_pods: Run, story: Story, arguments: list[str], retry: str, status: int
) -> None:
    story.node(".r", retry, type="Retry", hostNodeName="", children=[".r(0)", ".r(1)"])
    for path, phase in ((".r(0)", "Failed"), (".r(1)", retry)):
        story.node(path, phase, type="DAG", hostNodeName="", children=[f"{path}.x"])
        story.node(f"{path}.x", phase, parent=path)
        story.ends(f"{path}.x", phase=phase)
    assert argo_pods("logs", "wf", *arguments, "--exit-status").status == status


@pytest.mark.parametrize("choice", ["@running", "t* --phase Running"])
def test_what_was_meant_while_it_ran_counts_when_it_has_failed(follow: Follow, story: Story, choice: str) -> None:
    story.runs(".train", "train 1")
    following = follow(*choice.split(), "--exit-status")
    assert following.line() == "[train] train 1\n"
    story.ends(".train", "train 2", phase="Failed")
    assert following.line() == "[train] train 2\n"
    story.put("Succeeded")
    assert following.end() == Result(4, "", "")


def test_with_the_log_of_the_run_before_it_ends_though_the_container_runs_on(follow: Follow, story: Story) -> None:
    pod = story.runs(".train", "before 1", "before 2")
    story.cluster.logs.of(pod).restart()
    story.says(pod, "now 1")
    assert follow("train", "-p").end() == Result(0, "before 1\nbefore 2\n", "")


def test_it_waits_for_a_workflow_that_does_not_exist_yet(follow: Follow, empty_cluster: SimulatedCluster) -> None:
    following = follow("train", "--wait")
    assert following.notice() == 'workflow "wf" not found in namespace "argo" (waiting for it)\n'
    story = Story(empty_cluster)
    story.node("", "Running")
    story.runs(".train", "train 1")
    assert following.line() == "train 1\n"
    story.ends(".train")
    assert following.end() == Result(0, "", "")


def test_it_waits_for_the_workflow_of_a_pod(follow: Follow, story: Story) -> None:
    pod = story.runs(".train", "train 1")
    story.ends(".train")
    assert follow("--wait", workflow=f"pod/{pod}").end() == Result(0, "train 1\n", "")


def test_a_workflow_that_is_deleted_ends_it_with_a_word(follow: Follow, story: Story) -> None:
    pod = story.runs(".train", "train 1")
    following = follow()
    assert following.line() == "[train] train 1\n"
    story.says(pod, ends=True)
    story.cluster.state.delete(WORKFLOWS, "argo", "wf")
    story.cluster.state.delete(PODS, "argo", pod)
    result = following.end()
    assert 'workflow "wf" was deleted' in result.stderr


def test_a_pod_that_is_deleted_ends_its_log_with_a_word(follow: Follow, story: Story) -> None:
    pod = story.runs(".train", "train 1")
    following = follow("train")
    assert following.line() == "train 1\n"
    story.cluster.state.delete(PODS, "argo", pod)
    story.says(pod, "train 2", ends=True)
    # Argo may take its time to notice.
    assert following.end() == Result(0, "train 2\n", f"train: the pod {pod} was deleted\n")


def test_a_pod_that_is_deleted_before_all_of_its_log_is_read_leaves_it_incomplete(follow: Follow, story: Story) -> None:
    pod = story.runs(".train", "train 1")
    following = follow("train")
    assert following.line() == "train 1\n"
    story.loses(pod)
    result = following.end()
    assert result.status == 3
    assert [line.partition(" (")[0] for line in result.stderr.splitlines()[:2]] == [
        f"train: the pod {pod} was deleted",
        "0 of 1 log is complete, 1 with gaps",
    ]
    assert f"\n  train ({pod}, main): gone: " in result.stderr


@pytest.mark.parametrize("server", [False, True], ids=["kube", "archive"])
def test_a_deletion_is_told_once_whichever_log_it_ends_first(follow: Follow, story: Story, server: bool) -> None:
    pod = story.runs(".train", "train 1")
    logs = [story.cluster.logs.of(pod, container) for container in ("main", "wait")]
    archive = server_of(story) if server else []
    following = follow("train", "-c", "*", *archive)
    assert following.line() == "[train main] train 1\n"
    await_(lambda: story.cluster.logs.reading == 2)
    asked = len(story.cluster.journal)
    # One of the two logs goes on, the other one is waited for in vain.
    story.cluster.faults.stall("/log")
    story.cluster.logs.cut()
    await_(lambda: sum(path.endswith("/log") for path in story.cluster.journal.paths[asked:]) == 2)
    story.cluster.state.delete(PODS, "argo", pod)
    for log in logs:
        log.end()
    # Whether the list of pods says so first, or the log that goes on and knows more, is a matter of chance.
    known = f"train: the pod {pod} was deleted"
    assert following.notice() in (f"{known}\n", f"{known} (the pod was deleted before its log was read to the end)\n")
    story.cluster.faults.release()
    story.node(".train", "Error")
    result = following.end()
    assert (result.status, result.stdout) == (3, "")
    assert [line for line in result.stderr.splitlines() if line.startswith(f"train: the pod {pod}")] == []
    assert f"  train ({pod}, " in result.stderr


def test_a_pod_that_is_deleted_before_it_has_started_is_told_at_once(follow: Follow, story: Story) -> None:
    story.node(".train", "Pending")
    pod = story.pod(".train", "waiting")
    following = follow("train")
    await_(lambda: any("watch" in each.query and each.path.endswith("/pods") for each in story.cluster.journal))
    story.cluster.state.delete(PODS, "argo", pod)
    assert following.notice() == f"train: the pod {pod} was deleted (before it had started)\n"
    # Argo makes it anew.
    story.pod(".train", "running", uid="another")
    story.says(pod, "train 1")
    assert following.line() == "[train] train 1\n"


def test_another_attempt_is_waited_for_when_a_pod_is_deleted(follow: Follow, story: Story) -> None:
    story.node(".train", "Running", type="Retry", hostNodeName="", children=[".train(0)"])
    pod = story.runs(".train(0)", "first 1")
    following = follow("train")
    assert following.line() == "[train(0)] first 1\n"
    story.cluster.state.delete(PODS, "argo", pod)
    story.says(pod, ends=True)
    notices = {following.notice(), following.notice()}
    assert notices == {
        f"train(0): the pod {pod} was deleted\n",
        "train(0): waiting for Argo, since its pod was deleted\n",
    }
    story.node(".train(0)", "Error")
    story.node(".train", "Running", children=[".train(0)", ".train(1)"])
    story.runs(".train(1)", "second 1")
    assert following.line() == "[train(1)] second 1\n"
    story.ends(".train(1)")
    story.node(".train", "Succeeded")
    assert following.end() == Result(0, "", "")


def test_the_outcome_of_a_deleted_pod_is_argos_to_tell(follow: Follow, story: Story) -> None:
    pod = story.runs(".train", "train 1")
    following = follow("train", "--exit-status")
    assert following.line() == "train 1\n"
    story.cluster.state.delete(PODS, "argo", pod)
    story.says(pod, ends=True)
    assert {following.notice(), following.notice()} == {
        f"train: the pod {pod} was deleted\n",
        "train: waiting for Argo, since its pod was deleted\n",
    }
    story.node(".train", "Error")
    assert following.end() == Result(5, "", "")


def test_a_pod_that_was_made_anew_before_its_log_is_read_is_another_one(follow: Follow, story: Story) -> None:
    # Argo makes a pod anew as long as it has not noticed that it runs.
    story.node(".train", "Pending")
    pod = story.pod(".train")
    story.says(pod, "of the first")
    story.cluster.faults.stall("/log")
    following = follow("train")
    await_(lambda: any(path.endswith("/log") for path in story.cluster.journal.paths))
    story.cluster.state.delete(PODS, "argo", pod)
    deleted_at = time.monotonic()
    await_(lambda: may_be_another(deleted_at))
    story.cluster.logs.of(pod).restart()
    story.says(pod, "of another", ends=True)
    story.pod(".train", "terminated", uid="another")
    story.cluster.faults.release()
    assert following.line() == "[train] of another\n"
    story.node(".train", "Succeeded")
    result = following.end()
    assert (result.status, result.stdout) == (3, "")
    assert f"train: the pod {pod} was deleted" in result.stderr


def test_an_interrupt_ends_it(follow: Follow, story: Story) -> None:
    story.runs(".train", "train 1")
    following = follow()
    following.line()
    following.process.send_signal(signal.SIGINT)
    assert following.end().status == 130


NOT_BEGUN = "it has not begun: no workflow controller has taken it up yet"
FAILED_EARLY = 'it is Failed: invalid spec: templates.main "x" is unknown'


def of_no_nodes(cluster: SimulatedCluster, **status: Any) -> None:
    made = builders.workflow("wf")
    made["status"] = status
    cluster.load([made])


@pytest.mark.parametrize("node", ["train", ""], ids=["a step", "the workflow"])
def test_it_says_that_a_workflow_has_not_begun(follow: Follow, empty_cluster: SimulatedCluster, node: str) -> None:
    of_no_nodes(empty_cluster)
    following = follow(*([node] if node else []))
    assert following.notice() == f'workflow "wf" has no nodes yet: {NOT_BEGUN} (waiting for them)\n'
    story = Story(empty_cluster)
    story.node("", "Running")
    story.runs(".train", "train 1")
    assert following.line().endswith("train 1\n")
    story.ends(".train")
    story.put("Succeeded")
    result = following.end()
    assert (result.status, result.stdout) == (0, "")


@pytest.mark.parametrize("options", [(), ("-f",)], ids=["read", "followed"])
@pytest.mark.parametrize(
    ("words", "status", "expected"),
    [
        ((), 0, f'No logs found for workflow "wf" in argo namespace. {FAILED_EARLY.capitalize()}\n'),
        (("one",), 1, f'error: no node "one" in workflow "wf": {FAILED_EARLY}\n'),
    ],
    ids=["the workflow", "a step"],
)
def test_a_workflow_that_failed_early_has_no_logs(
    argo_pods: Run,
    empty_cluster: SimulatedCluster,
    words: tuple[str, ...],
    status: int,
    expected: str,
    options: tuple[str, ...],
) -> None:
    of_no_nodes(empty_cluster, phase="Failed", message='invalid spec: templates.main "x" is unknown')
    result = argo_pods("logs", "wf", *words, *options)
    assert (result.status, result.stdout, result.stderr.lower()) == (status, "", expected.lower())


@pytest.mark.parametrize(
    ("words", "status", "expected"),
    [
        ((), 0, f'No logs found for workflow "wf" in argo namespace. {NOT_BEGUN}\n'),
        (("one",), 1, f'error: no node "one" in workflow "wf": {NOT_BEGUN}\n'),
    ],
    ids=["the workflow", "a step"],
)
def test_a_workflow_that_has_not_begun_has_no_logs(
    argo_pods: Run, empty_cluster: SimulatedCluster, words: tuple[str, ...], status: int, expected: str
) -> None:
    of_no_nodes(empty_cluster)
    result = argo_pods("logs", "wf", *words)
    assert (result.status, result.stdout, result.stderr.lower()) == (status, "", expected.lower())


@pytest.mark.parametrize("begun", [False, True], ids=["before it began", "while it runs"])
def test_the_outcome_of_a_workflow_that_was_deleted_is_not_known(
    follow: Follow, empty_cluster: SimulatedCluster, begun: bool
) -> None:
    of_no_nodes(empty_cluster)
    if begun:
        story = Story(empty_cluster)
        story.node("", "Running")
        pod = story.runs(".train", "train 1")
        following = follow("--exit-status")
        following.line()
        story.says(pod, ends=True)
        empty_cluster.state.delete(PODS, "argo", pod)
    else:
        following = follow("--exit-status")
        following.notice()
    empty_cluster.state.delete(WORKFLOWS, "argo", "wf")
    result = following.end()
    assert (result.status, result.stdout) == (1, "")
    assert result.stderr.endswith('error: workflow "wf" was deleted before it had ended: its outcome is not known\n')


def test_lines_come_in_the_order_of_their_times_where_that_is_asked_for(follow: Follow, story: Story) -> None:
    late, early = story.runs(".late"), story.runs(".early")
    following = follow("--order", "time")
    await_(lambda: story.cluster.logs.reading == 2)
    for pod, text, second in ((late, "two", 2), (late, "four", 4), (early, "one", 1), (early, "three", 3)):
        story.cluster.logs.of(pod).write_lines(text, start=BEGIN + second * SECOND)
    expected = ["[early] one\n", "[late] two\n", "[early] three\n", "[late] four\n"]
    assert [following.line() for _ in expected] == expected
    for path in (".late", ".early"):
        story.ends(path)
    story.put("Succeeded")
    assert following.end() == Result(0, "", "")


def test_a_last_line_without_its_newline_comes_in_the_order_of_times_too(follow: Follow, story: Story) -> None:
    pod = story.runs(".train", "train 1")
    # With an archive it is held until it is known to be the last.
    following = follow("train", "--order", "time", *server_of(story))
    assert following.line() == "train 1\n"
    story.cluster.logs.of(pod).write(Record(BEGIN + 5 * SECOND, b"the last"))
    story.ends(".train")
    assert following.end() == Result(0, "the last", "")


def test_a_limit_of_bytes_cuts_what_comes_in_the_order_of_times_too(follow: Follow, story: Story) -> None:
    story.runs(".train", "train 1", "train 2")
    following = follow("train", "--order", "time", "--limit-bytes", "11", *server_of(story))
    story.ends(".train")
    assert following.end() == Result(0, "train 1\ntra", "")


def waiting(count: int, of: int) -> str:
    limits = "--max-log-requests, or the limit of open files"
    return f"logs that wait for their turn: {count}, since {of} are read at a time ({limits})\n"


def test_logs_beyond_the_limit_wait_for_their_turn(follow: Follow, story: Story) -> None:
    paths = [f".step-{number}" for number in range(5)]
    for path in paths:
        story.runs(path, path)
    following = follow("--max-log-requests", "2")
    lines = [following.line(), following.line()]
    for path in paths:
        story.ends(path)
    story.put("Succeeded")
    result = following.end()
    assert (result.status, result.stderr) == (0, waiting(3, of=2))
    assert sorted("".join(lines) + result.stdout) == sorted("".join(f"[{path[1:]}] {path}\n" for path in paths))
    assert story.cluster.logs.most == 2


def test_as_many_logs_are_followed_at_once_as_there_are(follow: Follow, story: Story) -> None:
    paths = [f".step-{number}" for number in range(60)]
    for path in paths:
        story.runs(path, path)
    following = follow("--tail=1")
    assert {following.line() for _ in paths} == {f"[{path[1:]}] {path}\n" for path in paths}
    for path in paths:
        story.ends(path)
    story.put("Succeeded")
    assert following.end() == Result(0, "", "")


NOT_STARTED = (
    "a container has not started in the time of --pod-running-timeout, and nothing else is left to read: raise it, or "
    "leave it out to wait without limit\n"
)


def test_it_waits_no_longer_for_a_container_than_it_is_told_to(follow: Follow, story: Story) -> None:
    story.node(".train", "Pending")
    pod = story.pod(".train", "waiting")
    account = f"0 of 1 log is complete, 1 not started\n  train ({pod}, main): not started\n"
    result = follow("train", "--pod-running-timeout", "300ms").end()
    assert result == Result(1, "", f"train: ContainerCreating\n{NOT_STARTED}{account}")


def test_what_is_read_comes_to_its_end_though_another_container_does_not_start(follow: Follow, story: Story) -> None:
    story.node(".train", "Pending")
    pod = story.pod(".train", "waiting")
    story.runs(".beside", "beside 1")
    following = follow("--pod-running-timeout", "300ms")
    assert following.line() == "[beside] beside 1\n"
    assert following.notice() == "train: ContainerCreating\n"
    story.ends(".beside", "beside 2")
    account = f"1 of 2 logs are complete, 1 not started\n  train ({pod}, main): not started\n"
    assert following.end() == Result(3, "[beside] beside 2\n", NOT_STARTED + account)


def test_a_change_of_a_container_that_does_not_start_does_not_end_the_wait_for_it(follow: Follow, story: Story) -> None:
    story.node(".train", "Pending")
    story.pod(".train", "waiting")
    following = follow("--pod-running-timeout", "60s")
    await_(lambda: story.cluster.watches.count == 2)
    story.pod(".train", "waiting", reason="PodInitializing")
    # This is told after that.
    story.runs(".beside", "beside 1")
    assert following.line() == "[beside] beside 1\n"
    story.runs(".train", "train 1")
    assert following.line() == "[train] train 1\n"
    for path in (".beside", ".train"):
        story.ends(path)
    story.put("Succeeded")
    assert following.end() == Result(0, "", "")


def test_a_container_that_has_started_late_is_read_though_only_its_node_was_told_of(
    follow: Follow, story: Story
) -> None:
    story.node(".train", "Pending")
    story.pod(".train", "waiting")
    story.runs(".beside", "beside 1")
    following = follow("train", "beside", "--pod-running-timeout", "300ms")
    assert following.line() == "[beside] beside 1\n"
    assert following.notice() == "train: ContainerCreating\n"
    hold_back_pods(story)
    story.ends(".train", "train 1")
    story.ends(".beside")
    assert following.end() == Result(0, "[train] train 1\n", "")


def test_without_following_it_waits_once_for_a_container_that_does_not_start(argo_pods: Run, story: Story) -> None:
    story.node(".train", "Pending")
    pod = story.pod(".train", "waiting")
    result = argo_pods("logs", "wf", "train", "--pod-running-timeout", "1s")
    assert (result.status, result.stdout) == (1, "")
    refusal = f'container "main" in pod "{pod}" is waiting to start: ContainerCreating'
    assert result.stderr.splitlines()[0].endswith(refusal)
    assert sum(path.endswith("/log") for path in story.cluster.journal.paths) == 1


def test_without_following_it_waits_for_a_container_as_long_as_it_is_told_to(
    follow: Follow, story: Story, clean_environment: dict[str, str]
) -> None:
    story.node(".train", "Pending")
    story.pod(".train", "waiting")
    command = [*PROGRAM, "logs", "wf", "train", "--pod-running-timeout", "60s"]
    with subprocess.Popen(command, env=clean_environment, stdout=subprocess.PIPE, text=True) as process:
        await_(lambda: any("watch" in each.query for each in list(story.cluster.journal)))
        story.runs(".train", "train 1")
        story.ends(".train")
        assert (process.communicate()[0], process.returncode) == ("train 1\n", 0)


def test_more_logs_than_files_may_be_open_wait_for_their_turn(
    empty_cluster: SimulatedCluster, clean_environment: dict[str, str]
) -> None:
    nodes = [builders.node("wf", f".step-{number}", parent="", phase="Running") for number in range(500)]
    empty_cluster.load([builders.workflow("wf", *nodes, phase="Running"), *running(nodes, {"running": {}})])
    names = [pod_of(builders.workflow("wf"), node)["metadata"]["name"] for node in nodes]
    for number, name in enumerate(names):
        empty_cluster.logs.of(name).write_lines(f"line {number}", start=BEGIN + number)
    command = ["sh", "-c", 'ulimit -n 256; exec "$@"', "sh", *PROGRAM, "logs", "wf", "-f"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=clean_environment, stdout=pipe, stderr=pipe, text=True) as process:
        # What is left is for watches and single questions.
        await_(lambda: empty_cluster.logs.most == 256 - 64)
        for name in names:
            empty_cluster.logs.of(name).end()
        ended = {"exitCode": 0, "containerID": "containerd://1", "finishedAt": builders.FINISHED}
        empty_cluster.load([*running(nodes, {"terminated": ended}), builders.workflow("wf", *nodes)])
        stdout, stderr = process.communicate()
    assert (process.returncode, stderr) == (0, waiting(500 - (256 - 64), of=256 - 64))
    assert sorted(stdout.splitlines()) == sorted(f"[step-{number}] line {number}" for number in range(500))
    assert empty_cluster.logs.most == 256 - 64


def running(nodes: list[Manifest], state: Manifest) -> list[Manifest]:
    """The pods of these nodes, with their only containers in this state."""
    status = {"name": "main", "containerID": "containerd://1", "state": state}
    return [pod_of(builders.workflow("wf"), node, phase="Running", containerStatuses=[status]) for node in nodes]
