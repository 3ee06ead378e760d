"""`kubectl argo-pods logs WORKFLOW [NODE...]`: whose logs are printed, and how."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import time

import pytest

from kubectl_argo_pods.follow.patience import may_be_another
from tests import builders
from tests.cluster import Rule, SimulatedCluster
from tests.cluster.resources import PODS
from tests.commands import logged
from tests.conftest import PROGRAM, Result, Run
from tests.follow.following import await_

pytestmark = pytest.mark.usefixtures("etl")

LOAD = "load 1\nload 2\n"


@pytest.fixture
def etl(empty_cluster: SimulatedCluster) -> SimulatedCluster:
    """A cluster with the workflow `etl`, which is done."""
    logged.load(empty_cluster)
    return empty_cluster


ALL = """\
[train(0)] first 1
[train(1)] second 1
[one] one 1
[two] two 1
[(agent)] called
[load] load 1
[(agent)] told
[train(0)] first 2
[train(1)] second 2
[load] load 2
"""

CHOSEN: dict[str, tuple[list[str], str]] = {
    "a step": (["load"], LOAD),
    "a retry is its last attempt": (["train"], "second 1\nsecond 2\n"),
    "one attempt": (["train(0)"], "first 1\nfirst 2\n"),
    "all attempts": (
        ["train", "--attempts", "all"],
        "[train(0)] first 1\n[train(1)] second 1\n[train(0)] first 2\n[train(1)] second 2\n",
    ),
    "the failed attempts": (["train", "--attempts", "failed"], "first 1\nfirst 2\n"),
    "the first attempt": (["train", "--attempts", "0"], "first 1\nfirst 2\n"),
    "the last attempt of whatever is under a parent": (
        ["etl", "-i", "second|first|load"],
        "[train(1)] second 1\n[load] load 1\n[train(1)] second 2\n[load] load 2\n",
    ),
    "the failed": (["@failed"], "first 1\nfirst 2\n"),
    "by template": (["template:fetch"], LOAD),
    "by a glob": (["l*"], LOAD),
    "by pod": ([f"pod/{logged.LOAD}"], LOAD),
    "by pods": ([f"pods/{logged.LOAD}"], LOAD),
    "by the flag of a filter": (["--phase", "Failed"], "first 1\nfirst 2\n"),
    "by a field of the pod": (["--field-selector", f"metadata.name={logged.LOAD}"], LOAD),
    "a member of a containerSet": (["two"], "two 1\n"),
    "the members of a containerSet": (["set"], "[one] one 1\n[two] two 1\n"),
    "an HTTP request is the agent's": (["call"], "called\n"),
    "a container": (["load", "-c", "side"], "side 1\n"),
    "an init container": (["load", "-c", "prepare"], "preparing\n"),
    "one of Argo's containers": (["load", "-c", "wait"], "waiting\n"),
    "several containers": (
        ["load", "-c", "side", "-c", "prep*"],
        "[load prepare] preparing\n[load side] side 1\n",
    ),
    "a container of all pods": (
        ["-c", "wait"],
        "[load] waiting\n[train(1)] waiting\n[set] waiting\n",
    ),
    "all containers but Argo's": (
        ["load", "--all-containers"],
        "[load prepare] preparing\n[load side] side 1\n[load main] load 1\n[load main] load 2\n",
    ),
    "all containers": (
        ["load", "-c", "*"],
        "[load init] loading\n[load prepare] preparing\n[load side] side 1\n[load wait] waiting\n"
        "[load main] load 1\n[load main] load 2\n",
    ),
}


@pytest.mark.parametrize(("arguments", "expected"), CHOSEN.values(), ids=CHOSEN)
def test_which_logs_are_meant(argo_pods: Run, arguments: list[str], expected: str) -> None:
    assert argo_pods("logs", "etl", *arguments) == Result(0, expected, "")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], LOAD),
        (["--all-containers"], LOAD),
        (["-c", "*artifact-*"], "[load init-artifact-s3] fetching\n[load artifact-plugin-s3] storing\n"),
    ],
    ids=["the node's own", "all but Argo's", "those"],
)
def test_plugins_for_artifacts_are_containers_of_argos(
    argo_pods: Run, etl: SimulatedCluster, options: list[str], expected: str
) -> None:
    etl.load([logged.pod(".load", "wait", "artifact-plugin-s3", "main", init=("init", "init-artifact-s3"))])
    for number, (name, line) in enumerate([("init-artifact-s3", "fetching"), ("artifact-plugin-s3", "storing")]):
        log = etl.logs.of(logged.LOAD, name)
        log.write_lines(line, start=logged.BEGIN + number)
        log.end()
    assert argo_pods("logs", "etl", "load", *options) == Result(0, expected, "")


def test_the_logs_of_a_workflow_are_those_of_all_its_nodes_in_the_order_of_their_times(argo_pods: Run) -> None:
    assert argo_pods("logs", "etl") == Result(0, ALL, "")


@pytest.mark.parametrize(
    "words",
    [["etl", "logs", "load"], ["logs", "wf/etl", "load"], ["logs", f"pod/{logged.LOAD}"], ["logs", "@latest", "load"]],
    ids=" ".join,
)
def test_a_log_by_other_words(argo_pods: Run, words: list[str]) -> None:
    assert argo_pods(*words) == Result(0, LOAD, "")


@pytest.mark.parametrize(
    ("words", "prefix"),
    [
        (["e*"], "etl/"),
        (["etl", "-A"], "argo/etl/"),
        (["--workflow-selector", "workflows.argoproj.io/phase=Succeeded"], "etl/"),
    ],
    ids=["a glob", "all namespaces", "labels of workflows"],
)
def test_several_workflows_are_told_apart(argo_pods: Run, words: list[str], prefix: str) -> None:
    assert argo_pods("logs", *words) == Result(0, ALL.replace("[", f"[{prefix}"), "")


def test_a_pod_of_no_workflow_is_left_to_kubectl(argo_pods: Run, etl: SimulatedCluster) -> None:
    stray = logged.pod(".load", "main")
    stray["metadata"] |= {"name": "stray", "labels": {}}
    etl.load([stray])
    assert argo_pods("logs", "pod/stray") == Result(
        1, "", 'error: pod "stray" in namespace "argo" is of no workflow: `kubectl logs stray` reads it\n'
    )
    assert argo_pods("logs", "pod/nope") == Result(1, "", 'error: pod "nope" not found in namespace "argo"\n')


NEEDED = "logs needs a WORKFLOW (a name, @latest, or a pod as pod/NAME) or --workflow-selector"
REFUSED: dict[str, tuple[list[str], int, str]] = {
    "no workflow": (["-l", "workflows.argoproj.io/phase=Succeeded"], 2, NEEDED),
    "no such workflow": (["etk"], 1, 'workflow "etk" not found in namespace "argo"; did you mean "etl"?'),
    "no such node": (
        ["etl", "loat"],
        1,
        'no node or pod "loat" in workflow "etl"; did you mean "load"?',
    ),
    "a node without a pod": (["etl", "skip"], 1, "there is no pod to read a log of: skip is Skipped"),
    "no such attempt": (
        ["etl", "train", "--attempts", "5"],
        1,
        "there is no pod to read a log of: train has no attempt 5, only 0 to 1",
    ),
    "no such container": (
        ["etl", "load", "-c", "nope"],
        1,
        f"container nope is not valid for pod {logged.LOAD} out of: wait, main, side, init (init), prepare (init)",
    ),
    "no such container anywhere": (
        ["etl", "train", "--attempts", "all", "-c", "nope", "-c", "no*"],
        1,
        "container nope, no* is not valid for any of 2 pods out of: wait, main",
    ),
    "an unknown attempt": (
        ["etl", "--attempts", "some"],
        2,
        'unknown --attempts "some": it is one of all, last, failed, or a number',
    ),
    "an unknown order": (["etl", "--order", "x"], 2, 'unknown --order "x": it is one of arrival, time'),
    "an unknown place": (["etl", "--logs-from", "x"], 2, 'unknown --logs-from "x": it is one of auto, pod, archive'),
    "an unknown format": (["etl", "-o", "yaml"], 2, 'unknown output format "yaml", allowed formats are: text,raw,json'),
    "an unknown colour": (["etl", "--color", "x"], 2, 'unknown --color "x": choose one of auto, always, never'),
    "an unknown prefix": (
        ["etl", "--prefix=x"],
        2,
        'invalid argument "x" for "--prefix" flag: it is one of auto, always, never\n'
        "See 'kubectl argo-pods logs --help' for usage.",
    ),
    "the archive without an Argo Server": (
        ["etl", "--logs-from", "archive"],
        2,
        "--logs-from archive needs an Argo Server: name it with -s/--argo-server",
    ),
    "to wait without following": (["etl", "--wait"], 2, "--wait goes with -f/--follow"),
    "to wait for any workflow": (
        ["@latest", "-f", "--wait"],
        2,
        "--wait needs the name of one workflow in one namespace",
    ),
    "times in JSON": (
        ["etl", "-o", "json", "-t"],
        2,
        "-t/--timestamps and -o json exclude each other: json has the time and the node of each line anyway",
    ),
    "a prefix of what is raw": (
        ["etl", "-o", "raw", "--prefix"],
        2,
        "--prefix and -o raw exclude each other: raw is the lines alone",
    ),
    "no log at a time": (["etl", "--max-log-requests", "0"], 2, "--max-log-requests must be greater than 0"),
    "a wrong pattern": (
        ["etl", "-i", "("],
        2,
        'invalid regular expression "(" for -i/--include: missing ), unterminated subpattern at position 0',
    ),
    "too large a number in a pattern": (
        ["etl", "-i", "a{99999999999}"],
        2,
        'invalid regular expression "a{99999999999}" for -i/--include: the repetition number is too large',
    ),
    "a pod alone, and a wrong pattern": (
        ["pod/nope", "-e", "("],
        2,
        'invalid regular expression "(" for -e/--exclude: missing ), unterminated subpattern at position 0',
    ),
    "a file that is followed": (
        ["--filename", "-", "-f"],
        2,
        "--filename and -f/--follow exclude each other: a file does not change",
    ),
}


@pytest.mark.parametrize(("arguments", "status", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_is_wrong_is_said(argo_pods: Run, arguments: list[str], status: int, sentence: str) -> None:
    assert argo_pods("logs", *arguments) == Result(status, "", f"error: {sentence}\n")


def test_a_pattern_that_is_nested_too_deeply_is_refused(argo_pods: Run) -> None:
    pattern = "(" * 3000 + ")" * 3000
    result = argo_pods("logs", "etl", "-e", pattern)
    assert (result.status, result.stdout) == (2, "")
    assert result.stderr.startswith(f'error: invalid regular expression "{pattern}" for -e/--exclude: ')


BY_PATTERNS = {
    "-i gr.ße": "größe\n",
    "-i [äß]": "größe\n",
    "-i ^.{5}$": "größe\nplain\n",
    "-i (?i)GRÖẞE": "größe\n",
    r"-i \bé\b": "é accent\n",
    "-i [[é]": "é accent\n",
    "-e [ä]": "größe\né accent\nplain\n",
}


@pytest.mark.parametrize(("options", "expected"), BY_PATTERNS.items(), ids=BY_PATTERNS)
def test_patterns_are_of_characters(argo_pods: Run, etl: SimulatedCluster, options: str, expected: str) -> None:
    log = etl.logs.of(logged.LOAD)
    log.restart()
    log.write_lines("größe", "é accent", "plain", start=logged.BEGIN)
    log.end()
    assert argo_pods("logs", "etl", "load", *options.split()) == Result(0, expected, "")


@pytest.mark.parametrize("follow", [[], ["-f"]], ids=["now", "followed"])
def test_a_retry_of_which_no_attempt_failed_has_no_failed_attempt(
    argo_pods: Run, etl: SimulatedCluster, follow: list[str]
) -> None:
    workflow = logged.workflow()
    for node in workflow["status"]["nodes"].values():
        node |= {"phase": "Succeeded"}
    etl.load([workflow])
    sentence = "there is no pod to read a log of: train has no failed attempt"
    result = argo_pods("logs", "etl", "train", "--attempts", "failed", *follow)
    assert result == Result(1, "", f"error: {sentence}\n")


@pytest.mark.parametrize("follow", [[], ["-f"]], ids=["now", "followed"])
def test_nothing_is_an_answer_where_nothing_is_named(argo_pods: Run, follow: list[str]) -> None:
    assert argo_pods("logs", "etl", "@running", *follow) == Result(
        0, "", 'No logs found for workflow "etl" in argo namespace.\n'
    )


def restarted(path: str, started_at: str) -> builders.Manifest:
    """The pod of a node whose container runs again since then, after a run that began with the workflow."""
    before = {"containerID": "1", "exitCode": 1, "startedAt": builders.STARTED, "finishedAt": builders.FINISHED}
    status = {
        "name": "main",
        "containerID": "2",
        "state": {"running": {"startedAt": started_at}},
        "lastState": {"terminated": before},
    }
    return logged.pod(path, "main", containerStatuses=[status])


@pytest.mark.parametrize("options", [[], ["--max-log-requests=1"]], ids=["at once", "one at a time"])
def test_the_runs_before_come_in_the_order_of_their_times(
    argo_pods: Run, etl: SimulatedCluster, options: list[str]
) -> None:
    etl.load([restarted(".load", "2026-05-04T10:03:20Z"), restarted(".train(1)", "2026-05-04T10:05:00Z")])
    for pod, text, second in ((logged.LOAD, "a", 10), (logged.SECOND, "b", 11)):
        log = etl.logs.of(pod)
        log.restart()
        log.write_lines(f"{text} 1", f"{text} 2", start=logged.BEGIN + second * 10**9, step=2 * 10**9)
        log.restart()
    result = argo_pods("logs", "etl", "load", "train", "-p", *options)
    assert result == Result(0, "[load] a 1\n[train(1)] b 1\n[load] a 2\n[train(1)] b 2\n", "")


def test_the_run_before_of_a_container_that_was_restarted(argo_pods: Run, etl: SimulatedCluster) -> None:
    log = etl.logs.of(logged.LOAD, "side")
    log.restart()
    log.write_lines("side again", start=logged.BEGIN)
    log.end()
    assert argo_pods("logs", "etl", "load", "-c", "side").stdout == "side again\n"
    assert argo_pods("logs", "etl", "load", "-c", "side", "-p") == Result(0, "side 1\n", "")
    assert argo_pods("logs", "etl", "load", "-c", "side", "-p", "-f") == Result(0, "side 1\n", "")


def test_without_a_run_before_there_is_nothing_to_read(argo_pods: Run) -> None:
    sentence = f'previous terminated container "main" in pod "{logged.LOAD}" not found'
    result = argo_pods("logs", "etl", "load", "-p")
    assert (result.status, result.stdout) == (1, "")
    assert sentence in result.stderr


def test_the_workflow_may_come_from_a_file(argo_pods: Run) -> None:
    manifest = json.dumps(logged.workflow())
    assert argo_pods("logs", "--filename", "-", "etl", "load", stdin=manifest) == Result(0, LOAD, "")


def test_for_a_workflow_from_a_file_a_cluster_is_needed_all_the_same(argo_pods: Run) -> None:
    manifest = json.dumps(logged.workflow())
    sentence = "no cluster is configured whose logs could be read; name a kubeconfig with --kubeconfig"
    result = argo_pods("logs", "--filename", "-", "etl", "load", stdin=manifest, env={"KUBECONFIG": os.devnull})
    assert result == Result(1, "", f"error: {sentence}\n")


@pytest.mark.parametrize("options", [[], ["-t"]], ids=["bytes", "lines"])
def test_a_pod_that_was_made_anew_before_its_log_is_read_is_another_one(
    etl: SimulatedCluster, clean_environment: dict[str, str], options: list[str]
) -> None:
    etl.faults.stall("/log")
    command = [*PROGRAM, "logs", "etl", "load", *options]
    with subprocess.Popen(command, env=clean_environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reading:
        await_(lambda: any(path.endswith("/log") for path in etl.journal.paths))
        pod = etl.state.get(PODS, "argo", logged.LOAD)
        assert pod
        etl.load([{**pod, "metadata": {**pod["metadata"], "uid": "another"}}])
        made_at = time.monotonic()
        await_(lambda: may_be_another(made_at))
        etl.faults.release()
        stdout, stderr = reading.communicate(timeout=60)
    assert (reading.returncode, stdout) == (3, b"")
    assert b"was deleted (the pod was deleted before its log could be read)" in stderr


def test_a_log_that_may_not_be_read_is_explained(argo_pods: Run, etl: SimulatedCluster) -> None:
    token = etl.access.add_user("reader", *(Rule(("get", "list"), each) for each in ("workflows", "pods")))
    result = argo_pods("logs", "etl", "load", "--token", token)
    assert (result.status, result.stdout) == (1, "")
    assert 'cannot get resource "pods/log"' in result.stderr


def test_what_can_be_read_is_printed_where_something_cannot(argo_pods: Run, etl: SimulatedCluster) -> None:
    etl.faults.answer(500, f"{logged.LOAD}/log", times=9, message="the disk is gone")
    result = argo_pods("logs", "etl", "load", "set")
    assert (result.status, result.stdout) == (3, "[one] one 1\n[two] two 1\n")
    assert "1 could not be read" in result.stderr
    assert "the disk is gone" in result.stderr


def test_no_terminal_obeys_what_a_server_says(argo_pods: Run, etl: SimulatedCluster) -> None:
    etl.faults.answer(500, f"{logged.LOAD}/log", times=9, message="the disk \x1b]52;c;Zm9v\x07 is gone")
    result = argo_pods("logs", "etl", "load", "set")
    assert "the disk" in result.stderr and "\x1b" not in result.stderr


def test_the_log_of_a_container_that_has_not_started_is_not_complete(argo_pods: Run, etl: SimulatedCluster) -> None:
    waiting = [{"name": "main", "state": {"waiting": {"reason": "ErrImageNeverPull"}}}]
    etl.load([logged.pod(".load", "main", phase="Pending", containerStatuses=waiting)])
    end = f"1 not started\n  load ({logged.LOAD}, main): not started\n"
    why = f'container "main" in pod "{logged.LOAD}" is waiting to start: ErrImageNeverPull\n'
    for words, status, lines, account in (
        (["load"], 1, "", f"0 of 1 log is complete, {end}"),
        (["load", "set"], 3, "[one] one 1\n[two] two 1\n", f"2 of 3 logs are complete, {end}"),
    ):
        result = argo_pods("logs", "etl", *words)
        said = result.stderr.partition(" answered 400: ")[2]
        assert (result.status, result.stdout, said) == (status, lines, why + account)
    assert argo_pods("logs", "etl", "load", "--ignore-errors").status == 0


def test_errors_can_be_ignored(argo_pods: Run, etl: SimulatedCluster) -> None:
    etl.faults.answer(500, f"{logged.LOAD}/log", times=9)
    assert argo_pods("logs", "etl", "load", "set", "--ignore-errors").status == 0


def on_terminal(environment: dict[str, str], *arguments: str) -> bytes:
    """What the program prints on a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([*PROGRAM, "logs", *arguments], env=environment, stdout=theirs, stdin=subprocess.DEVNULL)
    os.close(theirs)
    parts = []
    try:
        while part := os.read(ours, 65536):
            parts.append(part)
    except OSError:
        # So Linux says that nobody has the other end any more.
        process.wait(timeout=30)
    os.close(ours)
    return b"".join(parts).replace(b"\r\n", b"\n")


def test_on_a_terminal_prefixes_are_coloured_and_lines_disarmed(
    etl: SimulatedCluster, clean_environment: dict[str, str]
) -> None:
    log = etl.logs.of(logged.SET, "one")
    log.restart()
    log.write_lines("\x1b]52;c;eA==\x07 \x1b[31mred 10%\r20%", start=logged.BEGIN)
    log.end()
    printed = on_terminal(clean_environment | {"TERM": "xterm"}, "etl", "set")
    one, two = b"\x1b[35m[one]\x1b[0m ", b"\x1b[94m[two]\x1b[0m "
    assert printed == one + b"^[]52;c;eA==^G \x1b[31mred 10%\x1b[0m\n" + one + b"20%\n" + two + b"two 1\n"
    plain = on_terminal(clean_environment | {"TERM": "xterm", "NO_COLOR": "1"}, "etl", "two", "--prefix")
    assert plain == b"[two] two 1\n"
