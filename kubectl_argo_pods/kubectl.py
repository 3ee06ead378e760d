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
from types import FrameType
from typing import Any

from kubectl_argo_pods.cluster.kubeconfig import Cluster, resolve
from kubectl_argo_pods.errors import ConfigError, TimedOutError
from kubectl_argo_pods.options import Connection
from kubectl_argo_pods.session import OUT_OF_TIME

# How flags of the connection are handed over. Those that kubectl has go to it as they are; secrets, and what kubectl
# knows no flag for, only by a kubeconfig.
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


def shown(command: Sequence[str], namespace: str, connection: Connection) -> str:
    """The command line as one may paste it into a shell, but for its secrets."""
    flags = [_flag(name, REDACTED if name in SECRET else value) for name, value in _given(connection, BY_KUBECONFIG)]
    return shlex.join(["kubectl", *_with_flags(command, [*_flags(namespace, connection, PLAIN + APART), *flags])])


def call(
    command: Sequence[str],
    namespace: str,
    connection: Connection,
    environ: Mapping[str, str],
    deadline: float | None = None,
) -> int:
    """Run a kubectl command to its end; its status, or that of the signal that ended it.

    The deadline is of time.monotonic(). Raises ConfigError and TimedOutError.
    """
    kubectl = find(environ)
    if not _given(connection, BY_KUBECONFIG):
        words = _with_flags(command, _flags(namespace, connection, PLAIN + APART))
        return _run([kubectl, *words], environ, deadline)
    cluster = resolve(connection.overrides(), environ)
    with _kubeconfig(cluster) as path:
        # The file says all that the flags would, and would be overruled by some of them.
        words = _with_flags(command, _flags(namespace, connection, APART))
        return _run([kubectl, *words], {**environ, "KUBECONFIG": path}, deadline)


def _run(words: Sequence[str], environ: Mapping[str, str], deadline: float | None) -> int:
    # Ctrl-C reaches kubectl, too, and it is for kubectl to say what it means.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        status = _status(words, environ, deadline)
    except OSError as error:
        raise ConfigError(f"{words[0]} cannot be run: {error.strerror}; name another with KUBECTL_PATH") from error
    finally:
        signal.signal(signal.SIGINT, before)
    return 128 - status if status < 0 else status


def _status(words: Sequence[str], environ: Mapping[str, str], deadline: float | None) -> int:
    with subprocess.Popen(words, env=dict(environ)) as process:
        try:
            return process.wait(None if deadline is None else max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired as error:
            # Not SIGKILL: kubectl has the terminal to give back.
            process.terminate()
            raise TimedOutError(OUT_OF_TIME) from error


def _with_flags(command: Sequence[str], flags: Sequence[str]) -> list[str]:
    """The flags come after kubectl's verb: before it, kubectl refuses them for a plugin; later, they would overrule."""
    return [*command[:1], *flags, *command[1:]]


def _flags(namespace: str, connection: Connection, names: Sequence[str]) -> list[str]:
    flags = [f"--namespace={namespace}"]
    for name, value in _given(connection, names):
        flags += [_flag(name, each) for each in (value if isinstance(value, tuple) else (value,))]
    return flags


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

    def die(number: int, _: FrameType | None) -> None:
        os.unlink(path)
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    # Windows knows no hang-up.
    deadly = [number for number in signal.Signals if number.name in ("SIGTERM", "SIGHUP")]
    before = {number: signal.signal(number, die) for number in deadly}
    try:
        with os.fdopen(descriptor, "w") as file:
            # JSON is YAML.
            json.dump(_manifest(cluster), file)
        yield path
    finally:
        os.unlink(path)
        for number, handler in before.items():
            signal.signal(number, handler)


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
