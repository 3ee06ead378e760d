"""Create the logs of the bench: of 100 MB, twenty of 10 MB, and one that goes on; `python -m tests.bench.log_objects`.

They are three workflows in the namespace of the kubeconfig's context, which stay there for the next time.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from typing import Any

ONE, TWENTY, LIVE = "bench-log-one", "bench-log-twenty", "bench-log-live"
LINE = 100
IMAGE = "cluster.local/busybox:1"
Manifest = dict[str, Any]


def main() -> None:
    for name, pods, size in ((ONE, 1, 100_000_000), (TWENTY, 20, 10_000_000)):
        if not _phase(name):
            print(f"writing {pods} logs of {size // 1_000_000} MB", flush=True)
            subprocess.run(
                ["kubectl", "create", "-f", "-"], input=json.dumps(workflow(name, pods, size)), text=True, check=True
            )
        subprocess.run(
            ["kubectl", "wait", f"workflow/{name}", "--for=jsonpath={.status.phase}=Succeeded", "--timeout=20m"],
            check=True,
        )
    if _phase(LIVE) != f"Running{LIVE}":
        subprocess.run(["kubectl", "create", "-f", "-"], input=json.dumps(live_workflow()), text=True, check=True)
    of_it = f"--selector=workflows.argoproj.io/workflow={LIVE}"
    # There is no pod to wait for in the first moment.
    while subprocess.run(["kubectl", "wait", "pod", of_it, "--for=condition=Ready", "--timeout=5m"]).returncode:
        time.sleep(1)


def workflow(name: str, pods: int, size: int) -> Manifest:
    """Pods that write so many bytes each, in numbered lines, a few of them at the same time."""
    text = "x" * (LINE - 11)
    write = f"awk 'BEGIN {{ for (i = 0; i < {size // LINE}; i++) printf \"%09d {text}\\n\", i }}'"
    container = {"image": os.environ.get("E2E_IMAGE", IMAGE), "command": ["sh", "-c", write]}
    main = {"name": "main", "steps": [[{"name": "write", "template": "write", "withSequence": {"count": str(pods)}}]]}
    # What is not archived is read from the pods.
    write_template = {"name": "write", "archiveLocation": {"archiveLogs": False}, "container": container}
    spec = {"entrypoint": "main", "parallelism": 4, "templates": [main, write_template]}
    kind = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow"}
    return kind | {"metadata": {"name": name}, "spec": spec}


def live_workflow() -> Manifest:
    """A pod that writes a line a second."""
    write = "i=0; while true; do echo $i; i=$((i + 1)); sleep 1; done"
    container = {"image": os.environ.get("E2E_IMAGE", IMAGE), "command": ["sh", "-c", write]}
    spec = {"entrypoint": "main", "templates": [{"name": "main", "container": container}]}
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {"name": LIVE}, "spec": spec}


def _phase(name: str) -> str:
    asked = ["kubectl", "get", "workflow", name, "--ignore-not-found", "-o", "jsonpath={.status.phase}{.metadata.name}"]
    return subprocess.run(asked, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    main()
