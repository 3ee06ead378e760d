"""`python -m tests.screencast`: plays the story below and writes docs/demo.svg."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.cluster import SimulatedCluster
from tests.demo import environment
from tests.demo_workflow import NAME, finished, manifests, pod_of
from tests.screencast.recording import PROMPT, Terminal
from tests.screencast.svg import svg

PICTURE = Path(__file__).parents[2] / "docs/demo.svg"
COLUMNS, ROWS = 108, 19
# What the step writes, a line every so often, before it ends.
LINES = ("1048 rows read", "checking customers against orders", "1048 of 1048 rows are valid", "done")
EVERY = 0.7
LIST = f"kubectl argo-pods {NAME}"
LOGS = f"kubectl argo-pods logs {NAME} check -f"
EXEC = f"kubectl argo-pods exec -it {NAME} 'transform(1:customers)' -- sh"
INSIDE = "cd; wc -l *.csv"


def main() -> None:
    with SimulatedCluster() as cluster, tempfile.TemporaryDirectory() as folder:
        cluster.load(manifests(time.time()))
        _furnish(cluster, Path(folder))
        kubeconfig = cluster.kubeconfig(Path(folder))
        terminal = Terminal(environment(kubeconfig, Path(folder)) | {"LC_ALL": "C.UTF-8"}, COLUMNS, ROWS)
        _run(terminal, LIST)
        with _at_work(cluster):
            _run(terminal, LOGS)
        _enter(terminal)
    PICTURE.write_text(svg(terminal.frames, COLUMNS, ROWS))


def _furnish(cluster: SimulatedCluster, folder: Path) -> None:
    """What the containers have in their home."""
    home = folder / "home"
    home.mkdir()
    (home / "customers.csv").write_text("id,name\n" * 1048)
    cluster.exec.environment = {"HOME": str(home), "PS1": "/ # "}


def _run(terminal: Terminal, command: str) -> None:
    terminal.type(command)
    terminal.pause(0.4)
    terminal.type("\r")
    terminal.wait_for(PROMPT)
    terminal.pause(1.6)


def _enter(terminal: Terminal) -> None:
    """A session in a container."""
    terminal.type(f"{EXEC}\r")
    terminal.wait_for("/ #")
    terminal.pause(0.6)
    terminal.type(f"{INSIDE}\r")
    terminal.wait_for("/ #")
    terminal.pause(0.8)
    terminal.type("exit\r")
    terminal.wait_for(PROMPT)
    terminal.pause(1.0)


@contextmanager
def _at_work(cluster: SimulatedCluster) -> Iterator[None]:
    """Meanwhile, the step that is followed writes its lines and ends."""
    log = cluster.logs.of(pod_of("check(1)"))
    log.write_lines(LINES[0], start=time.time_ns())

    def work() -> None:
        # The command has to be typed first.
        time.sleep(3.5)
        for line in LINES[1:]:
            time.sleep(EVERY)
            log.write_lines(line, start=time.time_ns())
        time.sleep(EVERY)
        log.end()
        cluster.load(finished(manifests(time.time()), "check", "check(1)"))

    thread = threading.Thread(target=work)
    thread.start()
    yield
    thread.join()


if __name__ == "__main__":
    main()
