"""Which cluster a line that is being typed is about, as far as its flags and the environment say by now."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from kubectl_argo_pods.cluster import kubeconfig_files
from kubectl_argo_pods.cluster.kubeconfig import Cluster, resolve
from kubectl_argo_pods.cluster.kubeconfig_files import Kubeconfig
from kubectl_argo_pods.completion.cache import key_of
from kubectl_argo_pods.errors import ConfigError
from kubectl_argo_pods.grammar import Call
from kubectl_argo_pods.options.connection import Connection
from kubectl_argo_pods.sources import Sources, open_source

# Who reads these waits for somebody to write.
WAITING = (stat.S_IFIFO, stat.S_IFSOCK)


class Place:
    """Where to look for names, and as whom."""

    def __init__(self, call: Call, environ: Mapping[str, str]) -> None:
        given: dict[str, Any] = {field: value for group in call.values.values() for field, value in group.items()}
        self.connection = Connection(**{field: given[field] for field in Connection._fields if field in given})
        self.workflow_selector: str = given.get("workflow_selector") or ""
        self.all_namespaces: bool = given.get("all_namespaces", False)
        self.environ = environ
        self._files: tuple[str, ...] = tuple(
            file for named in given.get("filename") or () for file in named.split(",") if file
        )

    def kubeconfig(self) -> Kubeconfig:
        """What the kubeconfig files hold; raises ConfigError."""
        self._refuse_to_wait()
        return kubeconfig_files.load(self.connection.kubeconfig, self.environ)

    def open(self) -> Sources:
        """The sources that the command itself would ask; raises ConfigError and UsageError."""
        self._refuse_to_wait()
        overrides, argo = self.connection.overrides(), self.connection.argo_server_flags()
        return open_source(overrides, argo, self._files, self.environ)

    @cached_property
    def namespace(self) -> str:
        """The one that is meant, as `sources` decides it."""
        if self._cluster:
            return self._cluster.namespace
        return self.connection.namespace or self.environ.get("ARGO_NAMESPACE") or "default"

    @cached_property
    def key(self) -> str:
        """A name for what decides whose answers these are: the servers, the user, the file."""
        argo = sorted((name, value) for name, value in self.environ.items() if name.startswith("ARGO_"))
        return key_of(self._cluster, self.connection, argo, self._file_states())

    @cached_property
    def _cluster(self) -> Cluster | None:
        try:
            self._refuse_to_wait()
            return resolve(self.connection.overrides(), self.environ)
        except ConfigError:
            # An Argo Server and a file can do without a cluster.
            return None

    def _refuse_to_wait(self) -> None:
        """Raise ConfigError if one of the files is a pipe, which could be read once, by the command alone."""
        for file in (*kubeconfig_files.paths(self.connection.kubeconfig, self.environ), *self._files):
            if os.path.exists(file) and stat.S_IFMT(os.stat(file).st_mode) in WAITING:
                raise ConfigError(f'"{file}" is no file that can be read for completion')

    def _file_states(self) -> object:
        return [_state(file) for file in self._files]


def _state(file: str) -> object:
    try:
        return os.path.abspath(file), os.stat(file).st_mtime_ns
    except OSError:
        return file
