"""Pods from the Kubernetes API: the server's table, with no more of each pod than the answer needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kubectl_argo_pods.cluster.http import Http
from kubectl_argo_pods.cluster.segment import segment
from kubectl_argo_pods.errors import ApiError, NotFoundError
from kubectl_argo_pods.pod import Pod
from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.shape import POD, check
from kubectl_argo_pods.sources import PodQuery, tables
from kubectl_argo_pods.workflow import Manifest

if TYPE_CHECKING:
    from kubectl_argo_pods.sources.watch import PodEvent, Watch

METADATA = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json"
# A list this small is asked for with its metadata at once, which saves a second request; in a longer one the
# metadata would be most of what is sent.
SMALL = "100"
# Rows of mere cells are so small that longer pages than kubectl's spare time and no memory.
BARE = "5000"
# So many pods are asked for one by one before the metadata of the whole list is the cheaper way; of a long list, one in
# so many.
FEW = 10
ONE_IN = 50


class PodList(NamedTuple):
    """Pods, and the resource version from which a watch goes on."""

    pods: list[Pod]
    resource_version: str


class KubePods:
    """The pods of a cluster."""

    def __init__(self, http: Http) -> None:
        self.http = http

    def pods(self, namespace: str | None, selector: str, query: PodQuery) -> PodList:
        """The pods that both the selector (labels) and the query select."""
        # A row alone does not tell its namespace.
        include = "Metadata" if namespace is None and query.include == "None" else query.include
        asked = _asked(selector, query, include)
        found = self._bare(namespace, asked) if include == "None" else self._paged(namespace, asked, tables.PAGE)
        pods = [pod for table in found for pod in _pods(table, namespace)]
        return PodList(pods, (found[-1].get("metadata") or {}).get("resourceVersion") or "")

    def _bare(self, namespace: str | None, asked: dict[str, str]) -> list[Manifest]:
        """The tables of a list of which the cells are enough, with the metadata if it is small."""
        first = tables.page(self.http, path(namespace), asked | {"includeObject": "Metadata", "limit": SMALL})
        # The list is asked for anew: the API server has its beginning in memory, a later page only etcd has.
        return self._paged(namespace, asked, BARE) if tables.goes_on(first) else [first]

    def _paged(self, namespace: str | None, asked: dict[str, str], limit: str) -> list[Manifest]:
        return tables.whole(self.http, path(namespace), asked | {"limit": limit})

    def metadata(self, namespace: str, selector: str, names: Sequence[str], of: int) -> dict[str, Manifest]:
        """The metadata of the named pods among those that the selector (labels) selects; without those that are gone.

        `of` is how many it selects, more or less.
        """
        if len(names) <= max(FEW, of // ONE_IN):
            found = (self._metadata_of(namespace, name) for name in names)
            return {manifest["name"]: manifest for manifest in found if manifest}
        wanted = set(names)
        query = {"labelSelector": selector, "limit": tables.PAGE}
        # By pages, each forgotten but for what tells pods apart: most of it are notes on who manages which field.
        pages = tables.pages(self.http, path(namespace), query, tables.METADATA_LIST)
        listed = (item.get("metadata") or {} for page in pages for item in page.get("items") or [])
        return {each["name"]: _telling(each) for each in listed if each.get("name") in wanted}

    def _metadata_of(self, namespace: str, name: str) -> Manifest | None:
        try:
            manifest: Manifest = self.http.get_json(f"{path(namespace)}/{segment(name)}", None, METADATA)
        except NotFoundError:
            return None
        check(manifest, POD, f'pod "{name}"')
        metadata: Manifest = manifest.get("metadata") or {}
        return metadata | {"name": name}

    def pod(self, namespace: str, name: str) -> Manifest:
        """The whole pod; raises NotFoundError."""
        manifest: Manifest = self.http.get_json(f"{path(namespace)}/{segment(name)}")
        return manifest

    def has_workflow(self, namespace: str, name: str, uid: str) -> bool:
        """Whether this very workflow is one of the cluster's, as far as one may know that."""
        where = f"/apis/argoproj.io/v1alpha1/namespaces/{segment(namespace)}/workflows/{segment(name)}"
        try:
            found = self.http.get_json(where, None, METADATA)
        except ApiError:
            return False
        return bool(uid) and (found.get("metadata") or {}).get("uid") == uid

    def namespace_exists(self, namespace: str) -> bool:
        """Whether there is such a namespace; raises ForbiddenError for someone who may not know."""
        try:
            self.http.get_json(f"/api/v1/namespaces/{segment(namespace)}", None, METADATA)
        except NotFoundError:
            return False
        return True

    def watch(self, namespace: str | None, selector: str, query: PodQuery, resource_version: str) -> Watch[PodEvent]:
        """What happens to pods from a resource version on; raises GoneError for one that is too old."""
        from kubectl_argo_pods.sources.watch import Watch

        # An event without metadata would not say which version it is of.
        include = "Metadata" if query.include == "None" else query.include
        asked = _asked(selector, query, include) | {"watch": "1", "allowWatchBookmarks": "true"}
        stream = self.http.watch(path(namespace), asked | {"resourceVersion": resource_version}, tables.ACCEPT)
        return Watch(stream, _Events(namespace).event)


def _telling(metadata: Manifest) -> Manifest:
    return {key: value for key, value in metadata.items() if key != "managedFields"}


def path(namespace: str | None) -> str:
    """The collection of pods, of all namespaces for None."""
    return f"/api/v1/namespaces/{segment(namespace)}/pods" if namespace else "/api/v1/pods"


def _asked(selector: str, query: PodQuery, include: str) -> dict[str, str]:
    asked = {"includeObject": include}
    if labels := ",".join(filter(None, (selector, query.label_selector))):
        asked["labelSelector"] = labels
    if query.field_selector:
        asked["fieldSelector"] = query.field_selector
    return asked


# The columns of kubectl's own table, in the order of Pod's fields.
_COLUMNS = ("Ready", "Status", "Restarts", "Age", "IP", "Node")


def _pods(table: Manifest, namespace: str | None) -> list[Pod]:
    """The pods of a table's rows."""
    names = tables.column(table, "Name")
    manifests = tables.objects(table)
    metadata = [manifest.get("metadata") for manifest in manifests]
    namespaces = [(each or {}).get("namespace") or namespace or "" for each in metadata]
    cells = [tables.column(table, name) for name in _COLUMNS]
    whole = [manifest if "spec" in manifest else None for manifest in manifests]
    return list(map(Pod, names, namespaces, *cells, metadata, whole))


class _Events:
    """Tables of a watch to events: the columns come with the first table alone."""

    def __init__(self, namespace: str | None) -> None:
        self._namespace = namespace
        self._columns: list[Manifest] = []

    def event(self, type_: str, table: Manifest) -> PodEvent:
        from kubectl_argo_pods.sources.watch import PodEvent

        self._columns = table.get("columnDefinitions") or self._columns
        for pod in _pods({**table, "columnDefinitions": self._columns}, self._namespace):
            version = (pod.metadata or {}).get("resourceVersion") or ""
            return PodEvent(type_, None if type_ == "BOOKMARK" else pod, version)
        return PodEvent("BOOKMARK", None, (table.get("metadata") or {}).get("resourceVersion") or "")
