"""Which credential plugins the user lets kubectl run, as the preferences in ~/.kube/kuberc say.

The rules are those of k8s.io/client-go/plugin/pkg/client/auth/exec and k8s.io/kubectl/pkg/kuberc.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from shutil import which
from typing import Any

from kubectl_argo_pods.errors import ConfigError

GROUP = "kubectl.config.k8s.io/"


def check_allowed(command: str, environ: Mapping[str, str]) -> None:
    """Raises ConfigError for a plugin that may not be run, or for preferences that nobody can understand."""
    path = _path(environ)
    preferences = _preferences(path) if path else {}
    policy, listed = (
        preferences.get("credentialPluginPolicy") or "AllowAll",
        preferences.get("credentialPluginAllowlist"),
    )
    if policy not in ("AllowAll", "DenyAll", "Allowlist") or (policy == "Allowlist") != bool(listed):
        raise ConfigError(f'the credentialPluginPolicy "{policy}" of {path} does not fit its credentialPluginAllowlist')
    if policy == "DenyAll":
        raise ConfigError(f'the credential plugin "{command}" may not be run: {path} says DenyAll')
    if policy == "Allowlist" and not _is_listed(command, _names(listed, path), environ):
        raise ConfigError(f'the credential plugin "{command}" is not in the credentialPluginAllowlist of {path}')


def _path(environ: Mapping[str, str]) -> str:
    """The file of the preferences; "" for none."""
    named = "off" if environ.get("KUBECTL_KUBERC") == "false" else environ.get("KUBERC")
    if named:
        return "" if named == "off" else named
    path = os.path.join(environ.get("HOME") or os.path.expanduser("~"), ".kube", "kuberc")
    return path if os.path.exists(path) else ""


def _preferences(path: str) -> dict[str, Any]:
    """The first document of a version that is known."""
    from kubectl_argo_pods.yaml_documents import YamlError, documents

    try:
        with open(path, encoding="utf-8-sig") as file:
            found = documents(file.read())
    except (OSError, UnicodeDecodeError, YamlError) as error:
        raise ConfigError(f"{path} cannot be read, which says what credential plugins may be run") from error
    known = (each for each in found if isinstance(each, dict) and str(each.get("apiVersion", "")).startswith(GROUP))
    return next(known, {})


def _names(listed: Any, path: str) -> list[str]:
    names = [entry.get("name") for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    if not names or not all(isinstance(name, str) and name and os.path.normpath(name) == name for name in names):
        raise ConfigError(f"the credentialPluginAllowlist of {path} is no list of names and full paths")
    return [str(name) for name in names]


def _is_listed(command: str, names: list[str], environ: Mapping[str, str]) -> bool:
    """By its name, or by the file that is found under it."""
    where = environ.get("PATH")
    found = which(command, path=where)
    if command in names or found in names:
        return True
    return found is not None and any(which(name, path=where) == found for name in names)
