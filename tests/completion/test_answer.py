"""TAB is quick and silent: what was said a moment ago costs no request, and nothing that goes wrong shows."""

from __future__ import annotations

import fcntl
import json
import os
import re
import stat
import subprocess
import sys
import time
from pathlib import Path

import pexpect
import pytest
import yaml

from kubectl_argo_pods.__main__ import DEBUG
from kubectl_argo_pods.completion.answer import TIMEOUT
from tests.cluster import Rule, SimulatedCluster
from tests.cluster.resources import WORKFLOWS as WORKFLOW_RESOURCE
from tests.completion.conftest import AGE, Tab
from tests.completion.test_candidates import IN_ORDER, NODES, VERBS, WORKFLOWS
from tests.conftest import PROGRAM, Result, Run
from tests.many_files import MANY_FILES
from tests.test_imports import OURS, SLOW, imported

ETL = [WORKFLOWS[0], IN_ORDER]
HASTE = {TIMEOUT: "nonsense"}  # as if there were nothing, so what people have


def cached(environment: dict[str, str]) -> list[Path]:
    return sorted(each for each in cache(environment).iterdir() if each.suffix != ".lock")


def cache(environment: dict[str, str]) -> Path:
    return Path(environment["HOME"], ".kube", "cache", "argo-pods")


def test_pressing_tab_again_costs_no_request(tab: Tab, cluster: SimulatedCluster) -> None:
    assert tab("etl") == ETL
    assert len(cluster.journal) == 1
    assert (tab("et"), tab("list e"), tab("@latest exx")) == (ETL, ETL, [IN_ORDER])
    paths = [request.path for request in cluster.journal]
    assert paths == ["/apis/argoproj.io/v1alpha1/namespaces/argo/workflows"] + [
        "/apis/argoproj.io/v1alpha1/namespaces/argo/workflows/etl-7k2lp",
        "/api/v1/namespaces/argo/pods",
    ]


def test_no_more_is_asked_for_than_the_names(tab: Tab, cluster: SimulatedCluster) -> None:
    tab("etl")
    (asked,) = cluster.journal
    assert asked.query == {"includeObject": "None", "resourceVersion": "0"}
    assert "as=Table" in asked.headers["accept"]


@pytest.mark.parametrize("seconds", [6, -6], ids=["by the clock", "by a clock that was set back"])
def test_what_was_said_a_while_ago_is_asked_for_again(
    tab: Tab, cluster: SimulatedCluster, clean_environment: dict[str, str], seconds: float
) -> None:
    assert tab("etl") == ETL
    for name in ("etl-7k2lp", "nightly-1", "nightly-2", "nightly-3"):
        cluster.state.delete(WORKFLOW_RESOURCE, "argo", name)
    assert tab("etl") == ETL
    age(clean_environment, seconds=seconds)
    assert tab("etl") == [IN_ORDER]


def age(environment: dict[str, str], seconds: float) -> None:
    for path in cached(environment):
        os.utime(path, (time.time() - seconds,) * 2)


def test_a_server_that_does_not_answer_in_time_is_not_waited_for(
    tab: Tab, cluster: SimulatedCluster, clean_environment: dict[str, str]
) -> None:
    cluster.faults.stall("/workflows")
    assert tab("", HASTE) == [*VERBS, IN_ORDER]
    cluster.faults.release()
    # The errand has gone on, and brings home what it was sent for.
    until_there(clean_environment)
    assert tab("etl") == ETL
    assert len(cluster.journal) == 1


def until_there(environment: dict[str, str]) -> None:
    deadline = time.monotonic() + 30
    while not cached(environment):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_then_what_is_kept_is_better_than_nothing(
    tab: Tab, cluster: SimulatedCluster, clean_environment: dict[str, str]
) -> None:
    assert tab("etl") == ETL
    age(clean_environment, seconds=3600)
    cluster.faults.stall("/workflows")
    assert tab("etl", HASTE) == ETL
    age(clean_environment, seconds=90000)
    assert tab("etl", HASTE) == [IN_ORDER]


def test_what_is_kept_is_for_its_owner_alone(
    tab: Tab, cluster: SimulatedCluster, clean_environment: dict[str, str]
) -> None:
    tab("etl")
    paths = [cache(clean_environment), *cache(clean_environment).iterdir()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o700, 0o600}


def test_it_is_kept_where_the_user_says(tab: Tab, cluster: SimulatedCluster, tmp_path: Path) -> None:
    flag, variable = tmp_path / "flag", tmp_path / "variable"
    tab(f"--cache-dir {flag} etl", {"KUBECACHEDIR": str(variable)})
    assert (flag.exists(), variable.exists()) == (True, False)
    tab("etl", {"KUBECACHEDIR": str(variable)})
    assert [each.name for each in variable.iterdir()] == ["argo-pods"]


def test_what_others_may_have_written_is_not_believed(
    tab: Tab, cluster: SimulatedCluster, clean_environment: dict[str, str], tmp_path: Path
) -> None:
    tab("etl")
    (kept,) = cached(clean_environment)
    kept.write_text("rows\nforged\tRunning\tRunning\targo")
    assert tab("forged") == ["forged\tRunning", IN_ORDER]
    kept.chmod(0o622)
    assert tab("forged") == [IN_ORDER]
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text('[["forged", "Running", "Running", "argo"]]')
    kept.unlink()
    kept.symlink_to(elsewhere)
    assert tab("forged") == [IN_ORDER]


@pytest.mark.parametrize("content", ["", "nonsense", '[["etl-7k2lp", "Run'])
def test_what_is_kept_and_makes_no_sense_is_asked_for_again(
    tab: Tab, cluster: SimulatedCluster, clean_environment: dict[str, str], content: str
) -> None:
    tab("etl")
    (kept,) = cached(clean_environment)
    kept.write_text(content)
    assert tab("etl") == ETL


@pytest.fixture(params=["a file", "a folder for all"])
def no_place(request: pytest.FixtureRequest, clean_environment: dict[str, str]) -> Path:
    """Where the cache would be, and cannot."""
    folder = cache(clean_environment)
    folder.parent.mkdir(parents=True)
    if request.param == "a file":
        folder.write_text("")
    else:
        folder.mkdir()
        folder.chmod(0o777)
    return folder


def test_without_a_place_to_keep_it_everything_is_asked_for(
    tab: Tab, cluster: SimulatedCluster, no_place: Path
) -> None:
    assert (tab("etl"), tab("etl")) == (ETL, ETL)
    assert len(cluster.journal) == 2
    assert no_place.is_file() or list(no_place.iterdir()) == []


def test_without_such_a_place_nobody_waits_for_another(tab: Tab, cluster: SimulatedCluster, no_place: Path) -> None:
    with open(os.devnull, "w") as nothing:
        fcntl.flock(nothing, fcntl.LOCK_EX)
        assert tab("etl") == ETL


def test_without_a_lock_it_asks_for_itself(
    tab: Tab, cluster: SimulatedCluster, clean_environment: dict[str, str]
) -> None:
    tab("etl")
    (kept,) = cached(clean_environment)
    kept.unlink()
    kept.with_suffix(".lock").unlink()
    kept.with_suffix(".lock").mkdir()
    assert tab("etl") == ETL
    assert len(cluster.journal) == 2


def test_what_is_kept_is_of_one_server_one_user_and_one_namespace(
    tab: Tab, cluster: SimulatedCluster, tmp_path: Path
) -> None:
    assert tab("etl") == ETL
    token = cluster.access.add_user("jane", Rule(("list",), "workflows", "lab"))
    mine = tmp_path / "mine"
    mine.mkdir()
    jane = {"KUBECONFIG": str(cluster.kubeconfig(mine, token=token))}
    assert tab("etl", jane) == [IN_ORDER]
    assert tab(f"--token {token} etl") == [IN_ORDER]
    assert tab("--as bob etl") == [IN_ORDER]
    assert tab("-n lab et") == [IN_ORDER]
    assert tab("--server https://127.0.0.1:1 etl") == [IN_ORDER]
    assert tab("etl", {"ARGO_SERVER": "127.0.0.1:1"}) == [IN_ORDER]
    assert tab("-A etl") == [f"{WORKFLOWS[0]} in argo", IN_ORDER]
    assert tab("--workflow-selector a=b etl") == [IN_ORDER]


def test_no_secret_is_in_what_is_kept(tab: Tab, cluster: SimulatedCluster, clean_environment: dict[str, str]) -> None:
    tab("etl")
    tab("etl-7k2lp ")
    kept = [path.name + path.read_text() for path in cache(clean_environment).iterdir()]
    assert [each for each in kept if cluster.admin_token in each] == []


WRONG = {
    "no kubeconfig": {"KUBECONFIG": "/dev/null"},
    "a kubeconfig that is none": {"KUBECONFIG": "nonsense"},
    "an Argo Server that is not there": {"ARGO_SERVER": "127.0.0.1:1"},
    "an Argo Server that is none": {"ARGO_SERVER": "https://nonsense"},
    "no place to keep anything": {"HOME": "/dev/null"},
}


@pytest.mark.parametrize("environment", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("words", [["wf", ""], ["-n", ""], ["--context", ""], ["x"], ["", "--"], ["\udcff", "\udcff"]])
def test_nothing_that_is_wrong_shows(
    argo_pods: Run, tmp_path: Path, environment: dict[str, str], words: list[str]
) -> None:
    (tmp_path / "nonsense").write_text("clusters: 7")
    answer = argo_pods("__complete", *words, env=environment)
    assert (answer.status, answer.stderr, answer.stdout.splitlines()[-1]) == (0, "", IN_ORDER)


@pytest.mark.parametrize("words", [["wf", ""], ["et"], ["--context", ""]])
@pytest.mark.parametrize("flag", ["--kubeconfig", "-f"])
@pytest.mark.parametrize("file", ["/dev/stdin", "pipe"])
def test_nobody_waits_for_a_file_that_has_yet_to_be_written(
    cluster: SimulatedCluster, clean_environment: dict[str, str], tmp_path: Path, file: str, flag: str, words: list[str]
) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader, writer = os.pipe()
    command = [*PROGRAM, "__complete", flag, file, *words]
    with open(reader) as stdin, open(writer, "w"):
        done = subprocess.run(
            command, env=clean_environment, cwd=tmp_path, stdin=stdin, capture_output=True, text=True, timeout=20
        )
    assert (done.returncode, done.stderr, done.stdout.splitlines()[-1]) == (0, "", IN_ORDER)


@pytest.mark.parametrize("failure", [401, 403, 404, 429, 500, 503])
def test_a_server_that_refuses_is_silent(tab: Tab, cluster: SimulatedCluster, failure: int) -> None:
    cluster.faults.answer(failure, "/", times=20)
    assert tab("list ") == [IN_ORDER]


def talkative_plugin(folder: Path, token: str) -> Path:
    """A credential plugin that asks wherever it finds somebody, and leaves a file `asked` then."""
    plugin = folder / "plugin"
    credential = {"apiVersion": VERSION, "kind": "ExecCredential", "status": {"token": token}}
    plugin.write_text(f"{TALKATIVE}echo '{json.dumps(credential)}'\n")
    plugin.chmod(0o755)
    return plugin


def use_plugin(kubeconfig: Path, plugin: Path) -> None:
    config = yaml.safe_load(kubeconfig.read_text())
    asks = {"apiVersion": VERSION, "command": str(plugin), "interactiveMode": "IfAvailable"}
    config["users"][0]["user"] = {"exec": asks}
    kubeconfig.write_text(yaml.safe_dump(config))


def test_a_credential_plugin_finds_nobody_to_ask(
    clean_environment: dict[str, str], cluster: SimulatedCluster, kubeconfig: Path, tmp_path: Path
) -> None:
    use_plugin(kubeconfig, talkative_plugin(tmp_path, cluster.admin_token))
    terminal = pexpect.spawn(
        PROGRAM[0], [*PROGRAM[1:], "__complete", "etl"], env=clean_environment, cwd=str(tmp_path), encoding="utf-8"
    )
    terminal.expect(pexpect.EOF, timeout=30)
    assert terminal.before.splitlines()[0].startswith("etl-7k2lp\tRunning")
    assert terminal.before.splitlines()[1:] == [IN_ORDER]
    assert not (tmp_path / "asked").exists()


VERSION = "client.authentication.k8s.io/v1"
TALKATIVE = """#!/bin/sh
echo "plugin talks" >&2
if { echo "plugin asks" >/dev/tty; } 2>/dev/null; then touch asked; fi
if [ -t 0 ]; then touch asked; fi
"""


WITHOUT_FORK = """
import os
del os.fork
from kubectl_argo_pods.__main__ import main
main()
"""


def test_where_there_is_no_fork_it_is_as_silent(
    clean_environment: dict[str, str], cluster: SimulatedCluster, kubeconfig: Path, tmp_path: Path
) -> None:
    use_plugin(kubeconfig, talkative_plugin(tmp_path, cluster.admin_token))
    command = [sys.executable, "-I", "-c", WITHOUT_FORK, "__complete", "etl"]
    done = subprocess.run(
        command, env=clean_environment, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert (done.stdout.partition(" ")[0], done.stderr) == ("etl-7k2lp\tRunning", "")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who waits for a lock")
def test_of_two_at_once_one_asks_and_the_other_waits_for_its_answer(
    tab: Tab, cluster: SimulatedCluster, clean_environment: dict[str, str]
) -> None:
    tab("etl")
    age(clean_environment, seconds=60)
    (kept,) = cached(clean_environment)
    with open(kept.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        waiting = subprocess.Popen(
            [*PROGRAM, "__complete", "nightly"], env=clean_environment, stdout=subprocess.PIPE, text=True
        )
        until_waited_for(os.fstat(lock.fileno()).st_ino)
        kept.write_text("rows\nnightly-9\tRunning 1s\tRunning\targo")
    assert waiting.communicate(timeout=30)[0] == f"nightly-9\tRunning 1s\n{IN_ORDER}\n"
    assert len(cluster.journal) == 1


def until_waited_for(inode: int) -> None:
    deadline = time.monotonic() + 30
    while not re.search(rf"-> .*:{inode} ", Path("/proc/locks").read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_it_answers_however_many_files_are_open(cluster: SimulatedCluster, clean_environment: dict[str, str]) -> None:
    command = [sys.executable, "-c", MANY_FILES, *PROGRAM, "__complete", "etl"]
    done = subprocess.run(command, env=clean_environment, capture_output=True, text=True, timeout=60)
    answer = Result(done.returncode, AGE.sub("AGE", done.stdout), done.stderr)
    assert answer == Result(0, "".join(f"{line}\n" for line in ETL), "")


LINES = {"verbs": [""], "nodes": ["etl-7k2lp", ""], "flags": ["-"], "formats": ["-o", ""]}


@pytest.mark.parametrize("words", LINES.values(), ids=LINES)
def test_tab_imports_nothing_that_starts_slowly(
    cluster: SimulatedCluster, clean_environment: dict[str, str], words: list[str]
) -> None:
    modules = imported(clean_environment | {DEBUG: "1"}, "__complete", *words)
    assert f"{OURS}.completion.answer" in modules
    # What asks the cluster is not even here.
    assert modules & {*SLOW, "shtab", "argparse", "ssl", "http.client", f"{OURS}.completion.names"} == set()


def test_asking_the_cluster_imports_nothing_that_starts_slowly() -> None:
    script = f"import sys, {OURS}.completion.names, {OURS}.sources.kube_pods; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) & {*SLOW, "shtab", "argparse"} == set()


@pytest.mark.parametrize("name", ["kubectl_complete-argo_pods", "kubectl_complete-argo_pods.exe"])
def test_a_link_of_the_right_name_completes(
    clean_environment: dict[str, str], cluster: SimulatedCluster, tmp_path: Path, name: str
) -> None:
    script = tmp_path / "kubectl-argo_pods"
    script.write_text(f"#!{sys.executable} -I\nfrom kubectl_argo_pods.__main__ import main\nmain()\n")
    script.chmod(0o755)
    link = tmp_path / name
    link.symlink_to(script.name)
    done = subprocess.run([link, "etl-7k2lp", "ext"], env=clean_environment, capture_output=True, text=True)
    answer = Result(done.returncode, done.stdout.partition(" ")[0], done.stderr)
    assert answer == Result(0, NODES[0].partition(" ")[0], "")
