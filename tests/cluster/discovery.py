"""The part of discovery that kubectl needs to find pods, workflows and namespaces."""

from __future__ import annotations

from typing import Any

from tests.cluster.resources import SERVED, Resource

Manifest = dict[str, Any]

VERSION = {
    "major": "1",
    "minor": "35",
    "gitVersion": "v1.35.4",
    "gitCommit": "",
    "gitTreeState": "",
    "buildDate": "1970-01-01T00:00:00Z",
    "goVersion": "go1.26.8",
    "compiler": "gc",
    "platform": "linux/amd64",
}
VERBS = ["get", "list", "watch"]


def api_versions() -> Manifest:
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}


def api_groups() -> Manifest:
    groups = sorted({(each.group, each.version) for each in SERVED if each.group})
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [_group(*each) for each in groups]}


def api_resources(group: str, version: str) -> Manifest | None:
    """The resources of one group and version; None if it is not served."""
    found = [each for each in SERVED if (each.group, each.version) == (group, version)]
    group_version = f"{group}/{version}" if group else version
    listed = {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version}
    return listed | {"resources": [_resource(each) for each in found]} if found else None


def _group(name: str, version: str) -> Manifest:
    served = {"groupVersion": f"{name}/{version}", "version": version}
    return {"name": name, "versions": [served], "preferredVersion": served}


def _resource(resource: Resource) -> Manifest:
    named = {"name": resource.plural, "singularName": resource.kind.lower(), "namespaced": resource.namespaced}
    return named | {"kind": resource.kind, "verbs": VERBS, "shortNames": list(resource.short_names)}
