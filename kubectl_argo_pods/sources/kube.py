"""Workflows from the Kubernetes API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_argo_pods.cluster.faults import check_kind
from kubectl_argo_pods.cluster.http import Http
from kubectl_argo_pods.cluster.segment import segment
from kubectl_argo_pods.errors import NotFoundError
from kubectl_argo_pods.pod import span
from kubectl_argo_pods.sources import tables
from kubectl_argo_pods.workflow import Manifest, Workflow, WorkflowSummary, from_manifest, parse_time

if TYPE_CHECKING:
    from kubectl_argo_pods.sources.watch import Watch, WorkflowEvent

API = "/apis/argoproj.io/v1alpha1"
PHASE_LABEL = "workflows.argoproj.io/phase"
INSTANCE_LABEL = "workflows.argoproj.io/controller-instanceid"

# Name, status, and when it started, as far as that is known, in epoch seconds.
Brief = tuple[str, str, float | None]


class KubeSource:
    """The workflows of a cluster; with an instance id, those of that Argo installation alone."""

    def __init__(self, http: Http, instance_id: str = "") -> None:
        self._http = http
        self._instance_id = instance_id

    def workflow(self, namespace: str, name: str, uid: str = "", since: str = "") -> Workflow:
        # Whatever its uid: a cluster has one workflow of a name at a time.
        # Unless the very last version is asked for, the server has one at hand, and need not ask its database, which
        # takes twice as long for a large workflow (kubernetes.io/docs/reference/using-api/api-concepts).
        query = {"resourceVersion": since} if since else None
        try:
            answer = self._http.get_json(f"{path(namespace)}/{segment(name)}", query)
        except NotFoundError as error:
            raise _not_found(error, f'workflow "{name}" not found in namespace "{namespace}"') from error
        check_kind(answer, "Workflow", self._http.endpoint)
        found = from_manifest(answer)
        if self._instance_id and found.labels.get(INSTANCE_LABEL) != self._instance_id:
            raise NotFoundError(
                f'workflow "{name}" in namespace "{namespace}" is none of the Argo installation "{self._instance_id}" '
                "(--instanceid, ARGO_INSTANCEID)",
                code=404,
                reason="NotFound",
            )
        return found

    def workflows(self, namespace: str | None, label_selector: str = "") -> list[WorkflowSummary]:
        query = {"includeObject": "Metadata", "limit": tables.PAGE, **self._selecting(label_selector)}
        try:
            found = tables.whole(self._http, path(namespace), query)
        except NotFoundError as error:
            raise _not_found(error, str(error)) from error
        summaries = [_summary(cell, manifest) for table in found for cell, manifest in tables.rows(table)]
        return newest_first(summaries)

    def brief(self, namespace: str, label_selector: str, now: float) -> list[Brief]:
        """As `workflows`, at a fifth of the time where there are thousands: newest first as far as their ages tell.

        `now` is in epoch seconds. Any version will do ("0"): the server has one at hand, and need not ask its database.
        """
        query = {"includeObject": "None", "resourceVersion": "0", **self._selecting(label_selector)}
        table = self._http.get_json(path(namespace), query, tables.ACCEPT)
        names, statuses, ages = (tables.column(table, title) for title in ("Name", "Status", "Age"))
        # Thousands of workflows share a few hundred ages.
        by_age: dict[str, list[tuple[str, str]]] = {}
        for name, status, age in zip(names, statuses, ages, strict=True):
            by_age.setdefault(age, []).append((name, status))
        started = {age: _started(age, now) for age in by_age}
        newest_first = sorted(by_age, key=lambda age: started[age] or now, reverse=True)
        # What a CronWorkflow started in one hour, its names tell apart: they end in the time.
        return [(*each, started[age]) for age in newest_first for each in sorted(by_age[age], reverse=True)]

    def _selecting(self, label_selector: str) -> dict[str, str]:
        instance = f"{INSTANCE_LABEL}={self._instance_id}" if self._instance_id else ""
        selector = ",".join(filter(None, (label_selector, instance)))
        return {"labelSelector": selector} if selector else {}

    def close(self) -> None:
        self._http.close()

    def version(self, namespace: str) -> str:
        """The resource version of the namespace's workflows now, from which a watch tells what happens next."""
        answer = self._http.get_json(path(namespace), {"limit": "1"}, tables.METADATA_LIST)
        version: str = (answer.get("metadata") or {}).get("resourceVersion") or ""
        return version

    def watch(self, namespace: str, name: str, resource_version: str) -> Watch[WorkflowEvent]:
        """What happens to a workflow, to all of the namespace for "", from a resource version on.

        Raises GoneError for a version that is too old.
        """
        from kubectl_argo_pods.sources.watch import Watch

        query = {"resourceVersion": resource_version} | ({"fieldSelector": f"metadata.name={name}"} if name else {})
        stream = self._http.watch(path(namespace), {"watch": "1", "allowWatchBookmarks": "true", **query})
        return Watch(stream, workflow_event)


def path(namespace: str | None) -> str:
    """The collection of workflows, of all namespaces for None."""
    return f"{API}/namespaces/{segment(namespace)}/workflows" if namespace else f"{API}/workflows"


def workflow_event(type_: str, manifest: Manifest) -> WorkflowEvent:
    from kubectl_argo_pods.sources.watch import WorkflowEvent

    version = (manifest.get("metadata") or {}).get("resourceVersion") or ""
    return WorkflowEvent(type_, None if type_ == "BOOKMARK" else from_manifest(manifest), version)


def newest_first(summaries: list[WorkflowSummary]) -> list[WorkflowSummary]:
    return sorted(summaries, key=lambda summary: (-(summary.created_at or 0), summary.namespace, summary.name))


def _summary(cell: tables.Cell, manifest: Manifest) -> WorkflowSummary:
    metadata = manifest.get("metadata") or {}
    labels = metadata.get("labels") or {}
    return WorkflowSummary(
        metadata.get("namespace") or "",
        metadata.get("name") or cell("Name"),
        metadata.get("uid") or "",
        # Before v2.5 the resource definition of workflows has no columns of its own.
        cell("Status") or labels.get(PHASE_LABEL) or "",
        parse_time(metadata.get("creationTimestamp")),
        cell("Message"),
        labels,
        metadata.get("resourceVersion") or "",
    )


def _started(age: str, now: float) -> float | None:
    """When a workflow of this age started; one that has not started has no age."""
    youngest, oldest = span(age)
    # Half a second more, since a difference of floats may fall short of a whole one.
    return now - youngest - 0.5 if oldest < float("inf") else None


def _not_found(error: NotFoundError, sentence: str) -> NotFoundError:
    # Without the resource definition the API server has no such path at all, and says so without a Status.
    if not error.reason:
        sentence = "this cluster has no Argo Workflows (no resource workflows.argoproj.io): is this the right context?"
    return NotFoundError(sentence, code=error.code, reason=error.reason)
