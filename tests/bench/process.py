"""Measure a whole process: its time on the wall and on the processors, and its peak memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Cost(NamedTuple):
    wall: float  # seconds
    cpu: float  # seconds, of the process and its children that it waited for
    memory: float  # MiB at its peak


def complaint(command: tuple[str, ...], environ: Mapping[str, str]) -> str:
    """Run a command once without measuring, which also warms up its caches; what is wrong with it, "" for nothing."""
    try:
        done = subprocess.run(
            command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return f"{command[0]} is not there"
    if done.returncode:
        last = done.stderr.strip().rpartition("\n")[2]
        return f"status {done.returncode}: {last}"
    return "" if done.stdout else "it printed nothing"


def measure(command: tuple[str, ...], environ: Mapping[str, str]) -> Cost:
    started = time.perf_counter()
    process = subprocess.Popen(
        command, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    # Not process.wait(): only wait4 tells what this one child has used.
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: status {process.returncode}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def median(costs: Iterable[Cost]) -> Cost:
    return Cost(*(statistics.median(column) for column in zip(*costs, strict=True)))
