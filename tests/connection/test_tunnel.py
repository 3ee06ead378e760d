from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from kubectl_argo_pods.cluster.http import open_http
from kubectl_argo_pods.cluster.kubeconfig import Cluster
from kubectl_argo_pods.errors import UnreachableError
from tests.connection.world import World

AGREED = b"\x05\x00"  # SOCKS 5, and nobody asks who it is
ASKED = b"\x05\x02"  # SOCKS 5, with a user name and a password


@contextmanager
def proxy(*says: bytes) -> Iterator[int]:
    """The port of a proxy that says one thing after each that it hears, and then hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            client, _ = listening.accept()
            with client:
                for word in says:
                    client.recv(65536)
                    client.sendall(word)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


@pytest.mark.parametrize(
    ("url", "says", "sentence"),
    [
        pytest.param("http://", [b"HTTP/1.1 407 Who is it\r\n\r\n"], "it answered HTTP/1.1 407 Who is it", id="407"),
        pytest.param("http://", [b"HTTP/1.1 200 OK"], "it closed the connection", id="half an answer"),
        pytest.param("http://", [b"x" * 70000], f"it answered {'x' * 80}", id="an answer without an end"),
        pytest.param("socks5://", [b"HTTP/1.1 400 No\r\n"], "it does not speak SOCKS 5", id="no SOCKS"),
        pytest.param("socks5://", [b"\x05\xff"], "it wants a user name and a password", id="SOCKS for known users"),
        pytest.param(
            "socks5://u:p@",
            [ASKED, b"\x01\x01"],
            "it does not accept the user name and the password",
            id="SOCKS that does not know the user",
        ),
        pytest.param("socks5://", [AGREED, b"\x05\x02\x00\x01"], "its rules forbid it", id="SOCKS with rules"),
        pytest.param("socks5://", [AGREED, b"\x05\x63\x00\x01"], "it answered 99", id="SOCKS with a word of its own"),
        pytest.param("socks5://", [AGREED, b"\x05\x00\x00"], "it closed the connection", id="half a SOCKS"),
    ],
)
def test_a_proxy_that_does_not_let_through_is_named(url: str, says: list[bytes], sentence: str) -> None:
    with proxy(*says) as port, pytest.raises(UnreachableError) as caught:
        entry = {"proxy-url": f"{url}127.0.0.1:{port}"}
        open_http(Cluster("https://api.example", "", "", entry, {"token": "t"}, None), {}).get_json("/")
    scheme = url.partition(":")[0]
    assert str(caught.value) == (
        "the connection to the Kubernetes API at https://api.example was lost: "
        f"the proxy {scheme}://127.0.0.1:{port} did not let through: {sentence}"
    )


@pytest.mark.parametrize("scheme", ["http", "https", "socks5"])
def test_much_comes_through_a_proxy(world: World, scheme: str) -> None:
    port = world.ports["tls_proxy" if scheme == "https" else "proxy"]
    entry = {"certificate-authority": f"{world.folder}/ca.crt", "proxy-url": f"{scheme}://127.0.0.1:{port}"}
    server = f"https://api.example:{world.ports['https']}"
    http = open_http(Cluster(server, "", "", entry, {"token": "t"}, None), {})
    with http.stream("/much") as stream:
        assert sum(map(len, stream)) == 20_000_000
