"""What `logs` is about: a target is one container of one pod; what comes of it are lines, and events of its stream."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING

from kubectl_argo_pods.record import NamedTuple

if TYPE_CHECKING:
    from kubectl_argo_pods.containers import Container
    from kubectl_argo_pods.workflow import Node

Key = tuple[str, str, str, str]


class Artifact(NamedTuple):
    """An archived log: an output artifact of a node of the workflow with this uid."""

    workflow_uid: str
    node_id: str
    name: str


class Target(NamedTuple):
    """A container whose log is meant. `started_at`, in epoch seconds, is the order in which streams are opened."""

    workflow: str
    namespace: str
    step: str  # how its node is called (pods.steps)
    node: Node | None
    pod: str
    pod_uid: str  # "" where the pod is gone, or nobody could look
    container: str
    started_at: float | None
    state: Container | None = None  # None where it is not known
    origin: str = "pod"  # pod, argo-server or archive: who has the log
    artifact: Artifact | None = None  # of an archived log

    @property
    def key(self) -> Key:
        """What stays the same while its state changes."""
        return (self.namespace, self.pod, self.pod_uid, self.container)


class Selected(NamedTuple):
    """The targets that are meant as things are now. `final`: no other can come any more.

    `pods` are the uids of all pods that there are, None where nobody can tell; `listed` of those that were listed, as
    far as they are selected.
    """

    targets: list[Target]
    final: bool
    notices: list[str]
    pods: frozenset[str] | None = None
    listed: frozenset[str] | None = None


class Wanted(NamedTuple):
    """Which containers: those named like one of the globs, all but Argo's own, or with neither the node's own."""

    globs: tuple[str, ...] = ()
    all: bool = False

    def several(self) -> bool:
        """Whether a node may have more than one such container."""
        return self.all or len(self.globs) > 1 or any(map(is_glob, self.globs))


class Places(NamedTuple):
    """Where logs may come from: `logs_from` is auto, pod or archive; `server` says that there is an Argo Server."""

    logs_from: str = "auto"
    server: bool = False


class LogQuery(NamedTuple):
    """What is asked of a log, by the names of kubectl's options (PodLogOptions in k8s.io/api/core/v1)."""

    follow: bool = False
    previous: bool = False
    since_seconds: int | None = None
    since_time: str | None = None  # RFC 3339
    tail: int | None = None  # lines from the end; None for all
    limit_bytes: int | None = None
    timestamps: bool = False
    insecure_skip_tls_verify_backend: bool = False


class LogOptions(NamedTuple):
    """How targets are read. `query.timestamps` says whether a limit of bytes counts them, as kubectl's does.

    `is_hidden` tells of a line whether it will not be shown, so that `query.tail` does not count it.
    """

    query: LogQuery
    order: str = "arrival"  # or time; without follow it is always time
    max_requests: int = 50  # so many streams at once, the others wait for their turn
    start_timeout: float | None = None  # seconds to wait for a container to start; None without limit
    ignore_errors: bool = False
    plain: bool = False  # of a single target nothing but the bytes is wanted: `Raw` may come instead of `Lines`
    probe_after: float = 30.0  # seconds of silence after which a followed stream is looked after
    is_hidden: Callable[[bytes], bool] | None = None
    listed_at: float = -inf  # on the monotonic clock: the targets are pods that there were then, or later


class Lines(NamedTuple):
    """Lines of one target in their order, without newlines and timestamps.

    `times` are those of the kubelet, RFC 3339 with nanoseconds, one for each line; None for a log without (an archived
    one). `unfinished`: the last line ended without a newline, and so did the log.
    """

    target: Target
    lines: list[bytes]
    times: list[bytes] | None
    unfinished: bool = False


class Raw(NamedTuple):
    """Bytes of a single target's log as they are, not cut at lines."""

    target: Target
    chunk: bytes


class Event(NamedTuple):
    """What became of a target's stream.

    complete: every line of it has come. resumed: it broke off and went on without a loss. gap: lines may be missing.
    gone: the pod was deleted; `lossy` tells whether lines may be missing. deleted: it was, and what that means for the
    log is not known yet. waiting: it cannot be read yet, and why. failed: it cannot be read, for good. notice: a
    sentence about no target in particular.
    """

    target: Target | None
    kind: str
    detail: str = ""
    lossy: bool = False


def is_glob(word: str) -> bool:
    return any(character in word for character in "*?[")
