"""The forms in which an object or a list can be asked for (the Accept header), and their bodies."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from aiohttp import web

from tests.cluster.resources import PODS, Resource
from tests.cluster.statuses import StatusError
from tests.cluster.tables import partial_metadata, table

Manifest = dict[str, Any]


class Representation(NamedTuple):
    """`as_` is Table, PartialObjectMetadata or the empty word for the object itself."""

    as_: str
    include: str  # what rows of a table carry: None, Metadata or Object

    def of_list(self, resource: Resource, manifests: list[Manifest], metadata: Manifest, now: float) -> Manifest:
        if self.as_ == "Table":
            return table(resource, manifests, metadata, self.include, now)
        if self.as_:
            kind = {"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1"}
            return kind | {"metadata": metadata, "items": [partial_metadata(each) for each in manifests]}
        kind = {"kind": f"{resource.kind}List", "apiVersion": resource.api_version}
        return kind | {"metadata": metadata, "items": [_list_item(resource, each) for each in manifests]}

    def of_object(self, resource: Resource, manifest: Manifest, now: float) -> Manifest:
        if self.as_ == "Table":
            version = {"resourceVersion": manifest["metadata"].get("resourceVersion", "")}
            return table(resource, [manifest], version, self.include, now)
        return partial_metadata(manifest) if self.as_ else manifest


def accepted(request: web.Request) -> Representation:
    """The first form of the Accept header that the server has; 406 for an `as` that it has not."""
    include = request.query.get("includeObject", "Metadata")
    for media_type in request.headers.get("Accept", "*/*").split(","):
        as_ = re.search(r"\bas=(\w+)", media_type)
        if not as_ and "json" in media_type or "*/*" in media_type:
            return Representation("", include)
        if as_ and as_[1] in ("Table", "PartialObjectMetadata", "PartialObjectMetadataList"):
            return Representation(as_[1].removesuffix("List"), include)
    # The real message names the whole list of media types; kubectl and clients look at the code.
    raise StatusError(406, "only the following media types are accepted: application/json")


def in_first_event_only() -> Callable[[Manifest], Manifest]:
    """Tables of a watch name their columns in the first event alone, as the server has it."""
    seen = False

    def strip(body: Manifest) -> Manifest:
        nonlocal seen
        if body.get("kind") != "Table":
            return body
        stripped = body | {"columnDefinitions": None} if seen else body
        seen = True
        return stripped

    return strip


def _list_item(resource: Resource, manifest: Manifest) -> Manifest:
    """Items of built-in lists come without kind and apiVersion, those of custom resources with both."""
    if resource is not PODS and resource.group:
        return manifest
    return {key: value for key, value in manifest.items() if key not in ("kind", "apiVersion")}
