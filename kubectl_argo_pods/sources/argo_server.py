"""Workflows from an Argo Server, live and archived, over its REST API (grpc-gateway)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from kubectl_argo_pods.cluster.faults import NOT_SERVED, check_kind
from kubectl_argo_pods.cluster.http import Http
from kubectl_argo_pods.cluster.segment import segment
from kubectl_argo_pods.errors import ApiError, ArgoPodsError, GoneError, NotFoundError
from kubectl_argo_pods.shape import LIST, check
from kubectl_argo_pods.sources.kube import newest_first, workflow_event
from kubectl_argo_pods.sources.watch import Watch, WorkflowEvent
from kubectl_argo_pods.workflow import Manifest, Workflow, WorkflowSummary, from_manifest, parse_time

# A leading "-" excludes all that is listed (util/fields in argo-workflows): what no list of pods needs.
WITHOUT_BULK = "-metadata.managedFields,spec,status.storedTemplates,status.storedWorkflowTemplateSpec"
SUMMARY_FIELDS = (
    "metadata,items.metadata.name,items.metadata.namespace,items.metadata.uid,items.metadata.creationTimestamp,"
    "items.metadata.labels,items.status.phase,items.status.message"
)
# Without `error`, the server strips its errors, too, and "{}" is all that is left of them.
EVENT_FIELDS = "result.type,result.object.metadata,result.object.status,error"
PAGE = "500"


class ArgoServer:
    """The workflows that an Argo Server knows."""

    def __init__(self, http: Http) -> None:
        self.http = http

    def workflow(self, namespace: str, name: str, uid: str = "", since: str = "") -> Workflow:
        """The workflow, archived or live, its offloaded nodes included."""
        path = f"/api/v1/workflows/{segment(namespace)}/{segment(name)}"
        try:
            answer = self.http.get_json(path, {"fields": WITHOUT_BULK})
        except NotFoundError as error:
            # Not of the Argo Server, which knows this path, but of what is asked in its place.
            if NOT_SERVED in str(error):
                raise
            archived = self._archived(namespace, name, uid)
            if archived is None:
                raise self._not_found(error, namespace, name) from error
            return from_manifest(archived)
        check_kind(answer, "Workflow", self.http.endpoint)
        newest = from_manifest(answer)
        former = self._archived(namespace, name, uid) if uid and newest.uid != uid else None
        return newest if former is None else from_manifest(former)

    def workflows(self, namespace: str | None, label_selector: str = "") -> list[WorkflowSummary]:
        query = {"fields": SUMMARY_FIELDS, "listOptions.limit": PAGE}
        if label_selector:
            query["listOptions.labelSelector"] = label_selector
        items = self._list(f"/api/v1/workflows/{segment(namespace or '')}", query)
        return newest_first([_summary(item) for item in items])

    def close(self) -> None:
        self.http.close()

    def version(self, namespace: str) -> str:
        """The resource version of the namespace's workflows now, from which a watch tells what happens next."""
        query = {"fields": "metadata", "listOptions.limit": "1"}
        answer = self.http.get_json(f"/api/v1/workflows/{segment(namespace)}", query)
        version: str = (answer.get("metadata") or {}).get("resourceVersion") or ""
        return version

    def watch(self, namespace: str, name: str, resource_version: str) -> Watch[WorkflowEvent]:
        """What happens to a workflow, to all of the namespace for "", from a resource version on.

        Waits for the first event, as the server does.
        """
        query = {"listOptions.resourceVersion": resource_version, "fields": EVENT_FIELDS}
        if name:
            query["listOptions.fieldSelector"] = f"metadata.name={name}"
        # As an event stream it is kept alive by a comment every 15 seconds.
        try:
            stream = self.http.watch(f"/api/v1/workflow-events/{segment(namespace)}", query, "text/event-stream")
        except ApiError as error:
            # What Kubernetes calls 410 is a 400 here, since gRPC has no code for it.
            if error.code == 400 and resource_version and "too old" in str(error):
                raise GoneError(str(error), code=410, reason="Expired") from error
            raise
        return Watch(stream, workflow_event)

    def _not_found(self, error: NotFoundError, namespace: str, name: str) -> NotFoundError:
        label = self.http.endpoint.label
        sentence = f'workflow "{name}" not found in namespace "{namespace}" of {label}'
        # What the API server says to the Argo Server, and that to us, where the resource is not defined.
        if "could not find the requested resource" in str(error):
            sentence = f"the cluster of {label} has no Argo Workflows (no resource workflows.argoproj.io)"
        return NotFoundError(sentence, code=error.code, reason=error.reason)

    def _archived(self, namespace: str, name: str, uid: str) -> Manifest | None:
        """From the archive, which servers before v3.5 do not look into by themselves; None where it is not there."""
        try:
            uid = uid or self._newest_archived(namespace, name)
            if not uid:
                return None
            path = f"/api/v1/archived-workflows/{quote(uid, safe='')}"
            archived: Manifest = self.http.get_json(path, {"namespace": namespace})
        except ArgoPodsError:
            # A server without an archive says so in a different way in each release; the first answer is the clear one.
            return None
        return archived

    def _newest_archived(self, namespace: str, name: str) -> str:
        """The uid of the last run under a name; "" for none."""
        query = {"listOptions.fieldSelector": f"metadata.namespace={namespace}", "namePrefix": name}
        found = [item for item in self._list("/api/v1/archived-workflows", query) if _name(item) == name]
        newest = max(found, key=lambda item: parse_time((item.get("status") or {}).get("startedAt")) or 0, default={})
        uid: str = (newest.get("metadata") or {}).get("uid") or ""
        return uid

    def _list(self, path: str, query: dict[str, str]) -> list[Manifest]:
        items: list[Manifest] = []
        token = ""
        while True:
            answer: Any = self.http.get_json(path, query | ({"listOptions.continue": token} if token else {}))
            check(answer, LIST, f"the list of {self.http.endpoint.label}")
            items += answer.get("items") or []
            token = (answer.get("metadata") or {}).get("continue") or ""
            if not token:
                return items


def _name(item: Manifest) -> str:
    name: str = (item.get("metadata") or {}).get("name") or ""
    return name


def _summary(item: Manifest) -> WorkflowSummary:
    metadata, status = item.get("metadata") or {}, item.get("status") or {}
    return WorkflowSummary(
        metadata.get("namespace") or "",
        metadata.get("name") or "",
        metadata.get("uid") or "",
        status.get("phase") or "",
        parse_time(metadata.get("creationTimestamp")),
        status.get("message") or "",
        metadata.get("labels") or {},
    )
