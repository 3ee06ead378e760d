"""Runs the simulated cluster until it is interrupted: `python -m tests.cluster [FOLDER]`."""

from __future__ import annotations

import signal
import sys
import tempfile
from pathlib import Path

from tests.cluster import SimulatedCluster
from tests.recordings import load_recorded, moved_to_now


def main() -> None:
    with SimulatedCluster() as cluster, tempfile.TemporaryDirectory() as temporary:
        load_recorded(cluster, moved_to_now)
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else temporary)
        print(f"export KUBECONFIG={cluster.kubeconfig(folder)}")
        print(f"export E2E_ARGO_SERVER={cluster.argo_server_url.removeprefix('http://')}", flush=True)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    main()
