"""Pods that really run, for what is executed in them: those of one workflow, on the nodes of the cluster."""

from __future__ import annotations

import os
import time

from tests.bench.objects import RUNNING, Load, Send, create, open_proxy
from tests.bench.shapes import IMAGE, Manifest, pod_manifests

PATIENCE = 300.0  # seconds


def main() -> None:
    with open_proxy() as send:
        create(RUNNING, send)
        start(RUNNING, send)


def start(load: Load, send: Send) -> None:
    """Let all pods of the load's workflow run; those that do already are left alone."""
    workflow = send("GET", f"/apis/argoproj.io/v1alpha1/namespaces/{load.namespace}/workflows/{load.workflow}-0", {})
    space = f"/api/v1/namespaces/{load.namespace}/pods"
    for pod in pod_manifests(workflow, load.nodes):
        send("POST", space, _running(pod))
    deadline = time.monotonic() + PATIENCE
    while not all(each["status"].get("phase") == "Running" for each in send("GET", space, {})["items"]):
        if time.monotonic() > deadline:
            raise SystemExit(f"the pods of {load.namespace} do not all run: kubectl get pods -n {load.namespace}")
        time.sleep(1)


def _running(pod: Manifest) -> Manifest:
    container = {
        "name": "main",
        "image": os.environ.get("E2E_IMAGE", IMAGE),
        "command": ["sleep", "1000000"],
        "resources": {"requests": {"cpu": "1m", "memory": "1Mi"}},
    }
    spec = {"restartPolicy": "Always", "terminationGracePeriodSeconds": 0, "containers": [container]}
    return {key: value for key, value in pod.items() if key != "status"} | {"spec": spec}


if __name__ == "__main__":
    main()
