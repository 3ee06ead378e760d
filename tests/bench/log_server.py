"""A simulated cluster with logs that no kubelet could serve so fast; `python -m tests.bench.log_server FOLDER`.

It prints the path of its kubeconfig when it is ready. The workflow `big` has a log of 1 GB; the 500 containers of the
workflow `many` write ten lines a second each.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tests import builders
from tests.builders import Manifest
from tests.cluster import SimulatedCluster
from tests.cluster.container_logs import Record

MANY = 500
LINE = b"x" * 99 + b"\n"
BLOCK = LINE * 655
BLOCKS = 10**9 // len(BLOCK)
SINGLE = 1000


def main() -> None:
    with SimulatedCluster() as cluster:
        _load(cluster, "big", 1, "Succeeded", {"terminated": {"exitCode": 0, "startedAt": builders.STARTED}})
        _load(cluster, "many", MANY, "Running", {"running": {"startedAt": builders.STARTED}})
        big = cluster.logs.of("big-0")
        # Lines of their own times, as all logs begin; then the same record over and over, which takes no memory.
        beginning = [Record(number, LINE) for number in range(SINGLE)]
        big.runs[-1].records = [*beginning, *[Record(SINGLE, BLOCK)] * BLOCKS, Record(SINGLE + 1, LINE)]
        big.end()
        print(cluster.kubeconfig(Path(sys.argv[1])), flush=True)
        _write(cluster)


def _load(cluster: SimulatedCluster, name: str, pods: int, phase: str, state: Manifest) -> None:
    nodes = [builders.node(name, f".{number}", phase=phase) for number in range(pods)]
    workflow = builders.workflow(name, *nodes, phase=phase)
    status = {"name": "main", "state": state, "containerID": "containerd://1"}
    manifests = [
        builders.pod(workflow, node, f"{name}-{number}", phase=phase, containerStatuses=[status])
        for number, node in enumerate(nodes)
    ]
    cluster.load([workflow, *manifests])


def _write(cluster: SimulatedCluster) -> None:
    logs = [cluster.logs.of(f"many-{number}") for number in range(MANY)]
    count = 0
    while True:
        begun = time.monotonic()
        for log in logs:
            log.write(
                Record(
                    time.time_ns(),
                    b"line %09d of a log like others, some eighty bytes of text that say little\n" % count,
                )
            )
        count += 1
        time.sleep(max(0.0, 0.1 - (time.monotonic() - begun)))


if __name__ == "__main__":
    main()
