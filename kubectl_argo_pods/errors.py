"""The errors that end a command with a sentence for its user.

Each says its whole sentence; `__main__` prints it after `error: ` and exits with `status`.
"""

from __future__ import annotations


class ArgoPodsError(Exception):
    """The root of all of them."""

    status = 1


class UsageError(ArgoPodsError):
    """The command line or a file that it names cannot be understood."""

    status = 2


class ConfigError(ArgoPodsError):
    """The kubeconfig or the environment does not describe a server that can be asked."""


class NoClusterError(ConfigError):
    """Nothing names a cluster, which who asks an Argo Server or a file can do without."""


class UnreachableError(ArgoPodsError):
    """No server answered: the network, its name or its certificate."""


class LostError(ArgoPodsError):
    """The connection to a container ended before its command did."""


class OnlyByKubectlError(ArgoPodsError):
    """Exec is allowed by SPDY alone, which only kubectl speaks."""

    def __init__(self) -> None:
        super().__init__(
            "the server or your role allows exec by SPDY alone, which only kubectl speaks; "
            "`kubectl argo-pods run WORKFLOW NODE -- exec {pod} -- COMMAND` has it do so in one pod after the other"
        )


class TimedOutError(ArgoPodsError):
    """What was waited for did not come in time."""

    status = 124


class ApiError(ArgoPodsError):
    """A server answered with a failure; `code` is its HTTP status, `reason` Kubernetes' own word for it."""

    def __init__(self, sentence: str, *, code: int = 0, reason: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.reason = reason


class UnauthorizedError(ApiError):
    """401: the server does not know who is asking."""


class ForbiddenError(ApiError):
    """403: the server knows who is asking and refuses."""


class NotFoundError(ApiError):
    """404: the thing that was named is not there."""


class ReplacedError(NotFoundError):
    """What was meant is gone, and something else has its name."""


class UnreachedError(ApiError):
    """The Kubernetes API did not pass a request on to the server that it was for."""


class GoneError(ApiError):
    """410: the resourceVersion or the continue token is too old; list again."""


class NoMatchError(ArgoPodsError):
    """A WORKFLOW or NODE matches nothing."""


class AmbiguousError(ArgoPodsError):
    """Several pods are meant where one is needed."""


class ManifestError(ArgoPodsError):
    """A Workflow whose content cannot be understood."""
