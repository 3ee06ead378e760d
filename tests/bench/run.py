"""Compare the plugin with kubectl and argo, in turns, on the objects of tests/bench/objects.py.

Times of one machine mean little on another: the summary is made of ratios.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.bench.comparisons import comparisons
from tests.bench.process import Cost, complaint, measure, median
from tests.bench.values import PLUGIN, Comparison, Rival

Command = tuple[str, ...]
Costs = dict[Command, Cost]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plugin", type=Path, default=Path(".venv/bin/kubectl-argo_pods"))
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", default="", metavar="TEXT", help="the comparisons with this in their titles")
    given = parser.parse_args()
    plugin = given.plugin.absolute()
    environ = environment(plugin.parent)
    summary: list[str] = []
    for comparison in (each for each in comparisons(given.rounds) if given.only in each.title):
        print(f"\n{comparison.title} ({comparison.rounds} rounds)", flush=True)
        with stdin_of(comparison) as stdin:
            costs = compare(commands_of(comparison, plugin), comparison.rounds, environ, stdin)
        print_costs(costs)
        summary += [comparison.title, *ratios(comparison, costs, plugin)]
    print("\nIn short: ours / theirs\n" + "\n".join(summary))


def environment(bin_: Path) -> dict[str, str]:
    """The environment with the plugin on PATH, without what slows Python down or turns argo to a server."""
    slow = {"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
    kept = {name: value for name, value in os.environ.items() if name not in slow and not name.startswith("ARGO_")}
    return kept | {"PATH": f"{kept['PATH']}:{bin_}"}


def commands_of(comparison: Comparison, plugin: Path) -> list[Command]:
    return [_with(plugin, command) for command in comparison.ours] + [rival.command for rival in comparison.rivals]


def _with(plugin: Path, command: Command) -> Command:
    """The command with the plugin that is measured, which need not be the first on PATH."""
    return (str(plugin), *command[1:]) if command[0] == PLUGIN else command


@contextmanager
def stdin_of(comparison: Comparison) -> Iterator[str]:
    """The file that the commands read: so many zeros, which take no place on the disk, or nothing."""
    with tempfile.NamedTemporaryFile() as file:
        file.truncate(comparison.stdin)
        yield file.name


def compare(commands: Iterable[Command], rounds: int, environ: Mapping[str, str], stdin: str) -> Costs:
    """The median cost of each command that works here. Each round runs all of them, so that a busy minute hits all."""
    able = []
    for command in commands:
        wrong = complaint(command, environ, stdin)
        if wrong:
            print(f"  skipped: {' '.join(command)}: {wrong}", flush=True)
        else:
            able.append(command)
    runs = [[measure(command, environ, stdin) for command in able] for _ in range(rounds)]
    return {command: median(costs) for command, costs in zip(able, zip(*runs, strict=True), strict=True)}


def print_costs(costs: Costs) -> None:
    print(f"  {'wall ms':>9}{'cpu ms':>9}{'peak MiB':>10}")
    for command, cost in costs.items():
        name = " ".join([Path(command[0]).name, *command[1:]])
        print(f"  {cost.wall * 1000:>9.0f}{cost.cpu * 1000:>9.0f}{cost.memory:>10.1f}  {name}", flush=True)


def ratios(comparison: Comparison, costs: Costs, plugin: Path) -> list[str]:
    """A line for each rival that could be measured."""
    ours = costs.get(_with(plugin, comparison.ours[0]))
    if not ours:
        return ["  skipped: the plugin"]
    return [
        ratio_line(rival, ours, costs[rival.command])
        if rival.command in costs
        else f"  skipped: {' '.join(rival.command)}"
        for rival in comparison.rivals
    ]


def ratio_line(rival: Rival, ours: Cost, theirs: Cost) -> str:
    time = _against(ours.wall / theirs.wall, rival.time)
    memory = _against(ours.memory / theirs.memory, rival.memory)
    cpu = _against(ours.cpu / theirs.cpu, rival.cpu)
    return f"  time {time}  cpu {cpu}  memory {memory}  {' '.join(rival.command)}"


def _against(ratio: float, goal: float | None) -> str:
    told = "" if goal is None else f"{'reached' if ratio <= goal else 'MISSED'}: {goal:g}"
    return f"{ratio:6.3f} {told:14}"


if __name__ == "__main__":
    main()
