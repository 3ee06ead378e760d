"""The Python API: the pods behind the steps of a workflow, for notebooks and services. See docs/python.md."""

from __future__ import annotations

import os
import time
import warnings
from typing import TYPE_CHECKING, TypedDict, Unpack

from kubectl_argo_pods.asked import Asked, asked, pod_query
from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.options.connection import Connection
from kubectl_argo_pods.options.selection import Filters
from kubectl_argo_pods.pod import NodePod
from kubectl_argo_pods.rows import rows
from kubectl_argo_pods.sources import Sources
from kubectl_argo_pods.sources.finding import Wanted, find

if TYPE_CHECKING:
    from kubectl_argo_pods.cluster.client import ApiClient


class Where(TypedDict, total=False):
    """Where to look; by default where the command would, by the kubeconfig and the same variables of the environment.

    `client` is used instead of all of these, with its own connections and credentials.
    """

    namespace: str
    all_namespaces: bool
    kubeconfig: str  # a file
    context: str
    argo_server: str  # HOST:PORT or service/NAMESPACE/NAME[:PORT]
    argo_token: str  # the whole header, "Bearer ..."; "" for none
    secure: bool  # whether the Argo Server speaks TLS, as it does by default
    client: ApiClient


def pods(workflow: str, *nodes: str, **where: Unpack[Where]) -> list[NodePod]:
    """The nodes of a workflow with their pods, as `kubectl argo-pods WORKFLOW [NODE...]` lists them.

    The words are the command's: `@latest`, a glob, `template:GLOB` and so on. Where pods cannot be listed their names
    are computed, with a warning. Raises the errors of `kubectl_argo_pods.errors`, whose root is ArgoPodsError.
    """
    return _rows((workflow, *nodes), where)


def pod_names(workflow: str, *nodes: str, **where: Unpack[Where]) -> list[str]:
    """The names of the pods that exist, as `-o name` prints them; or may, where nobody could look."""
    return _names(_rows((workflow, *nodes), where))


def get_argo_workflow_pod_names(workflow: str, namespace: str) -> list[str]:
    """`pod_names` under the name that it is looked for by."""
    return _names(_rows((workflow,), {"namespace": namespace}))


def _rows(words: tuple[str, ...], where: Where) -> list[NodePod]:
    meant = _asked(words, where)
    try:
        found = find(meant.sources, meant.wanted, pod_query(Filters(), "Object"), time.time())
    finally:
        meant.sources.close()
    for notice in (notice for snapshot in found for notice in snapshot.notices):
        # At the line that called the public function.
        warnings.warn(notice, stacklevel=3)
    return rows(found, meant.nodes, Filters())


def _names(found: list[NodePod]) -> list[str]:
    return list(dict.fromkeys(row.name for row in found if row.name and row.exists is not False))


def _asked(words: tuple[str, ...], where: Where) -> Asked:
    everywhere = where.get("all_namespaces", False)
    if client := where.get("client"):
        beside = sorted(where.keys() - {"client", "namespace", "all_namespaces"})
        if beside:
            raise UsageError(f"a client says where to ask by itself: leave out {', '.join(beside)}")
        sources = _through(client, where.get("namespace") or "default")
        return Asked(sources, Wanted(words[0], "", None if everywhere else sources.namespace), words[1:])
    connection = Connection(
        namespace=where.get("namespace"),
        kubeconfig=where.get("kubeconfig"),
        context=where.get("context"),
        argo_server=where.get("argo_server"),
        secure=where.get("secure"),
    )
    token = {"ARGO_TOKEN": where["argo_token"]} if "argo_token" in where else {}
    return asked(words, connection, Filters(all_namespaces=everywhere), (), os.environ | token)


def _through(client: ApiClient, namespace: str) -> Sources:
    from kubectl_argo_pods.cluster.client import open_http
    from kubectl_argo_pods.sources.kube import KubeSource
    from kubectl_argo_pods.sources.kube_pods import KubePods

    http = open_http(client)
    return Sources(KubeSource(http), KubePods(http), namespace, False)
