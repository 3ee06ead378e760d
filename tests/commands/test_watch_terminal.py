"""`kubectl argo-pods WORKFLOW -w` on a terminal, which is repainted and left as one expects it."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Protocol

import pexpect
import pyte
import pytest

from tests.cluster import SimulatedCluster
from tests.cluster.resources import of_kind
from tests.commands.watched import HEADERS, RUNNING, A, B, await_watches, of, pod
from tests.conftest import PROGRAM

COLUMNS, LINES = 100, 10


class Terminal:
    """A shell command on a terminal of ten lines, and what one sees there."""

    def __init__(self, script: str, environment: dict[str, str]) -> None:
        settings = environment | {"TERM": "xterm", "NO_COLOR": "1"}
        self._child = pexpect.spawn("bash", ["-c", script], env=settings, dimensions=(LINES, COLUMNS), encoding="utf-8")
        self._screen = pyte.HistoryScreen(COLUMNS, LINES, history=1000, ratio=1.0)
        self._stream = pyte.Stream(self._screen)

    def shown(self) -> list[str]:
        """The lines on the screen, without empty ones."""
        return [line.rstrip() for line in self._screen.display if line.strip()]

    def transcript(self) -> list[str]:
        """What one sees who scrolls back to the beginning."""
        past = ("".join(line[column].data for column in range(COLUMNS)) for line in self._screen.history.top)
        return [line.rstrip() for line in past] + self.shown()

    def await_(self, seen: Callable[[], bool]) -> None:
        while not seen():
            self._stream.feed(self._child.read_nonblocking(4096, timeout=30))

    def await_rows(self, *rows: list[str]) -> None:
        """Waits until the screen shows this table, of which the first cells count, and nothing else."""
        self.await_(lambda: list(map(cells, self.shown())) == [HEADERS, *rows])

    def end(self) -> int | None:
        """The exit status; what came until then is shown."""
        while True:
            try:
                self._stream.feed(self._child.read_nonblocking(4096, timeout=30))
            except pexpect.EOF:
                self._child.close()
                status: int | None = self._child.exitstatus
                return status

    def kill(self) -> None:
        self._child.close(force=True)


def cells(line: str) -> list[str]:
    return line.replace(" (gone)", "(gone)").split()[:5]


class Watch(Protocol):
    def __call__(self, before: str = "") -> Terminal: ...


@pytest.fixture
def watch(clean_environment: dict[str, str]) -> Iterator[Watch]:
    """Watches `wf` on a terminal, after another command."""
    opened: list[Terminal] = []

    def start(before: str = "") -> Terminal:
        opened.append(Terminal(f"{before}\n{shlex.join(PROGRAM)} wf -w", clean_environment))
        return opened[-1]

    yield start
    for terminal in opened:
        terminal.kill()


def test_a_terminal_is_repainted(watch: Watch, running: SimulatedCluster) -> None:
    terminal = watch()
    terminal.await_rows(["a", "work", A, "2/2", "Running"])
    await_watches(running, 2)
    running.load([of(".a", ".b"), pod(".b", **RUNNING)])
    terminal.await_rows(["a", "work", A, "2/2", "Running"], ["b", "work", B, "2/2", "Running"])
    running.load([pod(".a"), pod(".b")])
    running.state.delete(of_kind("Pod"), "argo", A)
    running.load([of(".a", ".b", phase="Succeeded")])
    terminal.await_rows(["a", "work", f"{A}(gone)", "<none>", "Succeeded"], ["b", "work", B, "0/2", "Completed"])
    assert terminal.end() == 0


def test_durations_grow_while_nothing_else_happens(watch: Watch, running: SimulatedCluster) -> None:
    workflow = of(".a")
    (node,) = workflow["status"]["nodes"].values()
    node["startedAt"] = datetime.now(UTC).isoformat()
    running.load([workflow])
    terminal = watch()
    seen: list[str] = []

    def three_seen() -> bool:
        rows = terminal.shown()[1:]
        if rows and rows[0].split()[-1] not in seen:
            seen.append(rows[0].split()[-1])
        return len(seen) == 3

    terminal.await_(three_seen)
    seconds = [int(duration.removesuffix("s")) for duration in seen]
    # A second may pass unseen on a machine that is busy.
    assert seconds == sorted(seconds)
    assert seconds[-1] - seconds[0] < 5


def test_what_was_on_the_terminal_before_stays_and_the_table_is_there_once(
    watch: Watch, running: SimulatedCluster
) -> None:
    paths = [f".n{number:02}" for number in range(14)]
    running.load([of(".a", *paths)])
    terminal = watch("seq 30")
    terminal.await_(lambda: terminal.shown()[-1:] == ["... and 8 more"])
    await_watches(running, 2)
    running.load([of(".a", *paths[:3])])
    terminal.await_(lambda: len(terminal.shown()) == 5)
    running.load([of(".a", *paths)])
    terminal.await_(lambda: terminal.shown()[-1:] == ["... and 8 more"])
    running.load([of(".a", *paths, phase="Succeeded")])
    assert terminal.end() == 0
    told = terminal.transcript()
    assert told[:30] == [str(number) for number in range(1, 31)]
    assert list(map(cells, told[30:]))[0] == HEADERS
    assert [cells(line)[0] for line in told[31:]] == ["a", *(path[1:] for path in paths)]


def test_what_there_is_to_say_stands_above_the_table(watch: Watch, running: SimulatedCluster) -> None:
    workflow = of(".a")
    del workflow["status"]["nodes"]
    workflow["status"]["offloadNodeStatusVersion"] = "fnv:1"
    running.load([workflow])
    terminal = watch()
    row = [cells(f"a work {A} 2/2 Running")]
    terminal.await_(lambda: list(map(cells, terminal.shown()[-2:])) == [HEADERS, *row])
    await_watches(running, 2)
    running.state.delete(of_kind("Workflow"), "argo", "wf")
    assert terminal.end() == 0
    told = [" ".join(line.split()) for line in terminal.transcript()]
    assert told[0].startswith('the node status of workflow "wf" is offloaded')
    assert told[-1] == 'workflow "wf" was deleted'
    assert sum(line.startswith("STEP") for line in told) == 0
