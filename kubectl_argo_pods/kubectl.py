"""Handing over to kubectl: the same cluster as the same user, without a secret on a command line."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from kubectl_argo_pods.cluster.endpoint import without_password
from kubectl_argo_pods.cluster.kubeconfig import Cluster, resolve
from kubectl_argo_pods.errors import ConfigError, TimedOutError
from kubectl_argo_pods.in_order import ends_in_order
from kubectl_argo_pods.options.connection import Connection
from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.session import OUT_OF_TIME

# How flags of the connection are handed over. Those that kubectl has go to it as they are; secrets, to which a user in
# the server's URL belongs, and what kubectl knows no flag for, only by a kubeconfig.
PLAIN = (
    *("kubeconfig", "context", "cluster", "user", "server", "tls_server_name", "certificate_authority"),
    *("client_certificate", "client_key", "insecure_skip_tls_verify", "as_", "as_group", "as_uid", "as_user_extra"),
    "disable_compression",
)
# Of these, a kubeconfig says nothing.
APART = ("request_timeout", "cache_dir", "verbosity")
BY_KUBECONFIG = ("token", "username", "password", "proxy_url")
SECRET = ("token", "password", "proxy_url")
REDACTED = "REDACTED"


def find(environ: Mapping[str, str]) -> str:
    """The kubectl that started this plugin, else the one on PATH; raises ConfigError."""
    found = environ.get("KUBECTL_PATH") or shutil.which("kubectl", path=environ.get("PATH"))
    if not found:
        raise ConfigError("kubectl is not on PATH; install it, or name it with KUBECTL_PATH")
    return found


class Reach(NamedTuple):
    """A kubectl, the flags by which it reaches the same cluster as the same user, and its environment."""

    program: str
    flags: tuple[str, ...]
    environ: Mapping[str, str]

    def words(self, command: Sequence[str], namespace: str) -> list[str]:
        """The whole command line.

        The flags come after kubectl's verb: before it, kubectl refuses them for a plugin; later, they would overrule.
        """
        return [self.program, *command[:1], f"--namespace={namespace}", *self.flags, *command[1:]]


def shown(command: Sequence[str], namespace: str, connection: Connection) -> str:
    """The command line as one may paste it into a shell, but for its secrets."""
    secrets: dict[str, Any] = {name: REDACTED for name, _ in _given(connection, SECRET)}
    told = connection._replace(**secrets, server=connection.server and without_password(connection.server))
    flags = _flags(told, PLAIN + APART + BY_KUBECONFIG)
    return shlex.join(Reach("kubectl", flags, {}).words(command, namespace))


@contextmanager
def handed_over(connection: Connection, environ: Mapping[str, str]) -> Iterator[Reach]:
    """The kubectl to hand commands over to; raises ConfigError. To be used in the main thread."""
    kubectl = find(environ)
    with ends_in_order():
        if not (_given(connection, BY_KUBECONFIG) or "@" in (connection.server or "")):
            yield Reach(kubectl, _flags(connection, PLAIN + APART), environ)
            return
        with _kubeconfig(resolve(connection.overrides(), environ)) as path:
            # The file says all that the flags would, and would be overruled by some of them.
            yield Reach(kubectl, _flags(connection, APART), {**environ, "KUBECONFIG": path})


def run(words: Sequence[str], environ: Mapping[str, str], deadline: float | None = None) -> int:
    """Run a kubectl to its end, with our own streams; its status, or that of the signal that ended it.

    The deadline is of time.monotonic(). Raises ConfigError and TimedOutError.
    """
    try:
        with _deaf_to_interrupts():
            status = _status(words, environ, deadline)
    except OSError as error:
        raise cannot_run(words[0], error) from error
    return 128 - status if status < 0 else status


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Ctrl-C reaches kubectl, too, and it is for kubectl to say what it means."""
    before = signal.getsignal(signal.SIGINT)
    # What is ignored here, in a script's background for one, kubectl ignores as well. A handler it does not inherit.
    if before is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def cannot_run(program: str, error: OSError) -> ConfigError:
    """What to say of a kubectl that does not even begin."""
    return ConfigError(f"{program} cannot be run: {error.strerror}; name another with KUBECTL_PATH")


def _status(words: Sequence[str], environ: Mapping[str, str], deadline: float | None) -> int:
    with subprocess.Popen(words, env=dict(environ)) as process:
        try:
            return process.wait(None if deadline is None else max(0.0, deadline - time.monotonic()))
        except BaseException as error:
            # Not SIGKILL: kubectl has the terminal to give back.
            process.terminate()
            if isinstance(error, subprocess.TimeoutExpired):
                raise TimedOutError(OUT_OF_TIME) from error
            raise


def _flags(connection: Connection, names: Sequence[str]) -> tuple[str, ...]:
    flags: list[str] = []
    for name, value in _given(connection, names):
        flags += [_flag(name, each) for each in (value if isinstance(value, tuple) else (value,))]
    return tuple(flags)


def _given(connection: Connection, names: Sequence[str]) -> list[tuple[str, Any]]:
    values = connection._asdict()
    return [(name, values[name]) for name in names if values[name] not in (None, False, ())]


def _flag(name: str, value: Any) -> str:
    flag = "--v" if name == "verbosity" else f"--{name.rstrip('_').replace('_', '-')}"
    return flag if value is True else f"{flag}={value}"


@contextmanager
def _kubeconfig(cluster: Cluster) -> Iterator[str]:
    """A kubeconfig of this one cluster and user that only its owner can read, and that is gone at the end."""
    descriptor, path = tempfile.mkstemp(prefix="kubectl-argo_pods-", suffix=".json")
    try:
        with os.fdopen(descriptor, "w") as file:
            # JSON is YAML.
            json.dump(_manifest(cluster), file)
        yield path
    finally:
        os.unlink(path)


def _manifest(cluster: Cluster) -> dict[str, Any]:
    name = cluster.context or "kubectl-argo-pods"
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "clusters": [{"name": name, "cluster": {**cluster.entry, "server": cluster.server}}],
        "users": [{"name": name, "user": cluster.user}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name, "namespace": cluster.namespace}}],
    }
