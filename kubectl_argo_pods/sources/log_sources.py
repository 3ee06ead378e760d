"""Each log from where it is: the Kubernetes API, the Argo Server, or the archive behind that."""

from __future__ import annotations

from collections.abc import Callable

from kubectl_argo_pods.cluster.opening import Opening
from kubectl_argo_pods.containers import Container
from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.sources import Sources
from kubectl_argo_pods.sources.kube_logs import KubeLogs, LogSource, LogStream
from kubectl_argo_pods.targets import LogQuery, Target


class LogSources(NamedTuple):
    """What reads a target, by its origin."""

    by_origin: dict[str, LogSource]

    def open(self, target: Target, query: LogQuery) -> LogStream:
        return self.by_origin[target.origin].open(target, query)

    def begin(self, target: Target, query: LogQuery) -> LogStream | Opening[LogStream]:
        return self.by_origin[target.origin].begin(target, query)

    def look(self, target: Target) -> Container | None:
        return self.by_origin[target.origin].look(target)


def log_sources(sources: Sources, clock: Callable[[], float]) -> LogSources:
    """What the command line names; `clock` tells epoch seconds."""
    by_origin: dict[str, LogSource] = {}
    if sources.pods:
        by_origin["pod"] = KubeLogs(sources.pods.http)
    if server := sources.argo_server:
        from kubectl_argo_pods.sources.argo_server_logs import ArchivedLogs, PodLogs

        by_origin |= {"argo-server": PodLogs(server, clock), "archive": ArchivedLogs(server.http)}
    return LogSources(by_origin)
