"""Where the log of a pod is that is gone or that nobody could look at: archived, with the Argo Server, or lost."""

from __future__ import annotations

from collections.abc import Iterable

from kubectl_argo_pods.containers import Container
from kubectl_argo_pods.pod import NodePod
from kubectl_argo_pods.targets import Artifact, Places
from kubectl_argo_pods.workflow import FULFILLED, Node, Workflow

# The suffix of the artifacts that Argo keeps logs in: `main-logs`, in a containerSet one for each container.
ARCHIVED = "-logs"


def origin(row: NodePod, places: Places) -> str:
    """Where to look for the log of such a pod: pod, argo-server or archive."""
    if row.exists is False or places.logs_from == "archive":
        return "archive"
    if not places.server:
        return "pod"
    ended = row.node is not None and row.node.phase in FULFILLED
    return "archive" if ended and archived(row) and places.logs_from == "auto" else "argo-server"


def archived(row: NodePod) -> dict[str, Artifact]:
    """The artifacts that hold the logs of a row's pod, by the names of the containers that wrote them."""
    return kept(row.workflow, row.node)


def kept(workflow: Workflow, node: Node | None) -> dict[str, Artifact]:
    """The artifacts that hold logs of a node; those of a member of a containerSet are with the node of its pod."""
    holder = workflow.nodes.get(node.boundary_id) if node and node.type == "Container" else node
    if holder is None:
        return {}
    artifacts = (holder.manifest.get("outputs") or {}).get("artifacts") or []
    named = [str(each.get("name", "")) for each in artifacts]
    return {
        name.removesuffix(ARCHIVED): Artifact(workflow.uid, holder.id, name)
        for name in named
        if name.endswith(ARCHIVED)
    }


def unseen(name: str, node: Node | None) -> Container:
    """A container that is known by its node alone, whose phase stands for its state."""
    state = "terminated" if node is None or node.phase in FULFILLED else "running"
    if node and node.phase in ("Pending", ""):
        state = "waiting"
    started, finished = (node.started_at, node.finished_at) if node else (None, None)
    return Container(name, "container", state, "", started, finished, None, "", "", 0, "")


def missing(row: NodePod, step: str, names: Iterable[str], places: Places) -> str:
    """Why there is no log of a pod, and the way to it if there is one; `names` are the containers it would be of."""
    gone = "is gone" if row.exists is False else "cannot be looked at"
    found = archived(row)
    if places.logs_from == "pod":
        return f"{step}: the pod {row.name} {gone}; without --logs-from pod, an archived log would do"
    if not found or (places.server and not set(names) & found.keys()):
        what = f"of container {', '.join(names)}" if found else "of it"
        return f"{step}: the pod {row.name} {gone}, and no log {what} was archived"
    return f"{step}: the pod {row.name} {gone}, but its log is archived: name the Argo Server with -s to read it"
