"""The containers of a pod: which there are, in what state, and which one is meant where none is named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kubectl_argo_pods.errors import ManifestError
from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.workflow import Manifest, Node, Workflow, parse_time

# kubectl's own annotation (kubectl/pkg/cmd/util/podcmd); Argo writes it on its pods from v3.3 on.
DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"
# What Argo adds to a pod of its own (workflow/controller/workflowpod.go); `supervisor` is that of init-less pods.
HELPERS = ("init", "wait", "supervisor")
HELPERS_OF_PLUGINS = ("artifact-plugin-", "init-artifact-")
# The kinds of containers, in kubectl's order, with the fields of the spec and of the status that list them.
KINDS = (
    ("init", "initContainers", "initContainerStatuses"),
    ("container", "containers", "containerStatuses"),
    ("ephemeral", "ephemeralContainers", "ephemeralContainerStatuses"),
)


class Container(NamedTuple):
    """A container and its current run; times are epoch seconds.

    `state` is waiting, running, terminated or, as long as the kubelet has said nothing of it, "".
    """

    name: str
    kind: str  # init, container or ephemeral
    state: str
    id: str  # of the current run, like containerd://...; "" before the first
    started_at: float | None
    finished_at: float | None
    exit_code: int | None
    reason: str
    message: str
    restarts: int
    previous_id: str  # of the run before, where there was one
    previous_started_at: float | None = None


def containers(pod: Manifest) -> list[Container]:
    """The containers of a pod's manifest, in kubectl's order: init, then its own, then ephemeral ones."""
    return list(_containers(pod))


def is_older(one: Container, other: Container) -> bool:
    """Whether the first of two states of a container is the earlier one: of a run before, or of one that has ended."""
    runs_again = one.state == "running" and other.state == "terminated" and one.id == other.id
    return one.restarts < other.restarts or runs_again


def _containers(pod: Manifest) -> Iterator[Container]:
    spec, status = pod.get("spec") or {}, pod.get("status") or {}
    for kind, field, statuses in KINDS:
        said = {each.get("name"): each for each in status.get(statuses) or []}
        for container in spec.get(field) or []:
            yield _container(container["name"], kind, said.get(container["name"]) or {})


def _container(name: str, kind: str, status: Manifest) -> Container:
    state, details = next(((key, value or {}) for key, value in (status.get("state") or {}).items()), ("", {}))
    previous = (status.get("lastState") or {}).get("terminated") or {}
    return Container(
        name,
        kind,
        state,
        status.get("containerID") or details.get("containerID") or "",
        parse_time(details.get("startedAt")),
        parse_time(details.get("finishedAt")),
        details.get("exitCode"),
        details.get("reason") or "",
        details.get("message") or "",
        status.get("restartCount") or 0,
        previous.get("containerID") or "",
        parse_time(previous.get("startedAt")),
    )


def is_helper(name: str) -> bool:
    """Whether a container is one of Argo's own, which does its bookkeeping beside the user's."""
    return name in HELPERS or name.startswith(HELPERS_OF_PLUGINS)


def set_members(workflow: Workflow) -> dict[str, dict[str, Node]]:
    """By the id of the node of each containerSet, the nodes of its containers by their names."""
    found: dict[str, dict[str, Node]] = {}
    for node in workflow.nodes.values():
        # Its children do not tell: what depends on others is a child of theirs (controller/container_set_template.go).
        if node.type == "Container":
            found.setdefault(node.boundary_id, {})[node.display_name] = node
    return found


def default_container(pod: Manifest, node: Node | None) -> str:
    """The container that is meant where none is named; raises ManifestError for a pod without containers.

    A member of a containerSet means its own container. Else it is the one of the annotation, as for kubectl, then
    `main`, which Argo runs a template in, then the last that is none of Argo's own.
    """
    names = [container["name"] for container in (pod.get("spec") or {}).get("containers") or []]
    metadata = pod.get("metadata") or {}
    stated = (metadata.get("annotations") or {}).get(DEFAULT_CONTAINER)
    own = node.display_name if node and node.type == "Container" else ""
    found = next((name for name in (own, stated, "main") if name in names), "") or _last_of_the_users(names)
    if not found:
        raise ManifestError(f'pod "{metadata.get("name", "")}" has no containers')
    return str(found)


def _last_of_the_users(names: Iterable[str]) -> str:
    listed = list(names)
    users = [name for name in listed if not is_helper(name)]
    return (users or listed or [""])[-1]
