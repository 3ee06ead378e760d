"""A name as a part of a path."""

from __future__ import annotations

from urllib.parse import quote

from kubectl_argo_pods.errors import UsageError

# Who asks for a name that holds one of these gets another path (IsValidPathSegmentName in
# k8s.io/apimachinery/pkg/api/validation/path).
NEVER = ("/", "%")


def segment(name: str) -> str:
    """Escaped, so that it is one part; raises UsageError for what is no name of anything in Kubernetes."""
    return quote(checked(name, "name"), safe="")


def checked(name: str, what: str) -> str:
    """The name, if it can be one; raises UsageError."""
    if name in (".", ".."):
        raise UsageError(f'no {what} is "{name}"')
    for part in NEVER:
        if part in name:
            raise UsageError(f'"{name}" is no {what}: none has a "{part}" in it')
    return name
