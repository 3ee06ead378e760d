"""Create what the bench asks for: one small workflow, one large, and many; `python -m tests.bench.objects`.

They are made once for a cluster, through `kubectl proxy`, and left there.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple

from tests.bench.shapes import Manifest, pod_manifests, workflow_manifest

THREADS = 8
# On a namespace whose objects are complete; raised when the shapes change.
DONE = "bench.kubectl-argo-pods/objects"
VERSION = "1"


class Load(NamedTuple):
    """A namespace of the bench: how many workflows, of how many nodes that are pods, and whether the pods exist."""

    namespace: str
    workflow: str
    workflows: int
    nodes: int
    with_pods: bool


SMALL = Load("bench-small", "small", 1, 50, with_pods=True)
LARGE = Load("bench-large", "large", 1, 5000, with_pods=True)
MANY = Load("bench-many", "many", 150, 1500, with_pods=False)
CROWD = Load("bench-crowd", "crowd", 10_000, 1, with_pods=False)
# Its pods are those of tests/bench/running.py.
RUNNING = Load("bench-exec", "exec", 1, 50, with_pods=False)

Send = Callable[[str, str, Manifest], Any]


def main() -> None:
    with open_proxy() as send:
        for load in (SMALL, LARGE, MANY, CROWD):
            create(load, send)


def create(load: Load, send: Send) -> None:
    """Fill a namespace, unless an earlier run has; what is there of a run that was interrupted is completed."""
    space = f"/api/v1/namespaces/{load.namespace}"
    namespace = send("POST", "/api/v1/namespaces", {"metadata": {"name": load.namespace}})
    if namespace["metadata"].get("annotations", {}).get(DONE) == VERSION:
        return
    print(f"creating {load.workflows} x {load.nodes} nodes in {load.namespace}", flush=True)
    wait_for_service_account(space, send)
    with ThreadPoolExecutor(THREADS) as pool:
        _finish(pool.map(lambda number: _create_workflow(load, number, send), range(load.workflows)))
        if load.with_pods:
            workflow = send("GET", _workflows(load) + "/" + load.workflow + "-0", {})
            _finish(pool.map(lambda pod: _create_pod(space, pod, send), pod_manifests(workflow, load.nodes)))
    send("PATCH", space, {"metadata": {"annotations": {DONE: VERSION}}})


def _create_workflow(load: Load, number: int, send: Send) -> None:
    send("POST", _workflows(load), workflow_manifest(f"{load.workflow}-{number}", load.nodes, datetime.now(UTC)))


def _create_pod(space: str, pod: Manifest, send: Send) -> None:
    send("POST", f"{space}/pods", pod)
    # A status that is sent along on creation is dropped.
    send("PATCH", f"{space}/pods/{pod['metadata']['name']}/status", {"status": pod["status"]})


def _finish(results: Iterable[None]) -> None:
    for _ in results:
        pass


def _workflows(load: Load) -> str:
    return f"/apis/argoproj.io/v1alpha1/namespaces/{load.namespace}/workflows"


def wait_for_service_account(space: str, send: Send) -> None:
    """A new namespace takes pods only when a controller has given it its default service account."""
    for _ in range(100):
        if any(each["metadata"]["name"] == "default" for each in send("GET", f"{space}/serviceaccounts", {})["items"]):
            return
        time.sleep(0.1)
    raise SystemExit(f"no default service account appeared in {space}")


@contextmanager
def open_proxy() -> Iterator[Send]:
    """A function that sends a request to the cluster of KUBECONFIG, from any thread, on connections that are kept."""
    with subprocess.Popen(["kubectl", "proxy", "--port=0"], stdout=subprocess.PIPE, text=True) as proxy:
        assert proxy.stdout
        address = proxy.stdout.readline().rpartition(" ")[2].strip()
        if not address:
            raise SystemExit("kubectl proxy did not start; is KUBECONFIG right?")
        try:
            yield _sender(address)
        finally:
            proxy.terminate()


def _sender(address: str) -> Send:
    local = threading.local()

    def send(method: str, path: str, body: Manifest) -> Any:
        if not hasattr(local, "connection"):
            local.connection = http.client.HTTPConnection(address)
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        local.connection.request(method, path, json.dumps(body) if body else None, {"Content-Type": kind})
        response = local.connection.getresponse()
        text = response.read().decode()
        if response.status == http.HTTPStatus.CONFLICT and method == "POST":
            return send("GET", f"{path}/{body['metadata']['name']}", {})
        if response.status >= http.HTTPStatus.BAD_REQUEST:
            raise SystemExit(f"{method} {path}: {response.status} {text[:500]}")
        return json.loads(text)

    return send


if __name__ == "__main__":
    main()
