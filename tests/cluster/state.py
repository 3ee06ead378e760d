"""What the cluster holds, and its history: every change is an event that watches replay."""

from __future__ import annotations

import copy
import itertools
import threading
import uuid
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.cluster.resources import NAMESPACES, Resource, of_kind

Manifest = dict[str, Any]
Key = tuple[Resource, str, str]


class Event(NamedTuple):
    version: int
    type: str  # ADDED, MODIFIED, DELETED or BOOKMARK
    resource: Resource
    manifest: Manifest
    previous: Manifest | None


class State:
    """Objects by resource, namespace and name. Tests change it from their thread while the server reads it."""

    def __init__(self, first_version: int = 1000) -> None:
        self._lock = threading.RLock()
        self._versions = itertools.count(first_version + 1)
        self._objects: dict[Key, Manifest] = {}
        self._listeners: list[Callable[[], None]] = []
        self.version = first_version
        self.oldest_version = first_version
        self.events: list[Event] = []

    def put(self, manifest: Manifest) -> Manifest:
        """Adds or replaces an object, as its name and namespace say; returns it as stored."""
        with self._lock:
            resource = of_kind(manifest["kind"])
            stored = copy.deepcopy(manifest)
            metadata = stored["metadata"]
            if resource.namespaced:
                self._ensure_namespace(metadata.setdefault("namespace", "default"))
            key = (resource, metadata.get("namespace", ""), metadata["name"])
            previous = self._objects.get(key)
            metadata.setdefault("uid", previous["metadata"]["uid"] if previous else str(uuid.uuid4()))
            self._objects[key] = stored
            self._record("MODIFIED" if previous else "ADDED", resource, stored, previous)
            return stored

    def delete(self, resource: Resource, namespace: str, name: str) -> None:
        with self._lock:
            previous = self._objects.pop((resource, namespace, name))
            self._record("DELETED", resource, copy.deepcopy(previous), previous)

    def bookmark(self, resource: Resource) -> None:
        """Tells watches that asked for bookmarks how far they are."""
        with self._lock:
            empty = {"kind": resource.kind, "apiVersion": resource.api_version, "metadata": {}}
            self._record("BOOKMARK", resource, empty, None)

    def forget_history(self) -> None:
        """Compacts: a watch from an older version is answered with 410, and so is a continue token."""
        with self._lock:
            self.version = next(self._versions)
            self.oldest_version = self.version

    def get(self, resource: Resource, namespace: str, name: str) -> Manifest | None:
        with self._lock:
            return self._objects.get((resource, namespace, name))

    def list(self, resource: Resource, namespace: str = "") -> tuple[int, list[Manifest]]:
        """The resource version and the objects, in the order of their keys; no namespace means all."""
        with self._lock:
            found = [
                (key, manifest)
                for key, manifest in self._objects.items()
                if key[0] == resource and (not namespace or key[1] == namespace)
            ]
            return self.version, [manifest for _, manifest in sorted(found, key=lambda each: each[0][1:])]

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Calls the listener after every change, from the thread that made it; returns what ends this."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _ensure_namespace(self, name: str) -> None:
        if (NAMESPACES, "", name) not in self._objects:
            status = {"phase": "Active"}
            metadata = {"name": name, "labels": {"kubernetes.io/metadata.name": name}}
            metadata["creationTimestamp"] = "2026-01-01T00:00:00Z"
            self.put({"kind": "Namespace", "apiVersion": "v1", "metadata": metadata, "status": status})

    def _record(self, type_: str, resource: Resource, manifest: Manifest, previous: Manifest | None) -> None:
        self.version = next(self._versions)
        manifest["metadata"]["resourceVersion"] = str(self.version)
        self.events.append(Event(self.version, type_, resource, manifest, previous))
        for listener in list(self._listeners):
            listener()
