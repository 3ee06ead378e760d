"""The resources that the simulated API serves."""

from __future__ import annotations

from typing import NamedTuple


class Resource(NamedTuple):
    group: str
    version: str
    plural: str
    kind: str
    short_names: tuple[str, ...] = ()
    namespaced: bool = True
    # Fields that a fieldSelector may name; custom resources know the first two only.
    fields: tuple[str, ...] = ("metadata.name", "metadata.namespace")

    @property
    def qualified(self) -> str:
        """`workflows.argoproj.io`, or the bare plural in the core group: what messages call it."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version


ARGO = "argoproj.io"
NAMESPACES = Resource("", "v1", "namespaces", "Namespace", ("ns",), False, ("metadata.name", "status.phase"))
PODS = Resource(
    "",
    "v1",
    "pods",
    "Pod",
    ("po",),
    fields=(
        "metadata.name",
        "metadata.namespace",
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "spec.hostNetwork",
        "status.phase",
        "status.podIP",
        "status.nominatedNodeName",
    ),
)
SERVICES = Resource("", "v1", "services", "Service", ("svc",))
WORKFLOWS = Resource(ARGO, "v1alpha1", "workflows", "Workflow", ("wf",))
TEMPLATES = Resource(ARGO, "v1alpha1", "workflowtemplates", "WorkflowTemplate", ("wftmpl",))
CRON_WORKFLOWS = Resource(ARGO, "v1alpha1", "cronworkflows", "CronWorkflow", ("cwf", "cronwf"))
TASK_SETS = Resource(ARGO, "v1alpha1", "workflowtasksets", "WorkflowTaskSet", ("wfts",))
SERVED = (NAMESPACES, PODS, SERVICES, WORKFLOWS, TEMPLATES, CRON_WORKFLOWS, TASK_SETS)


def of_kind(kind: str) -> Resource:
    return next(each for each in SERVED if each.kind == kind)


def of_path(group: str, version: str, plural: str) -> Resource | None:
    wanted = (group, version, plural)
    return next((each for each in SERVED if (each.group, each.version, each.plural) == wanted), None)
