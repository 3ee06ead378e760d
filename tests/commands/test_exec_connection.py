"""A command's streams connect as every other request does: through proxies, by certificates, under other names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cluster import Rule, SimulatedCluster
from tests.cluster.server import write_kubeconfig
from tests.conftest import Result, Run
from tests.connection.world import World, open_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with open_world(tmp_path_factory.mktemp("world")) as opened:
        yield opened


def written(deep: SimulatedCluster, folder: Path, cluster: dict[str, Any], user: dict[str, Any]) -> dict[str, str]:
    """The environment with a kubeconfig of the simulated cluster."""
    entry = {"server": deep.url, "certificate-authority": str(deep.ca_file(folder))}
    return {"KUBECONFIG": str(write_kubeconfig(folder / "mine", {**entry, **cluster}, user, "argo"))}


COMMAND = ("exec", "-i", "deep", "train", "--", "wc", "-c")


@pytest.mark.parametrize("scheme", ["http", "https", "socks5"])
def test_through_a_proxy(argo_pods: Run, deep: SimulatedCluster, world: World, tmp_path: Path, scheme: str) -> None:
    port = world.ports["tls_proxy" if scheme == "https" else "proxy"]
    # The proxy has a certificate of the world's authority.
    trusted = tmp_path / "both.crt"
    trusted.write_bytes(deep.ca.cert_pem.bytes() + world.ca.cert_pem.bytes())
    # Only the proxy knows this host.
    server = f"https://api.example:{deep.url.rpartition(':')[2]}"
    cluster = {"server": server, "tls-server-name": "localhost", "certificate-authority": str(trusted)}
    proxied = {**cluster, "proxy-url": f"{scheme}://127.0.0.1:{port}"}
    environment = written(deep, tmp_path, proxied, {"token": deep.admin_token})
    assert argo_pods(*COMMAND, env=environment, stdin="x" * 1_000_000) == Result(0, "1000000\n", "")


def test_by_a_client_certificate(argo_pods: Run, deep: SimulatedCluster, tmp_path: Path) -> None:
    deep.access.add_user("dev", Rule(("*",), "*"))
    pem = tmp_path / "dev.pem"
    pem.write_bytes(deep.client_certificate("dev"))
    environment = written(deep, tmp_path, {}, {"client-certificate": str(pem), "client-key": str(pem)})
    assert argo_pods(*COMMAND, env=environment, stdin="input") == Result(0, "5\n", "")


def test_to_a_server_whose_certificate_has_another_name(argo_pods: Run, deep: SimulatedCluster, tmp_path: Path) -> None:
    admin = {"token": deep.admin_token}
    named = written(deep, tmp_path, {"tls-server-name": "localhost"}, admin)
    assert argo_pods(*COMMAND, env=named, stdin="input") == Result(0, "5\n", "")
    misnamed = written(deep, tmp_path, {"tls-server-name": "elsewhere"}, admin)
    assert argo_pods(*COMMAND, env=misnamed, stdin="input").status == 1
