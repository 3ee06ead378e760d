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


def complaint(command: tuple[str, ...], environ: Mapping[str, str], stdin: str) -> str:
    """Run a command once without measuring, which also warms up its caches; what is wrong with it, "" for nothing."""
    pipe = subprocess.PIPE
    try:
        with open(stdin, "rb") as file:
            process = subprocess.Popen(command, env=environ, stdin=file, stdout=pipe, stderr=pipe)
    except FileNotFoundError:
        return f"{command[0]} is not there"
    assert process.stdout and process.stderr
    with process:
        printed = bool(process.stdout.read(1))
        # Not all at once: what this process needs, the next ones would be charged with at their start.
        while process.stdout.read(65536):
            pass
        last = process.stderr.read().decode().strip().rpartition("\n")[2]
    if process.returncode:
        return f"status {process.returncode}: {last}"
    return "" if printed else "it printed nothing"


def measure(command: tuple[str, ...], environ: Mapping[str, str], stdin: str) -> Cost:
    nothing = subprocess.DEVNULL
    with open(stdin, "rb") as file:
        started = time.perf_counter()
        process = subprocess.Popen(command, env=environ, stdin=file, stdout=nothing, stderr=nothing)
    # Not process.wait(): only wait4 tells what this one child has used.
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: status {process.returncode}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def median(costs: Iterable[Cost]) -> Cost:
    return Cost(*(statistics.median(column) for column in zip(*costs, strict=True)))
