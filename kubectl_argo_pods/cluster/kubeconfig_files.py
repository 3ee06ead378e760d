"""The kubeconfig files, read and merged as kubectl does (k8s.io/client-go/tools/clientcmd/loader.go)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from kubectl_argo_pods.cluster import block_yaml
from kubectl_argo_pods.errors import ConfigError
from kubectl_argo_pods.record import NamedTuple

Entry = dict[str, Any]

PATHS = {
    "cluster": ("certificate-authority",),
    "user": ("client-certificate", "client-key", "tokenFile"),
    "context": (),
}


# What the fields hold that are read here (k8s.io/client-go/tools/clientcmd/api/v1/types.go).
_TEXTS = {
    "cluster": ("server", "tls-server-name", "certificate-authority", "certificate-authority-data", "proxy-url"),
    "user": (
        *("client-certificate", "client-certificate-data", "client-key", "client-key-data"),
        *("token", "tokenFile", "username", "password", "as", "as-uid"),
    ),
    "context": ("cluster", "user", "namespace"),
}
_OTHERS: dict[str, dict[str, type]] = {
    "cluster": {"insecure-skip-tls-verify": bool, "disable-compression": bool, "extensions": list},
    "user": {"as-groups": list, "as-user-extra": dict, "auth-provider": dict, "exec": dict},
    "context": {},
}
KINDS = {kind: dict.fromkeys(texts, str) | _OTHERS[kind] for kind, texts in _TEXTS.items()}
WORDS = {str: "a text; put it in quotes", bool: "true or false", list: "a list", dict: "a map"}


class Kubeconfig(NamedTuple):
    """What all files say together; paths in it are absolute."""

    files: tuple[str, ...]  # those that were looked for
    current_context: str
    clusters: dict[str, Entry]
    users: dict[str, Entry]
    contexts: dict[str, Entry]
    user_files: dict[str, str]  # which of the files each user is from


def load(explicit: str | None, environ: Mapping[str, str]) -> Kubeconfig:
    """The merge of the files that `--kubeconfig`, else KUBECONFIG, else the home directory name; raises ConfigError."""
    files = paths(explicit, environ)
    merged = Kubeconfig(files, "", {}, {}, {}, {})
    for path in files:
        document = _read(path, required=bool(explicit))
        if document:
            merged = _merge(merged, document, path)
    return merged


def paths(explicit: str | None, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The files that are looked for."""
    if explicit:
        return (explicit,)
    if listed := environ.get("KUBECONFIG"):
        return tuple(dict.fromkeys(path for path in listed.split(os.pathsep) if path))
    home = environ.get("HOME") or os.path.expanduser("~")
    return (os.path.join(home, ".kube", "config"),)


def _read(path: str, *, required: bool) -> Entry:
    try:
        with open(path, encoding="utf-8-sig") as file:
            text = file.read()
    except FileNotFoundError as error:
        if required:
            raise ConfigError(f'the kubeconfig "{path}" does not exist') from error
        return {}
    except OSError as error:
        raise ConfigError(f'the kubeconfig "{path}" cannot be read: {error.strerror}') from error
    except UnicodeDecodeError as error:
        raise ConfigError(f'the kubeconfig "{path}" cannot be read: it is not UTF-8 text') from error
    document = _parse(text, path)
    if document is not None and not isinstance(document, dict):
        raise ConfigError(f'the kubeconfig "{path}" is not a map of clusters, users and contexts')
    kind, version = document.get("kind") if document else None, document.get("apiVersion") if document else None
    if kind not in (None, "", "Config") or version not in (None, "", "v1"):
        raise ConfigError(f'the kubeconfig "{path}" is no Config of v1 but a {kind or "Config"} of {version or "v1"}')
    return document or {}


def _parse(text: str, path: str) -> Any:
    try:
        return block_yaml.load(text)
    except block_yaml.NotPlain:
        return _parse_any(text, path)


def _parse_any(text: str, path: str) -> Any:
    from kubectl_argo_pods.yaml_documents import ExcessiveError, YamlError, documents

    try:
        # As kubectl does, the first of several.
        return next(iter(documents(text)), None)
    except YamlError as error:
        # What a syntax error quotes may be a key or a token.
        why = f" that can be used: {error}" if isinstance(error, ExcessiveError) else ""
        where = f" (line {error.line})" if error.line else ""
        raise ConfigError(f'the kubeconfig "{path}" is not YAML{why}{where}') from error


def _merge(merged: Kubeconfig, document: Entry, path: str) -> Kubeconfig:
    """The first file to name a thing wins, with the whole of it."""
    users = _entries(document, "user", path)
    return Kubeconfig(
        merged.files,
        merged.current_context or str(document.get("current-context") or ""),
        _entries(document, "cluster", path) | merged.clusters,
        users | merged.users,
        _entries(document, "context", path) | merged.contexts,
        dict.fromkeys(users, path) | merged.user_files,
    )


def _entries(document: Entry, kind: str, path: str) -> dict[str, Entry]:
    listed = document.get(f"{kind}s") or []
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise ConfigError(f'"{kind}s" of the kubeconfig "{path}" is not a list of named {kind}s')
    found: dict[str, Entry] = {}
    for item in listed:
        name, entry = str(item.get("name") or ""), item.get(kind) or {}
        what = f'{kind} "{name}" of the kubeconfig "{path}"'
        if name in found:
            raise ConfigError(f"{what} is there twice; remove or rename one")
        if not isinstance(entry, dict):
            raise ConfigError(f"{what} is not a map")
        _check_kinds(entry, KINDS[kind], what)
        found[name] = _with_absolute_paths(entry, kind, path)
    return found


def _check_kinds(entry: Entry, kinds: dict[str, type], what: str) -> None:
    for field, value in entry.items():
        kind = kinds.get(field)
        if kind and value is not None and not isinstance(value, kind):
            raise ConfigError(f'the field "{field}" of {what} is not {WORDS[kind]}')


def _with_absolute_paths(entry: Entry, kind: str, path: str) -> Entry:
    folder = os.path.dirname(os.path.abspath(path))
    resolved: Entry = {
        key: os.path.join(folder, entry[key]) for key in PATHS[kind] if isinstance(entry.get(key), str) and entry[key]
    }
    plugin = entry.get("exec")
    # A plugin's bare name is looked up on PATH; anything with a slash is a file beside the kubeconfig.
    if kind == "user" and isinstance(plugin, dict) and os.sep in str(plugin.get("command")):
        resolved["exec"] = plugin | {"command": os.path.normpath(os.path.join(folder, str(plugin["command"])))}
    return entry | resolved
