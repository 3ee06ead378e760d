"""What reading logs costs where the kubelet is no bottleneck, on a simulated cluster; `python -m tests.bench.logs`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kubectl_argo_pods.cluster.http import open_http
from kubectl_argo_pods.cluster.kubeconfig import Overrides, resolve

SECONDS = 15.0
BIG_LOG = "/api/v1/namespaces/argo/pods/big-0/log"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plugin", type=Path, default=Path(".venv/bin/kubectl-argo_pods"))
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with log_server() as kubeconfig:
        environ = {**os.environ, "KUBECONFIG": str(kubeconfig)}
        ratios = sorted(drain(environ) / read(given.plugin, environ) for _ in range(given.rounds))
        middle = ratios[len(ratios) // 2]
        print(f"a log of 1 GB: {middle:.2f} of the rate of its bare socket ({_judged(middle >= 0.5)}: 0.5)", flush=True)
        cores, memory = follow(given.plugin, environ)
        judged = f"({_judged(cores <= 1 / 3)}: 0.333), {memory:.0f} MiB ({_judged(memory <= 150)}: 150)"
        print(f"500 followed logs: {cores:.3f} of a core {judged}")


def _judged(reached: bool) -> str:
    return "reached" if reached else "MISSED"


@contextmanager
def log_server() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.bench.log_server", folder]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert server.stdout
        try:
            yield Path(server.stdout.readline().strip())
        finally:
            server.kill()
            server.wait()


def drain(environ: dict[str, str]) -> float:
    """Seconds to take all bytes of the log from its socket, and do nothing with them."""
    begun = time.perf_counter()
    http = open_http(resolve(Overrides(namespace="argo"), environ), environ)
    with http.stream(BIG_LOG, {"container": "main"}) as stream:
        while not (data := stream._sock.recv(65536)).endswith(b"0\r\n\r\n"):
            assert data
    return time.perf_counter() - begun


def read(plugin: Path, environ: dict[str, str]) -> float:
    begun = time.perf_counter()
    subprocess.run([plugin, "logs", "big"], env=environ, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begun


def follow(plugin: Path, environ: dict[str, str]) -> tuple[float, float]:
    """The part of a core, once all streams are open, and MiB at the peak."""
    command = [str(plugin), "logs", "many", "-f", "--tail=1", "--max-log-requests=500"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL) as process:
        time.sleep(SECONDS)
        before = _cpu(process.pid)
        time.sleep(SECONDS)
        used = (_cpu(process.pid) - before) / SECONDS
        memory = _peak(process.pid)
        process.kill()
    return used, memory


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    main()
