"""Where workflows and pods come from: the Kubernetes API, an Argo Server, or a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from kubectl_argo_pods.errors import NoClusterError, UsageError
from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.workflow import Workflow, WorkflowSummary

if TYPE_CHECKING:
    from kubectl_argo_pods.cluster.kubeconfig import Cluster, Overrides
    from kubectl_argo_pods.sources.argo_server import ArgoServer
    from kubectl_argo_pods.sources.kube_pods import KubePods


class PodQuery(NamedTuple):
    """Which pods, and what comes with the cells of each: None, Metadata or Object, in the words of the Table API."""

    label_selector: str = ""
    field_selector: str = ""
    include: str = "None"


class Source(Protocol):
    """What knows workflows."""

    def workflow(self, namespace: str, name: str, uid: str = "", since: str = "") -> Workflow:
        """The workflow, of several runs under the name the one with the uid or the newest; raises NotFoundError.

        Any resource version from `since` on will do where that is given, else it is the very last.
        """
        ...

    def workflows(self, namespace: str | None, label_selector: str = "") -> list[WorkflowSummary]:
        """The workflows of a namespace, or of all for None, newest first."""
        ...

    def close(self) -> None:
        """Close the connections that are kept for the next request."""
        ...


class ArgoServerFlags(NamedTuple):
    """The flags by which `argo` finds its server; the environment (ARGO_SERVER ...) fills what is not given."""

    argo_server: str | None = None
    secure: bool | None = None
    insecure_skip_verify: bool | None = None
    header: tuple[str, ...] = ()
    argo_base_href: str | None = None
    instanceid: str | None = None


class Sources(NamedTuple):
    """Where to ask. The pods always come from Kubernetes; `pods` is None where no cluster is configured."""

    workflows: Source
    pods: KubePods | None
    namespace: str  # the one that is meant where the command line names none
    # The workflow does not come from the cluster of the pods, which may be another one than the workflow's.
    pods_elsewhere: bool
    # Though it does not, it is known to be of that cluster.
    one_cluster: bool = False
    # What knows workflows, too, where that is an Argo Server: it has logs as well.
    argo_server: ArgoServer | None = None

    def close(self) -> None:
        """Close the connections that are kept for the next request."""
        self.workflows.close()
        if self.pods:
            self.pods.http.close()


def open_source(
    overrides: Overrides, argo: ArgoServerFlags, files: tuple[str, ...], environ: Mapping[str, str]
) -> Sources:
    """The sources that the command line and the environment name; raises ConfigError and UsageError."""
    server = argo_server_named(argo, environ)
    if files:
        if argo.argo_server:
            raise UsageError("-f/--filename and -s/--argo-server exclude each other: both say where the workflow is")
        return _open_files(files, overrides, environ)
    if server:
        return _open_argo_server(server, overrides, argo, environ)
    return _open_kube(overrides, argo, environ)


def place_of(files: Sequence[str]) -> str:
    """What a sentence calls the files of `-f FILE`."""
    return ", ".join("the manifest on stdin" if file == "-" else f'"{file}"' for file in files)


def argo_server_named(argo: ArgoServerFlags, environ: Mapping[str, str]) -> str:
    """The Argo Server that the command line or the environment names; "" for none."""
    return argo.argo_server or environ.get("ARGO_SERVER") or ""


def _open_kube(overrides: Overrides, argo: ArgoServerFlags, environ: Mapping[str, str]) -> Sources:
    from kubectl_argo_pods.cluster.http import open_http
    from kubectl_argo_pods.cluster.kubeconfig import resolve
    from kubectl_argo_pods.sources.kube import KubeSource
    from kubectl_argo_pods.sources.kube_pods import KubePods

    cluster = resolve(overrides, environ)
    http = open_http(cluster, environ)
    instance_id = argo.instanceid or environ.get("ARGO_INSTANCEID") or ""
    return Sources(KubeSource(http, instance_id), KubePods(http), cluster.namespace, False)


def _open_files(files: tuple[str, ...], overrides: Overrides, environ: Mapping[str, str]) -> Sources:
    from kubectl_argo_pods.sources.file import FileSource

    cluster = _cluster_if_any(overrides, environ)
    return Sources(FileSource(files), _pods_of(cluster, environ), _namespace(cluster, overrides, environ), True)


def _open_argo_server(server: str, overrides: Overrides, argo: ArgoServerFlags, environ: Mapping[str, str]) -> Sources:
    from kubectl_argo_pods.sources.argo_server import ArgoServer
    from kubectl_argo_pods.sources.argo_server_connection import open_http

    cluster = _cluster_if_any(overrides, environ)
    http = open_http(server, argo, cluster, overrides, environ)
    namespace = _namespace(cluster, overrides, environ)
    # A service of the cluster knows that cluster's workflows.
    one_cluster = http.endpoint.via is not None
    argo_server = ArgoServer(http)
    return Sources(argo_server, _pods_of(cluster, environ), namespace, True, one_cluster, argo_server)


def cluster_of(overrides: Overrides, argo: ArgoServerFlags, environ: Mapping[str, str]) -> Cluster | None:
    """The Kubernetes cluster, which someone with an Argo Server can do without; raises ConfigError and UsageError."""
    from kubectl_argo_pods.cluster.kubeconfig import resolve

    return _cluster_if_any(overrides, environ) if argo_server_named(argo, environ) else resolve(overrides, environ)


def _cluster_if_any(overrides: Overrides, environ: Mapping[str, str]) -> Cluster | None:
    """The cluster, which these sources can do without: an error only where the command line asks for one."""
    from kubectl_argo_pods.cluster.kubeconfig import resolve

    try:
        return resolve(overrides, environ)
    except NoClusterError:
        if any((overrides.kubeconfig, overrides.context, overrides.cluster, overrides.user, overrides.server)):
            raise
        return None


def _pods_of(cluster: Cluster | None, environ: Mapping[str, str]) -> KubePods | None:
    if cluster is None:
        return None
    from kubectl_argo_pods.cluster.http import open_http
    from kubectl_argo_pods.sources.kube_pods import KubePods

    return KubePods(open_http(cluster, environ))


def _namespace(cluster: Cluster | None, overrides: Overrides, environ: Mapping[str, str]) -> str:
    if cluster is not None:
        return cluster.namespace
    return overrides.namespace or environ.get("ARGO_NAMESPACE") or "default"
