"""What the servers are asked, once to be recorded and then by tests: real and simulated answer alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tests.e2e.api_client import METADATA_LIST, TABLE

PODS = "/api/v1/namespaces/{namespace}/pods"
WORKFLOWS = "/apis/argoproj.io/v1alpha1/namespaces/{namespace}/workflows"
ARGO_WORKFLOWS = "/api/v1/workflows/{namespace}"
ARCHIVE = "/api/v1/archived-workflows"


class Ask(NamedTuple):
    """A request; `{namespace}` and `{name}`, of the workflow in steps.yaml, are filled in."""

    path: str
    query: Mapping[str, str] = {}
    accept: str = "application/json"
    who: str = "admin"  # or nobody, stranger (who may do nothing), liar (whose token is wrong)
    impersonated: str = ""

    def filled(self, namespace: str, name: str) -> Ask:
        query = {key: value.format(namespace=namespace, name=name) for key, value in self.query.items()}
        return self._replace(path=self.path.format(namespace=namespace, name=name), query=query)


THIS = "metadata.name={name}"
FIRST = {"listOptions.limit": "1"}  # the archive keeps what had the same name before
NO_OBJECT = {"includeObject": "None"}

KUBERNETES = {
    "pods, nothing of that name": Ask(f"{PODS}/nope"),
    "workflows, nothing of that name": Ask(f"{WORKFLOWS}/nope"),
    "namespaces, nothing of that name": Ask("/api/v1/namespaces/nope"),
    "pods of no such namespace": Ask("/api/v1/namespaces/nope/pods"),
    "nowhere": Ask("/nowhere"),
    "no such resource": Ask("/apis/argoproj.io/v1alpha1/namespaces/{namespace}/nothings"),
    "a malformed label selector": Ask(PODS, {"labelSelector": "a b"}),
    "a field that cannot be selected by": Ask(PODS, {"fieldSelector": "spec.x=y"}),
    "workflows by phase field": Ask(WORKFLOWS, {"fieldSelector": "status.phase=y"}),
    "a watch from an expired version": Ask(PODS, {"watch": "true", "resourceVersion": "1", "timeoutSeconds": "1"}),
    "metadata of a workflow": Ask(WORKFLOWS, {"fieldSelector": THIS}, METADATA_LIST),
    "a workflow as a table": Ask(WORKFLOWS, {"fieldSelector": THIS, **NO_OBJECT}, TABLE),
    "one workflow as a table": Ask(f"{WORKFLOWS}/{{name}}", NO_OBJECT, TABLE),
    "pods as a table": Ask(PODS, {"labelSelector": "workflows.argoproj.io/workflow={name}", **NO_OBJECT}, TABLE),
    "an empty list of pods": Ask(PODS, {"fieldSelector": "metadata.name=nope"}),
    "an empty list of workflows": Ask(WORKFLOWS, {"fieldSelector": "metadata.name=nope"}),
    "an empty table of pods": Ask(PODS, {"fieldSelector": "metadata.name=nope"}, TABLE),
    "nobody": Ask(PODS, who="nobody"),
    "a wrong token": Ask(PODS, who="liar"),
    "pods, not allowed": Ask(PODS, who="stranger"),
    "all pods, not allowed": Ask("/api/v1/pods", who="stranger"),
    "a workflow, not allowed": Ask(f"{WORKFLOWS}/{{name}}", who="stranger"),
    "workflows, not allowed": Ask(WORKFLOWS, who="stranger"),
    "a namespace, not allowed": Ask("/api/v1/namespaces/{namespace}", who="stranger"),
    "to be someone else, not allowed": Ask(PODS, who="stranger", impersonated="jane"),
}

ARGO_SERVER = {
    "argo server: nothing of that name": Ask(f"{ARGO_WORKFLOWS}/nope"),
    "argo server: a workflow": Ask(f"{ARGO_WORKFLOWS}/{{name}}", {"fields": "-metadata.managedFields,status.nodes"}),
    "argo server: fields of a workflow": Ask(f"{ARGO_WORKFLOWS}/{{name}}", {"fields": "metadata.name,status.phase"}),
    "argo server: all but fields of a workflow": Ask(
        f"{ARGO_WORKFLOWS}/{{name}}", {"fields": "-metadata,spec,status.nodes,status.storedTemplates"}
    ),
    "argo server: a list": Ask(
        ARGO_WORKFLOWS, {**FIRST, "listOptions.fieldSelector": THIS, "fields": "metadata.continue,items.metadata.name"}
    ),
    "argo server: an empty list": Ask("/api/v1/workflows/nope"),
    "argo server: a field that cannot be selected by": Ask(
        ARGO_WORKFLOWS, {"listOptions.fieldSelector": "status.phase=x"}
    ),
    "argo server: a malformed continue token": Ask(ARGO_WORKFLOWS, {"listOptions.continue": "x"}),
    "argo server: the archive": Ask(ARCHIVE, {**FIRST, "listOptions.fieldSelector": THIS, "namespace": "{namespace}"}),
    "argo server: an empty archive": Ask(ARCHIVE, {"namespace": "nope"}),
    "argo server: nothing archived of that uid": Ask(f"{ARCHIVE}/nope"),
    "argo server: archived by name": Ask(f"{ARCHIVE}/", {"namespace": "{namespace}", "name": "{name}"}),
    "argo server: no workflow is the latest": Ask("/api/v1/workflows/nope/@latest"),
    "argo server: nowhere": Ask("/api/v1/nowhere"),
    "argo server: the page": Ask("/nowhere"),
    "argo server: info": Ask("/api/v1/info"),
    "argo server: a wrong token": Ask(ARGO_WORKFLOWS, who="liar"),
    "argo server: workflows, not allowed": Ask(ARGO_WORKFLOWS, who="stranger"),
    "argo server: a workflow, not allowed": Ask(f"{ARGO_WORKFLOWS}/{{name}}", who="stranger"),
    "argo server: the archive, not allowed": Ask(ARCHIVE, {"namespace": "{namespace}"}, who="stranger"),
}
