"""Credential plugins: the `exec` of a kubeconfig's user (client.authentication.k8s.io v1 and v1beta1).

A plugin that fails is an error, never a request without credentials.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kubectl_argo_pods.cluster.issued import Issued
from kubectl_argo_pods.cluster.kubeconfig_files import Entry
from kubectl_argo_pods.cluster.plugin_policy import check_allowed
from kubectl_argo_pods.cluster.tls import Certificate
from kubectl_argo_pods.errors import ConfigError

VERSIONS = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")
# The fields of a kubeconfig's cluster that go to the plugin under the same names.
CLUSTER_INFO = (
    "tls-server-name",
    "insecure-skip-tls-verify",
    "certificate-authority-data",
    "proxy-url",
    "disable-compression",
)
INTERACTIVE_MODES = ("Never", "IfAvailable", "Always")


def run(plugin: Entry, cluster: Entry, server: str, environ: Mapping[str, str]) -> Issued:
    """Ask the plugin, which may talk to the user on stderr; raises ConfigError."""
    import subprocess

    command = str(plugin.get("command") or "")
    interactive = _check(plugin, command)
    check_allowed(command, environ)
    words = [command, *_arguments(plugin, command)]
    environment = dict(environ) | _environment(plugin, command)
    environment["KUBERNETES_EXEC_INFO"] = _info(_request(plugin, cluster, server, interactive))
    try:
        done = subprocess.run(
            words,
            env=environment,
            stdin=None if interactive else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            check=False,
        )
    except (OSError, ValueError) as error:
        # Python's word for what no system can hand over, such as a zero byte.
        why = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(_with_hint(f'the credential plugin "{command}" cannot be run: {why}', plugin)) from error
    if done.returncode:
        # As in kubectl without its hint, which says how to install it.
        raise ConfigError(f'the credential plugin "{command}" failed with status {done.returncode}')
    return _parse(done.stdout, command, str(plugin["apiVersion"]))


def _arguments(plugin: Entry, command: str) -> list[str]:
    arguments = plugin.get("args") or []
    if not isinstance(arguments, list):
        raise ConfigError(f'the args of the credential plugin "{command}" are not a list')
    return [str(argument) for argument in arguments]


def _environment(plugin: Entry, command: str) -> dict[str, str]:
    pairs = plugin.get("env") or []
    if not all(isinstance(pair, dict) and pair.get("name") for pair in pairs):
        raise ConfigError(f'the environment of the credential plugin "{command}" has a variable without a name')
    return {str(pair["name"]): str(pair.get("value") or "") for pair in pairs}


def _check(plugin: Entry, command: str) -> bool:
    """Whether the plugin gets our stdin."""
    if not command:
        raise ConfigError("the credential plugin (exec) of the kubeconfig's user has no command")
    version = plugin.get("apiVersion")
    if version not in VERSIONS:
        raise ConfigError(
            f'the credential plugin "{command}" has apiVersion "{version}"; known are {", ".join(VERSIONS)}'
        )
    mode = plugin.get("interactiveMode") or ("IfAvailable" if version == VERSIONS[1] else "")
    if mode not in INTERACTIVE_MODES:
        modes = ", ".join(INTERACTIVE_MODES)
        raise ConfigError(f'the credential plugin "{command}" needs an interactiveMode, one of {modes}, not "{mode}"')
    has_terminal = sys.stdin is not None and sys.stdin.isatty()
    if mode == "Always" and not has_terminal:
        raise ConfigError(f'the credential plugin "{command}" needs a terminal on stdin (interactiveMode Always)')
    return has_terminal and mode != "Never"


def _with_hint(sentence: str, plugin: Entry) -> str:
    hint = str(plugin.get("installHint") or "").strip()
    return f"{sentence}\n{hint}" if hint else sentence


def _request(plugin: Entry, cluster: Entry, server: str, interactive: bool) -> Entry:
    spec: Entry = {"interactive": interactive}
    if plugin.get("provideClusterInfo"):
        spec["cluster"] = _cluster_info(cluster, server)
    return {"kind": "ExecCredential", "apiVersion": plugin["apiVersion"], "spec": spec}


def _info(request: Entry) -> str:
    try:
        return json.dumps(request)
    except (TypeError, ValueError, RecursionError) as error:
        raise ConfigError("what the kubeconfig's cluster has for the credential plugin cannot be JSON") from error


def _cluster_info(cluster: Entry, server: str) -> Entry:
    info: Entry = {"server": server, "config": None}
    info |= {key: cluster[key] for key in CLUSTER_INFO if cluster.get(key)}
    if cluster.get("certificate-authority") and "certificate-authority-data" not in info:
        info["certificate-authority-data"] = _file_as_base64(str(cluster["certificate-authority"]))
    for extension in cluster.get("extensions") or []:
        if isinstance(extension, dict) and extension.get("name") == "client.authentication.k8s.io/exec":
            info["config"] = extension.get("extension")
    return info


def _file_as_base64(path: str) -> str:
    from base64 import b64encode

    try:
        with open(path, "rb") as file:
            return b64encode(file.read()).decode("ascii")
    except OSError as error:
        raise ConfigError(f'certificate-authority "{path}" cannot be read: {error.strerror}') from error


def _parse(output: bytes, command: str, version: str) -> Issued:
    try:
        answer: Any = json.loads(output)
    except ValueError as error:
        raise ConfigError(f'the credential plugin "{command}" did not print JSON') from error
    if not isinstance(answer, dict) or answer.get("kind") != "ExecCredential" or answer.get("apiVersion") != version:
        raise ConfigError(f'the credential plugin "{command}" did not print an ExecCredential of {version}')
    status = answer.get("status") or {}
    token, certificate, key, expires = (_text(status, field, command) for field in STATUS)
    if bool(certificate) != bool(key) or not (token or certificate):
        raise ConfigError(f'the credential plugin "{command}" gave neither a token nor a certificate with its key')
    pair = Certificate(certificate.encode(), key.encode()) if certificate else None
    return Issued(f"Bearer {token}" if token else "", pair, _time(expires, command))


STATUS = ("token", "clientCertificateData", "clientKeyData", "expirationTimestamp")


def _text(status: Any, field: str, command: str) -> str:
    value = status.get(field) if isinstance(status, dict) else status
    if value is not None and not (isinstance(value, str) and _is_text(value)):
        raise ConfigError(f'the credential plugin "{command}" gave a {field} that is no plain text')
    return (value or "").strip()


def _is_text(value: str) -> bool:
    """Half a character of UTF-16, which JSON can hold, is none."""
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


def _time(text: str, command: str) -> float | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError as error:
        raise ConfigError(f'the credential plugin "{command}" gave an expirationTimestamp that is no time') from error
