"""Archived workflows, which the Argo Server keeps in its database."""

from __future__ import annotations

import copy
from typing import Any

Manifest = dict[str, Any]
ARCHIVING_STATUS = "workflows.argoproj.io/workflow-archiving-status"
# The columns that a list is made of: no nodes (argo-workflows, persist/sqldb).
LISTED_METADATA = ("name", "namespace", "uid", "creationTimestamp", "labels", "annotations")
LISTED_STATUS = ("phase", "startedAt", "finishedAt", "progress", "resourcesDuration", "message")


class Archive:
    """`logs` are the archived logs, by the uid of the workflow, the id of the node and the name of the artifact."""

    def __init__(self) -> None:
        self._workflows: dict[str, Manifest] = {}
        self.logs: dict[tuple[str, str, str], bytes] = {}

    def put(self, workflow: Manifest) -> None:
        stored = copy.deepcopy(workflow)
        stored["metadata"].setdefault("labels", {})[ARCHIVING_STATUS] = "Persisted"
        self._workflows[stored["metadata"]["uid"]] = stored

    def by_uid(self, uid: str) -> Manifest | None:
        return self._workflows.get(uid)

    def by_name(self, namespace: str, name: str) -> Manifest | None:
        """The newest of that name."""
        found = [each for each in self.list(namespace) if each["metadata"]["name"] == name]
        return max(found, key=lambda each: str(each["status"].get("startedAt")), default=None)

    def list(self, namespace: str) -> list[Manifest]:
        return [each for each in self._workflows.values() if namespace in ("", each["metadata"]["namespace"])]


def completed_summary(workflow: Manifest) -> Manifest:
    """What a list shows of an archived workflow."""
    metadata = {key: value for key, value in workflow["metadata"].items() if key in LISTED_METADATA}
    status = {key: value for key, value in workflow["status"].items() if key in LISTED_STATUS}
    return {"metadata": metadata, "spec": {"arguments": workflow["spec"].get("arguments", {})}, "status": status}
