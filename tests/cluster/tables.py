"""What the server prints: `Table`, and the metadata-only kinds (meta.k8s.io/v1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.cluster.ages import age
from tests.cluster.pod_printer import pod_cells
from tests.cluster.resources import NAMESPACES, PODS, WORKFLOWS, Resource

Manifest = dict[str, Any]

# Name, type, format, priority: priority 1 is what kubectl shows with `-o wide` only.
NAME = ("Name", "string", "name", 0)
COLUMNS = {
    PODS: (
        NAME,
        ("Ready", "string", "", 0),
        ("Status", "string", "", 0),
        ("Restarts", "string", "", 0),
        ("Age", "string", "", 0),
        ("IP", "string", "", 1),
        ("Node", "string", "", 1),
        ("Nominated Node", "string", "", 1),
        ("Readiness Gates", "string", "", 1),
    ),
    WORKFLOWS: (
        NAME,
        ("Status", "string", "", 0),
        ("Age", "date", "date-time", 0),
        ("Message", "string", "", 0),
    ),
    NAMESPACES: (NAME, ("Status", "string", "", 0), ("Age", "string", "", 0)),
}
OTHER_COLUMNS = (NAME, ("Age", "date", "date-time", 0))

ENDED = {
    "Succeeded": ("Succeeded", "The pod has completed successfully."),
    "Failed": ("Failed", "The pod failed."),
}


def table(
    resource: Resource, manifests: Iterable[Manifest], list_metadata: Manifest, include: str, now: float
) -> Manifest:
    rows = [_row(resource, each, include, now) for each in manifests]
    return {"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": list_metadata} | {
        "columnDefinitions": column_definitions(resource),
        "rows": rows,
    }


def column_definitions(resource: Resource) -> list[Manifest]:
    return [
        {"name": name, "type": type_, "format": format_, "description": name, "priority": priority}
        for name, type_, format_, priority in COLUMNS.get(resource, OTHER_COLUMNS)
    ]


def partial_metadata(manifest: Manifest) -> Manifest:
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": manifest["metadata"]}


def _row(resource: Resource, manifest: Manifest, include: str, now: float) -> Manifest:
    row: Manifest = {"cells": _cells(resource, manifest, now)}
    ended = ENDED.get(manifest.get("status", {}).get("phase", "")) if resource is PODS else None
    if ended:
        reason, message = ended
        row["conditions"] = [{"type": "Completed", "status": "True", "reason": reason, "message": message}]
    objects = {"None": None, "Object": manifest}
    row["object"] = objects[include] if include in objects else partial_metadata(manifest)
    return row


def _cells(resource: Resource, manifest: Manifest, now: float) -> list[Any]:
    metadata, status = manifest["metadata"], manifest.get("status", {})
    created = age(metadata.get("creationTimestamp"), now)
    if resource is PODS:
        return list(pod_cells(manifest, now))
    if resource is WORKFLOWS:
        # Columns of a custom resource are JSON paths: what is missing is null, not a word.
        started = status.get("startedAt")
        return [metadata["name"], status.get("phase"), age(started, now) if started else None, status.get("message")]
    if resource is NAMESPACES:
        return [metadata["name"], status.get("phase"), created]
    return [metadata["name"], created]
