"""Create the logs that the bench reads: one of 100 MB, and twenty of 10 MB; `python -m tests.bench.log_objects`.

They are two workflows in the namespace of the kubeconfig's context, which stay there for the next time.
"""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

ONE, TWENTY = "bench-log-one", "bench-log-twenty"
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


def _phase(name: str) -> str:
    asked = ["kubectl", "get", "workflow", name, "--ignore-not-found", "-o", "jsonpath={.status.phase}{.metadata.name}"]
    return subprocess.run(asked, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    main()
