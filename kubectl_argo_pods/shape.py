"""What the parts of a manifest have to be that are read: anybody may have written it."""

from __future__ import annotations

from typing import Any

from kubectl_argo_pods.errors import ManifestError
from kubectl_argo_pods.record import NamedTuple


class Each(NamedTuple):
    """A map whose values have this shape, whatever its keys are."""

    shape: Any


# A shape is a type, a list of the shape of its items, or a map of the shapes of some keys; null is left out everywhere.
METADATA = {
    **dict.fromkeys(("name", "generateName", "namespace", "uid", "creationTimestamp", "resourceVersion"), str),
    "labels": Each(str),
    "annotations": Each(str),
    "ownerReferences": [{"uid": str, "kind": str, "name": str}],
}
NODE = {
    **dict.fromkeys(("name", "displayName", "type", "phase", "templateName", "boundaryID", "message"), str),
    **dict.fromkeys(("startedAt", "finishedAt", "hostNodeName", "podName"), str),
    "children": [str],
    "templateRef": {"name": str, "template": str},
    "memoizationStatus": dict,
    "synchronizationStatus": dict,
    "nodeFlag": dict,
    # No closer, for the sake of time: of these, one alone is read, and with care.
    "inputs": {"parameters": [dict]},
    "outputs": {"artifacts": [dict]},
}
STATUS = {
    **dict.fromkeys(("phase", "message", "startedAt", "finishedAt", "compressedNodes"), str),
    "offloadNodeStatusVersion": str,
}
WORKFLOW = {"kind": str, "metadata": METADATA, "status": STATUS}
LIST = {"metadata": {"continue": str, "resourceVersion": str}, "items": [WORKFLOW]}
CONTAINERS = [{"name": str, "state": dict, "ready": bool}]
LISTS = ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses")
POD = {
    "metadata": METADATA,
    "spec": {"nodeName": str, **dict.fromkeys(("containers", "initContainers", "ephemeralContainers"), CONTAINERS)},
    "status": {**dict.fromkeys(("phase", "reason", "startTime"), str), **dict.fromkeys(LISTS, CONTAINERS)},
}
TABLE = {
    "metadata": {"continue": str, "resourceVersion": str},
    "columnDefinitions": [{"name": str}],
    "items": [{"metadata": METADATA}],
    "rows": [{"cells": list, "object": {"metadata": METADATA}}],
}

_NAMES = {str: "a text", int: "a number", bool: "true or false", dict: "a map", list: "a list"}


def check(value: Any, shape: Any, what: str) -> None:
    """Raise ManifestError for a value that does not have the shape; `what` says of which value, for the sentence."""
    kind = shape.__class__
    if kind is type:
        _check_type(value, shape, what)
    elif kind is list:
        _check_type(value, list, what)
        _check_all(value, shape[0], what)
    elif kind is Each:
        _check_type(value, dict, what)
        _check_all(value.values(), shape.shape, what)
    else:
        _check_type(value, dict, what)
        for key, inner in shape.items():
            child = value.get(key)
            # Nearly always so: a call for each would take longer than all that is done with a node.
            if child is not None and child.__class__ is not inner:
                check(child, inner, f'"{key}" of {what}')


def _check_type(value: Any, wanted: type, what: str) -> None:
    if value.__class__ is not wanted:
        raise ManifestError(f"{what} is not {_NAMES[wanted]}")


def _check_all(values: Any, shape: Any, what: str) -> None:
    for value in values:
        if value.__class__ is not shape:
            check(value, shape, f"a part of {what}")
