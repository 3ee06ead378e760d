"""An Argo Server that is a service of the cluster: through the API server's proxy, else by forwarding a port."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from socket import socket
from threading import Lock
from typing import Any, TypeVar

from kubectl_argo_pods.cluster.endpoint import Endpoint
from kubectl_argo_pods.cluster.exchange import Response
from kubectl_argo_pods.cluster.http import JSON, Http, connect
from kubectl_argo_pods.cluster.opening import Opening
from kubectl_argo_pods.cluster.request import Caller, Request, Terms
from kubectl_argo_pods.cluster.segment import segment
from kubectl_argo_pods.cluster.stream import Stream
from kubectl_argo_pods.cluster.tls import Context
from kubectl_argo_pods.errors import ApiError, ArgoPodsError, UnreachedError
from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.sources.argo_server_address import Service
from kubectl_argo_pods.workflow import Manifest

T = TypeVar("T")


class ServiceHttp(Http):
    """Either way to a service; the first request tells which one it is, and the others follow it.

    The API server's proxy does without what a forwarded port needs: a pod to be found, and a right on pods.
    """

    def __init__(self, proxied: Http, forward: Callable[[], Http]) -> None:
        self.endpoint = proxied.endpoint
        self._proxied = proxied
        self._forward = forward
        self._chosen: Http | None = None
        self._choosing = Lock()

    def get_json(self, path: str, query: Mapping[str, str] | None = None, accept: str = JSON) -> Any:
        return self._by_either(lambda http: http.get_json(path, query, accept))

    def stream(self, path: str, query: Mapping[str, str] | None = None, accept: str = JSON) -> Stream:
        return self._by_either(lambda http: http.stream(path, query, accept))

    def watch(self, path: str, query: Mapping[str, str] | None = None, accept: str = JSON) -> Stream:
        return self._by_either(lambda http: http.watch(path, query, accept))

    def begin(self, path: str, query: Mapping[str, str] | None = None, accept: str = JSON) -> Opening[Stream]:
        if self._chosen:
            return self._chosen.begin(path, query, accept)
        # That the request could be sent says nothing of its way: the answer does.
        opening = self._proxied.begin(path, query, accept).then(self._answered)
        return opening.or_else(lambda refused: self._other_way(refused).begin(path, query, accept))

    def ask(self, request: Request) -> Response:
        return self._by_either(lambda http: http.ask(request))

    def keep(self, response: Response) -> None:
        (self._chosen or self._proxied).keep(response)

    def close(self) -> None:
        (self._chosen or self._proxied).close()

    def _answered(self, stream: Stream) -> Stream:
        """Takes the answer by the proxy for the proof that it works."""
        with self._choosing:
            self._chosen = self._chosen or self._proxied
        return stream

    def _other_way(self, refused: UnreachedError) -> Http:
        with self._choosing:
            self._chosen = self._chosen or self._forwarded(refused)
            return self._chosen

    def _by_either(self, call: Callable[[Http], T]) -> T:
        if self._chosen:
            return call(self._chosen)
        with self._choosing:
            # Another thread may have found out in the meantime.
            if self._chosen is None:
                try:
                    answer = call(self._proxied)
                    self._chosen = self._proxied
                    return answer
                except UnreachedError as refused:
                    self._chosen = self._forwarded(refused)
            chosen = self._chosen
        return call(chosen)

    def _forwarded(self, refused: UnreachedError) -> Http:
        try:
            return self._forward()
        except ArgoPodsError as error:
            # What is wrong with the service itself is wrong with either way.
            raise refused from error


class Target(NamedTuple):
    """A port of a pod."""

    pod: str
    port: int


def open_forwarded(kube: Http, service: Service, endpoint: Endpoint, caller: Caller, terms: Terms) -> Http:
    """A connection over a forwarded port of a pod behind the service; raises ApiError and UnreachableError."""
    from kubectl_argo_pods.cluster.port_forward import open_port

    target = _pod_behind(kube, service)
    # It shows at once whether one may.
    open_port(kube, service.namespace, target.pod, target.port).close()

    def dial(endpoint: Endpoint, tls: Context | None, timeout: float | None) -> socket:
        sock = open_port(kube, service.namespace, target.pod, target.port)
        try:
            if tls:
                sock = tls.wrap_socket(sock, server_hostname=endpoint.host)
            sock.settimeout(timeout)
        except BaseException:
            sock.close()
            raise
        return sock

    # As the API server's proxy does: the way to the pod is verified by Kubernetes, and the certificate that an Argo
    # Server makes for itself could be verified by nobody.
    return connect(endpoint, caller, terms._replace(trust={"insecure-skip-tls-verify": True}), dial)


def _pod_behind(kube: Http, service: Service) -> Target:
    namespace = f"/api/v1/namespaces/{segment(service.namespace)}"
    spec = kube.get_json(f"{namespace}/services/{segment(service.name)}").get("spec") or {}
    port = next(
        (each for each in spec.get("ports") or [] if service.port in (str(each["port"]), each.get("name"))), None
    )
    selector = ",".join(f"{key}={value}" for key, value in (spec.get("selector") or {}).items())
    if port is None or not selector:
        raise ApiError(f"{service} has no such port, or selects no pods", code=404)
    pods = kube.get_json(f"{namespace}/pods", {"labelSelector": selector}).get("items") or []
    ready = next((pod for pod in pods if _is_ready(pod)), None)
    if ready is None:
        raise ApiError(f"no pod behind {service} is ready", code=503)
    return Target(ready["metadata"]["name"], _container_port(ready, port.get("targetPort") or port["port"]))


def _is_ready(pod: Manifest) -> bool:
    conditions = (pod.get("status") or {}).get("conditions") or []
    return any(each.get("type") == "Ready" and each.get("status") == "True" for each in conditions)


def _container_port(pod: Manifest, target: int | str) -> int:
    """The number of a service's target, which may be the name of a container's port."""
    if isinstance(target, int):
        return target
    ports = (port for container in pod["spec"]["containers"] for port in container.get("ports") or [])
    found = next((int(port["containerPort"]) for port in ports if port.get("name") == target), None)
    if found is None:
        raise ApiError(f'pod "{pod["metadata"]["name"]}" has no port "{target}"', code=404)
    return found
