"""The simulated cluster as a whole: both servers in one thread, TLS, users, and a kubeconfig for them."""

from __future__ import annotations

import asyncio
import functools
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import trustme
import yaml
from aiohttp import web

from tests.cluster import faults, journal
from tests.cluster.access import EVERYTHING, Access
from tests.cluster.archive import Archive
from tests.cluster.argo_server_api import SERVER_USER, ArgoServerApi, grpc_errors
from tests.cluster.argo_server_logs import ArgoServerLogs
from tests.cluster.exec import ExecApi
from tests.cluster.faults import Faults
from tests.cluster.journal import Journal
from tests.cluster.kubernetes_api import KubernetesApi, statuses
from tests.cluster.log_api import Logs
from tests.cluster.port_forward import PortForward
from tests.cluster.reviews import Reviews
from tests.cluster.service_proxy import Service, ServiceProxy
from tests.cluster.state import State
from tests.cluster.watches import Watches

ADMIN = "admin"
Manifest = dict[str, Any]


class SimulatedCluster:
    """A context manager; `clock` is the time that ages are counted from."""

    def __init__(self, clock: Callable[[], float] = time.time, port: int = 0) -> None:
        self.clock = clock
        self.state = State()
        self.archive = Archive()
        self.access = Access()
        self.faults = Faults()
        self.journal = Journal()
        self.watches = Watches(self.state)
        self.exec = ExecApi(self.state, self.access)
        self.logs = Logs(self.state, self.access, lambda: self.clock())
        self.argo_server = ArgoServerApi(self.state, self.access, self.archive, self.watches)
        self.service_proxy = ServiceProxy(self.access)
        self.port_forward = PortForward(self.access, lambda port: {2746: self.argo_server_tls_url}.get(port, ""))
        self.ca = _authority()
        self.admin_token = self.access.add_user(ADMIN, *EVERYTHING)
        self.access.add_user(SERVER_USER, *EVERYTHING)
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._runners: list[web.AppRunner] = []
        self.url = self.argo_server_url = self.argo_server_tls_url = ""

    def __enter__(self) -> SimulatedCluster:
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        self.faults.clear()
        self.watches.end()
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def load(self, manifests: Iterable[Manifest]) -> None:
        for manifest in manifests:
            self.state.put(manifest)

    def client_certificate(self, user: str) -> bytes:
        """Key and certificate of a user, PEM, in one file."""
        return _authority_certificate(self.ca, user)

    def kubeconfig(self, folder: Path, *, token: str = "", namespace: str = "argo") -> Path:
        """Writes a kubeconfig with one context, `simulated`: the admin's, or of the token given."""
        user = {"token": token or self.admin_token}
        cluster = {"server": self.url, "certificate-authority": str(self.ca_file(folder))}
        return write_kubeconfig(folder / "kubeconfig", cluster, user, namespace)

    def ca_file(self, folder: Path) -> Path:
        path = folder / "ca.crt"
        self.ca.cert_pem.write_to_path(path)
        return path

    async def _start(self) -> None:
        journaled, met = journal.middleware(self.journal), faults.middleware(self.faults)
        kubernetes = web.Application(middlewares=[journaled, met, statuses])
        kubernetes.add_routes(self.service_proxy.routes())
        kubernetes.add_routes(self.port_forward.routes())
        kubernetes.add_routes(Reviews(self.access).routes())
        kubernetes.add_routes([self.exec.route()])
        api = KubernetesApi(self.state, self.access, self.watches, self.logs, lambda: self.clock())
        kubernetes.add_routes(api.routes())
        argo = web.Application(middlewares=[journaled, met, grpc_errors(self.argo_server)])
        check, clock = self.argo_server.check_get, lambda: self.clock()
        argo.add_routes(ArgoServerLogs(self.state, self.archive, self.logs, check, clock).routes())
        argo.add_routes(self.argo_server.routes())
        tls = self._tls()
        self.url = await self._serve(kubernetes, tls, self._port)
        self.argo_server_url = await self._serve(argo, None)
        self.argo_server_tls_url = await self._serve(argo, tls)
        # As Argo's own manifests have it, and one without TLS, as its chart has it.
        self.service_proxy.services[("argo", "argo-server")] = Service(self.argo_server_tls_url)
        self.service_proxy.services[("argo", "plain")] = Service(self.argo_server_url)

    async def _serve(self, app: web.Application, tls: ssl.SSLContext | None, port: int = 0) -> str:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        self._runners.append(runner)
        await web.TCPSite(runner, "127.0.0.1", port, ssl_context=tls).start()
        return f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"

    async def _stop(self) -> None:
        for runner in self._runners:
            await runner.cleanup()

    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        _server_certificate().configure_cert(context)
        self.ca.configure_trust(context)
        # Certificates are one of two ways in: asked for, not demanded.
        context.verify_mode = ssl.CERT_OPTIONAL
        return context


def write_kubeconfig(path: Path, cluster: Manifest, user: Manifest, namespace: str) -> Path:
    context = {"cluster": "simulated", "user": "user", "namespace": namespace}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "simulated",
        "clusters": [{"name": "simulated", "cluster": cluster}],
        "users": [{"name": "user", "user": user}],
        "contexts": [{"name": "simulated", "context": context}],
    }
    path.write_text(yaml.safe_dump(config))
    return path


@functools.cache
def _authority() -> trustme.CA:
    """One for all clusters of a run: keys take longer than the servers."""
    return trustme.CA()


@functools.cache
def _server_certificate() -> trustme.LeafCert:
    return _authority().issue_cert("127.0.0.1", "localhost")


def _authority_certificate(ca: trustme.CA, user: str) -> bytes:
    issued = ca.issue_cert(f"{user}@users.example", common_name=user)
    return issued.private_key_and_cert_chain_pem.bytes()
