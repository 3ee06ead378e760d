"""Where a command is to run: the pods that are meant, and in each the container, running."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Mapping

from kubectl_argo_pods.asked import Asked, pod_query
from kubectl_argo_pods.errors import AmbiguousError, ConfigError, NoMatchError, TimedOutError, UsageError
from kubectl_argo_pods.options.selection import Filters
from kubectl_argo_pods.output.notices import print_notices
from kubectl_argo_pods.output.table import table
from kubectl_argo_pods.pod import NodePod, steps
from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.rows import rows
from kubectl_argo_pods.sources import PodQuery
from kubectl_argo_pods.sources.finding import find
from kubectl_argo_pods.sources.kube_pods import KubePods
from kubectl_argo_pods.terminal import is_terminal

# What can still run something; the API server knows no fieldSelector with `or`.
ACTIVE = "status.phase!=Succeeded,status.phase!=Failed"
FEW = 5


class Place(NamedTuple):
    """A pod; `name` is that of its step, with as much besides as tells it from the other places."""

    name: str
    row: NodePod

    @property
    def namespace(self) -> str:
        return self.row.workflow.namespace

    @property
    def pod(self) -> str:
        return self.row.name


def pods_of(meant: Asked) -> KubePods:
    """The cluster that the pods are in; raises ConfigError where none is configured."""
    if meant.sources.pods is None:
        raise ConfigError("no cluster is configured whose pods could be entered; name a kubeconfig with --kubeconfig")
    return meant.sources.pods


def the_one(meant: Asked, filters: Filters, wants_to_pick: bool, patience: float, environ: Mapping[str, str]) -> Place:
    """The one place that is meant, chosen on the terminal where there are several; raises AmbiguousError."""
    found = active(meant, filters, patience)
    if wants_to_pick and not has_user():
        raise UsageError("-F/--pick needs a terminal to choose on")
    if len(found) == 1 and not wants_to_pick:
        return found[0]
    lines = table([_cells(place) for place in found], HEADERS, HEADERS).splitlines()
    if has_user():
        from kubectl_argo_pods.picking import pick

        return found[pick(lines[0], lines[1:], environ)]
    listed = "\n".join(lines)
    raise AmbiguousError(f"{len(found)} pods match, and one is needed: name its step, or the pod itself\n{listed}")


def has_user() -> bool:
    """Whether there is someone who can be asked."""
    return is_terminal(sys.stdin) and is_terminal(sys.stderr)


HEADERS = ("STEP", "POD", "STATUS", "AGE")


def _cells(place: Place) -> tuple[str, ...]:
    pod = place.row.pod
    return place.name, place.pod, pod.status if pod else "<unknown>", pod.age if pod else "<unknown>"


def active(meant: Asked, filters: Filters, patience: float, include: str = "None") -> list[Place]:
    """The places that are meant and where something can still run; for a step that has no pod yet, after some seconds.

    With the whole pods for `include="Object"`, which spares asking for each. Raises NoMatchError that says why there is
    none, and TimedOutError.
    """
    query = pod_query(filters, include)
    query = query._replace(field_selector=",".join(filter(None, (query.field_selector, ACTIVE))))
    shown = find(meant.sources, meant.wanted, query, time.time())
    print_notices(notice for snapshot in shown for notice in snapshot.notices)
    found = places(rows(shown, meant.nodes, filters))
    if found:
        return found
    every = rows(find(meant.sources, meant.wanted, pod_query(filters, "None"), time.time()), meant.nodes, filters)
    coming = [row for row in every if _is_coming(row)]
    if places(every) or not coming or not meant.nodes or not hasattr(meant.sources.workflows, "watch"):
        raise NoMatchError(_why_none(meant, every))
    return _awaited(meant, filters, query, coming, patience)


def _is_coming(row: NodePod) -> bool:
    """Whether a node may still get a pod."""
    node = row.node
    return node is not None and not row.name and node.phase in ("Pending", "Running") and not row.workflow.ended


def _awaited(meant: Asked, filters: Filters, query: PodQuery, coming: list[NodePod], patience: float) -> list[Place]:
    from kubectl_argo_pods.sources.following import follow

    states = ", ".join(_states(coming))
    print_notices([f"waiting for a pod: {states}"])
    deadline = time.monotonic() + patience
    for shown in follow(meant.sources, meant.wanted, query, time.time):
        if found := places(rows(shown, meant.nodes, filters)):
            return found
        if time.monotonic() > deadline:
            raise TimedOutError(f"no pod after {patience:g} seconds of waiting: {states}")
    raise NoMatchError(f"no pod came before the workflow ended: {states}")


def places(found: Iterable[NodePod]) -> list[Place]:
    """The pods of rows that exist, or may where nobody could look; each container of a set is a place of its own."""
    listed = [row for row in found if row.name and row.exists is not False]
    one_each: dict[tuple[str, str, str], NodePod] = {}
    for row in listed:
        one_each.setdefault((row.workflow.namespace, row.name, _own_container(row)), row)
    ordered = list(one_each.values())
    return [Place(name, row) for name, row in zip(_names(ordered), ordered, strict=True)]


def _names(found: list[NodePod]) -> list[str]:
    several = len({(row.workflow.namespace, row.workflow.name) for row in found}) > 1
    names = [f"{row.workflow.name} {step}" if several else step for step, row in zip(steps(found), found, strict=True)]
    # A node has several pods where its pod was restarted or created anew.
    return [f"{name} {row.name}" if names.count(name) > 1 else name for name, row in zip(names, found, strict=True)]


def _own_container(row: NodePod) -> str:
    return row.node.display_name if row.node and row.node.type == "Container" else ""


def _why_none(meant: Asked, found: list[NodePod]) -> str:
    """Why no pod that is meant can run anything, and what to do instead."""
    there = places(found)
    if len(there) == 1:
        manifest = pods_of(meant).pod(there[0].namespace, there[0].pod)
        return completed(there[0], manifest["status"].get("phase") or "unknown")
    if there:
        return f"cannot exec into a container in a completed pod: {_pods([each.row for each in there])} completed"
    gone = [row for row in found if row.name]
    if gone:
        return f"{_pods(gone)} gone: nothing can run there any more"
    if meant.nodes and found:
        return f"no pod can be entered: {', '.join(_states(found)[:FEW])}"
    return "no pod matches; `kubectl argo-pods WORKFLOW` lists those there are"


def _states(found: list[NodePod]) -> list[str]:
    return [f'"{step}" is {row.node.phase}' for step, row in zip(steps(found), found, strict=True) if row.node]


def completed(place: Place, phase: str) -> str:
    """kubectl's sentence for a pod that has ended, and what can be done about it."""
    return (
        f"cannot exec into a container in a completed pod; current phase is {phase}; "
        f"`kubectl argo-pods logs {place.row.workflow.name} {place.pod}` prints what it wrote, and `kubectl debug "
        f"{place.pod} -it --copy-to={place.pod}-debug --container=main -- sh` starts a copy of it with a shell"
    )


def _pods(found: list[NodePod]) -> str:
    return f'pod "{found[0].name}" is' if len(found) == 1 else f"all {len(found)} pods that match are"
