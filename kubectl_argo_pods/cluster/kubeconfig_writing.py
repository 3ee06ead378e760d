"""The one thing that is written to a kubeconfig: the tokens that an identity provider has issued anew."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from kubectl_argo_pods.errors import ConfigError


def change_provider(path: str, user: str, changed: Mapping[str, str]) -> None:
    """Change fields of the user's auth-provider in a kubeconfig file, all at once; raises ConfigError."""
    import yaml

    from kubectl_argo_pods.yaml_documents import YamlError, documents

    target = os.path.realpath(path)
    try:
        with _locked(target):
            with open(target, encoding="utf-8-sig") as file:
                document = documents(file.read())[0]
            _provider(document, user).setdefault("config", {}).update(changed)
            _replace(target, yaml.safe_dump(document, sort_keys=False, allow_unicode=True))
    except (OSError, LookupError, TypeError, AttributeError, StopIteration, YamlError) as error:
        why = error.strerror if isinstance(error, OSError) else "its user has changed"
        raise ConfigError(f'the new tokens cannot be written to the kubeconfig "{path}": {why}') from error


def _provider(document: Any, user: str) -> dict[str, Any]:
    found: dict[str, Any] = next(item["user"]["auth-provider"] for item in document["users"] if item["name"] == user)
    return found


@contextmanager
def _locked(path: str) -> Iterator[None]:
    """kubectl's own lock on a kubeconfig (lockFile in k8s.io/client-go/tools/clientcmd/loader.go)."""
    lock = f"{path}.lock"
    os.close(os.open(lock, os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield
    finally:
        with suppress(OSError):
            os.unlink(lock)


def _replace(path: str, text: str) -> None:
    """A reader sees the old file or the new one, and nobody who could not read the old one sees either."""
    mode = os.stat(path).st_mode & 0o777
    descriptor, beside = tempfile.mkstemp(dir=os.path.dirname(path))
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(beside, mode)
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise
