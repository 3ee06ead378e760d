"""A port of a pod, reached through the Kubernetes API as `kubectl port-forward` does: a socket that leads there.

The kubelet's form for websockets (k8s.io/kubelet, pkg/cri/streaming/portforward/websocket.go): the first byte of a
message is its channel, and the first message of each channel holds the port.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector
from threading import Thread

from kubectl_argo_pods.cluster.http import Http
from kubectl_argo_pods.cluster.segment import segment
from kubectl_argo_pods.cluster.websocket import WebSocket, open_websocket
from kubectl_argo_pods.errors import LostError

PROTOCOL = "v4.channel.k8s.io"
DATA = 0
CHUNK = 32 * 1024


def open_port(http: Http, namespace: str, pod: str, port: int) -> socket.socket:
    """A socket that leads to the port of a pod; raises UnreachableError, and ApiError for a server that refuses."""
    path = f"/api/v1/namespaces/{segment(namespace)}/pods/{segment(pod)}/portforward"
    websocket = open_websocket(http, path, [("ports", str(port))], [PROTOCOL])
    ours, theirs = socket.socketpair()
    # A daemon: it ends with the socket, or with the process.
    Thread(target=_relay, args=(websocket, theirs), daemon=True).start()
    return ours


def _relay(websocket: WebSocket, local: socket.socket) -> None:
    begun: set[int] = set()
    with local, DefaultSelector() as waiting, suppress(LostError, OSError):
        waiting.register(websocket, EVENT_READ)
        waiting.register(local, EVENT_READ)
        while websocket.closed is None:
            waiting.modify(websocket, EVENT_READ | EVENT_WRITE if websocket.unsent else EVENT_READ)
            ready = {key.fileobj for key, _ in waiting.select(websocket.keep_alive())}
            if local in ready and not _send(websocket, local):
                break
            for channel, payload in _received(websocket, begun):
                # The other channel says why the pod refuses or hangs up.
                if channel != DATA:
                    raise LostError(payload.decode("utf-8", "replace"))
                local.sendall(payload)
            websocket.flush()
    websocket.close()


def _send(websocket: WebSocket, local: socket.socket) -> bool:
    """Pass on what was written to the socket; False at its end."""
    chunk = local.recv(CHUNK)
    if chunk:
        websocket.send(bytes([DATA]) + chunk)
    return bool(chunk)


def _received(websocket: WebSocket, begun: set[int]) -> Iterator[tuple[int, bytes]]:
    """What has come on which channel, without the port at its beginning."""
    while message := websocket.receive():
        channel, payload = message[0], message[1:]
        if channel not in begun:
            begun.add(channel)
            payload = payload[2:]
        if payload:
            yield channel, payload
