"""Container logs from the Kubernetes API, and what any source of logs has to offer."""

from __future__ import annotations

from typing import Protocol

from kubectl_argo_pods.cluster.http import Http
from kubectl_argo_pods.cluster.opening import Opening
from kubectl_argo_pods.cluster.segment import segment
from kubectl_argo_pods.containers import Container, containers
from kubectl_argo_pods.errors import NotFoundError, ReplacedError
from kubectl_argo_pods.sources.kube_pods import path
from kubectl_argo_pods.targets import LogQuery, Target


class LogStream(Protocol):
    """A log that is arriving, to be used in a `with`; with `timestamps`, each of its lines begins with one."""

    timestamps: bool

    def __enter__(self) -> LogStream: ...

    def __exit__(self, *_: object) -> None: ...

    def fileno(self) -> int:
        """What a selector waits for."""
        ...

    @property
    def is_ready(self) -> bool:
        """Whether `receive` has an answer that a selector does not know of."""
        ...

    def unblock(self) -> None:
        """From now on `receive` does not wait."""
        ...

    def receive(self) -> bytes | None:
        """What has arrived; b"" at the end, None where nothing is there yet; raises UnreachableError or ApiError."""
        ...


class LogSource(Protocol):
    """Who has logs. All calls wait, and may come from several threads at once."""

    def open(self, target: Target, query: LogQuery) -> LogStream:
        """The log of a target; raises UnreachableError or ApiError."""
        ...

    def begin(self, target: Target, query: LogQuery) -> LogStream | Opening[LogStream]:
        """As `open`, but not waiting for the container to write something; raises UnreachableError or ApiError."""
        ...

    def look(self, target: Target) -> Container | None:
        """The container as it is now; None where its pod is gone. Raises ReplacedError where another pod has its name
        by now, and UnreachableError or ApiError."""
        ...


class KubeLogs:
    """The logs of a cluster's pods, which the API server passes on from the kubelets."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def open(self, target: Target, query: LogQuery) -> LogStream:
        return self._http.stream(f"{_pod(target)}/log", parameters(target.container, query), "*/*")

    def begin(self, target: Target, query: LogQuery) -> Opening[LogStream]:
        opening = self._http.begin(f"{_pod(target)}/log", parameters(target.container, query), "*/*")
        return opening.then(lambda stream: stream)

    def look(self, target: Target) -> Container | None:
        try:
            manifest = self._http.get_json(_pod(target))
        except NotFoundError:
            return None
        if target.pod_uid and manifest["metadata"].get("uid") != target.pod_uid:
            raise ReplacedError(f"the pod {target.pod} was made anew: it is another one", code=404)
        return next((each for each in containers(manifest) if each.name == target.container), None)


def _pod(target: Target) -> str:
    return f"{path(target.namespace)}/{segment(target.pod)}"


def parameters(container: str, query: LogQuery) -> dict[str, str]:
    """The query as the API's PodLogOptions."""
    asked: dict[str, str | int | bool | None] = {
        "container": container,
        "follow": query.follow,
        "previous": query.previous,
        "timestamps": query.timestamps,
        "sinceSeconds": query.since_seconds,
        "sinceTime": query.since_time,
        "tailLines": query.tail,
        "limitBytes": query.limit_bytes,
        "insecureSkipTLSVerifyBackend": query.insecure_skip_tls_verify_backend,
    }
    return {name: _written(value) for name, value in asked.items() if value is not None and value is not False}


def _written(value: str | int | bool) -> str:
    return "true" if value is True else str(value)
