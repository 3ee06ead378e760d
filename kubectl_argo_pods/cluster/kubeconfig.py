"""From flags, environment and kubeconfig to the one cluster that is meant, by kubectl's rules.

The rules are those of k8s.io/client-go/tools/clientcmd/client_config.go, which differ from the kubernetes package's.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

from kubectl_argo_pods.cluster import kubeconfig_files, segment, server_url, validation
from kubectl_argo_pods.cluster.kubeconfig_files import Entry, Kubeconfig
from kubectl_argo_pods.errors import ConfigError, NoClusterError, UsageError
from kubectl_argo_pods.record import NamedTuple

# The server where neither the kubeconfig nor a flag names one (getDefaultServer).
MASTER = "KUBERNETES_MASTER"
SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"


class Overrides(NamedTuple):
    """kubectl's connection flags."""

    kubeconfig: str | None = None
    context: str | None = None
    cluster: str | None = None
    user: str | None = None
    namespace: str | None = None
    server: str | None = None
    token: str | None = None
    username: str | None = None
    password: str | None = None
    tls_server_name: str | None = None
    certificate_authority: str | None = None
    client_certificate: str | None = None
    client_key: str | None = None
    insecure_skip_tls_verify: bool = False
    as_: str | None = None
    as_group: tuple[str, ...] = ()
    as_uid: str | None = None
    as_user_extra: tuple[str, ...] = ()
    request_timeout: str | None = None
    proxy_url: str | None = None
    disable_compression: bool = False
    verbosity: str | None = None


class Origin(NamedTuple):
    """Where the kubeconfig says so."""

    files: tuple[str, ...] = ()  # those that were looked for
    cluster: str = ""  # the name of its entry
    user: str = ""
    user_file: str = ""  # the one of the files that the user is from
    given: tuple[str, ...] = ()  # the flags that say who asks instead of it, or besides

    @property
    def user_label(self) -> str:
        return f'the user "{self.user}" of the kubeconfig' if self.user else "the user"


class Cluster(NamedTuple):
    """A Kubernetes API and who asks it; `entry` and `user` are in the kubeconfig's words, their paths absolute."""

    server: str  # with its scheme
    context: str  # "" where no kubeconfig names one
    namespace: str
    entry: Entry
    user: Entry
    timeout: float | None  # in seconds, of a whole request; None: as long as it takes
    origin: Origin = Origin()
    verbosity: int = 0  # kubectl's -v


def resolve(overrides: Overrides, environ: Mapping[str, str]) -> Cluster:
    """The cluster that is meant; raises ConfigError where nothing says which, UsageError for a bad flag."""
    config = kubeconfig_files.load(overrides.kubeconfig, environ)
    name = overrides.context or config.current_context
    context = _named(config.contexts, "context", name) if name else {}
    origin = _origin(config, context, overrides)
    entry = _cluster_entry(config, origin.cluster, overrides)
    user = _user_entry(config, origin.user, overrides)
    if not entry.get("server"):
        if _in_cluster(environ) and not (name or overrides.cluster):
            entry, user = _service_account(environ, entry, user)
        elif server := environ.get(MASTER):
            entry["server"] = server
        else:
            raise _no_server(config, name)
    validation.check_cluster(entry, f'the cluster "{origin.cluster}"' if origin.cluster else "the cluster")
    validation.check_user(user, origin.user_label)
    url = server_url.from_text(str(entry["server"]))
    return Cluster(
        url.url,
        name,
        segment.checked(_namespace(overrides, context, environ), "namespace"),
        entry,
        url.identity(user),
        parse_timeout(overrides.request_timeout),
        origin,
        parse_verbosity(overrides.verbosity),
    )


def _origin(config: Kubeconfig, context: Entry, overrides: Overrides) -> Origin:
    user = overrides.user or context.get("user") or ""
    flags = ("token", "username", "password", "client_certificate", "client_key")
    return Origin(
        config.files,
        overrides.cluster or context.get("cluster") or "",
        user,
        config.user_files.get(user, ""),
        tuple(f"--{flag.replace('_', '-')}" for flag in flags if getattr(overrides, flag)),
    )


def _named(entries: dict[str, Entry], kind: str, name: str) -> Entry:
    if name not in entries:
        known = ", ".join(sorted(entries)) or "none"
        raise ConfigError(f'{kind} "{name}" is not in the kubeconfig; those there are: {known}')
    return entries[name]


def _cluster_entry(config: Kubeconfig, name: str, overrides: Overrides) -> Entry:
    entry = dict(_named(config.clusters, "cluster", name)) if name else {}
    if overrides.insecure_skip_tls_verify or overrides.certificate_authority:
        for key in ("certificate-authority", "certificate-authority-data", "insecure-skip-tls-verify"):
            entry.pop(key, None)
    # The name in the certificate belongs to the server of the kubeconfig, not to another one.
    if overrides.server:
        entry.pop("tls-server-name", None)
    return entry | _given(
        {
            "server": overrides.server,
            "certificate-authority": _absolute(overrides.certificate_authority),
            "insecure-skip-tls-verify": overrides.insecure_skip_tls_verify,
            "tls-server-name": overrides.tls_server_name,
            "proxy-url": overrides.proxy_url,
            "disable-compression": overrides.disable_compression,
        }
    )


def _user_entry(config: Kubeconfig, name: str, overrides: Overrides) -> Entry:
    user = dict(_named(config.users, "user", name)) if name else {}
    # What is given for a field goes before its other form in the kubeconfig.
    for given, other in (
        (overrides.token, "tokenFile"),
        (overrides.client_certificate, "client-certificate-data"),
        (overrides.client_key, "client-key-data"),
    ):
        if given:
            user.pop(other, None)
    return user | _given(
        {
            "token": overrides.token,
            "username": overrides.username,
            "password": overrides.password,
            "client-certificate": _absolute(overrides.client_certificate),
            "client-key": _absolute(overrides.client_key),
            "as": overrides.as_,
            "as-uid": overrides.as_uid,
            "as-groups": list(overrides.as_group),
            "as-user-extra": _extra(overrides.as_user_extra),
        }
    )


def _given(values: dict[str, Any]) -> Entry:
    return {key: value for key, value in values.items() if value}


def _absolute(path: str | None) -> str | None:
    return os.path.abspath(path) if path else None


def _extra(pairs: tuple[str, ...]) -> dict[str, list[str]]:
    extra: dict[str, list[str]] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not key or not equals:
            raise UsageError(f'--as-user-extra "{pair}" is not KEY=VALUE')
        extra.setdefault(key, []).append(value)
    return extra


def _no_server(config: Kubeconfig, context: str) -> NoClusterError:
    if context:
        return NoClusterError(f'context "{context}" names no cluster with a server; add one or name it with --server')
    if config.contexts:
        known = ", ".join(sorted(config.contexts))
        return NoClusterError(f"the kubeconfig has no current-context; choose one with --context: {known}")
    looked = " or ".join(config.files) or "what KUBECONFIG names"
    return NoClusterError(
        f"no cluster is configured: {looked} is missing or empty; name a kubeconfig with --kubeconfig"
    )


def _in_cluster(environ: Mapping[str, str]) -> bool:
    has_host = environ.get("KUBERNETES_SERVICE_HOST") and environ.get("KUBERNETES_SERVICE_PORT")
    return bool(has_host) and os.path.isfile(f"{SERVICE_ACCOUNT}/token")


def _service_account(environ: Mapping[str, str], entry: Entry, user: Entry) -> tuple[Entry, Entry]:
    host = environ["KUBERNETES_SERVICE_HOST"]
    address = f"[{host}]" if ":" in host else host
    found = {"server": f"https://{address}:{environ['KUBERNETES_SERVICE_PORT']}"}
    if not entry.get("insecure-skip-tls-verify"):
        found["certificate-authority"] = f"{SERVICE_ACCOUNT}/ca.crt"
    return found | entry, {"tokenFile": f"{SERVICE_ACCOUNT}/token"} | user


def _namespace(overrides: Overrides, context: Entry, environ: Mapping[str, str]) -> str:
    named = overrides.namespace or environ.get("ARGO_NAMESPACE") or context.get("namespace")
    if named or not _in_cluster(environ):
        return str(named or "default")
    try:
        with open(f"{SERVICE_ACCOUNT}/namespace", encoding="utf-8") as file:
            return environ.get("POD_NAMESPACE") or file.read().strip() or "default"
    except OSError:
        return environ.get("POD_NAMESPACE") or "default"


_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_TIMEOUT = r"(?:\d+(?:\.\d+)?(?:ms|s|m|h))+"
_LONGEST = 2.0**63 / 1e9  # of a Go duration


def parse_timeout(text: str | None, flag: str = "--request-timeout") -> float | None:
    """Seconds of kubectl's `--request-timeout` and the like: whole ones, or a Go duration like 1m30s; None for 0."""
    if not text or text == "0":
        return None
    duration = f"{text}s" if text.isdecimal() else text
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|s|m|h)", duration)
    seconds = sum(float(number) * _UNITS[unit] for number, unit in parts)
    if not re.fullmatch(_TIMEOUT, duration) or seconds > _LONGEST:
        raise UsageError(f'{flag} "{text}" is not a time like 30, 10s or 1m30s')
    return seconds or None


def parse_verbosity(text: str | None) -> int:
    """The level of kubectl's `-v`; raises UsageError."""
    try:
        return int(text or "0")
    except ValueError as error:
        raise UsageError(f'invalid argument "{text}" for "-v, --v" flag: a level is a whole number') from error
