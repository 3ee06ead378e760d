"""From the rows of nodes and pods to the containers whose logs are meant."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from kubectl_argo_pods import log_places
from kubectl_argo_pods.containers import Container, containers, default_container, is_helper, set_members
from kubectl_argo_pods.pod import NodePod
from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.targets import Places, Target, Wanted, is_glob
from kubectl_argo_pods.workflow import Manifest, Node

MAIN = "main"
# What kubectl calls the containers that are not a pod's own.
KINDS = {"init": "init", "ephemeral": "ephem"}
# The nodes of the containers of the set that a row is the pod of, by their names.
Members = dict[str, Node]


class Found(NamedTuple):
    """The targets, and a sentence for each log that is meant but not to be had.

    `passed_over`: by namespace and name the pods that have no such container, with what they have.
    """

    targets: list[Target]
    missing: list[str]
    passed_over: dict[tuple[str, str], list[str]]


def targets(rows: list[NodePod], names: dict[str, str], wanted: Wanted, places: Places) -> Found:
    """The targets of rows whose pods come with their manifests; `names` says how each node id is called."""
    found: list[Target] = []
    missing: list[str] = []
    passed_over: dict[tuple[str, str], list[str]] = {}
    sets = {key: set_members(each) for key, each in {id(row.workflow): row.workflow for row in rows}.items()}
    for row in rows:
        members = sets[id(row.workflow)].get(row.node.id, {}) if row.node else {}
        if row.pod and row.pod.manifest and places.logs_from != "archive":
            theirs = [*_of_pod(row, members, names, wanted)]
            if not theirs:
                passed_over[row.workflow.namespace, row.name] = _valid(containers(row.pod.manifest))
        elif row.name:
            theirs = _without_pod(row, members, names, wanted, places)
            missing += [] if theirs else [_missing(row, members, names, wanted, places)]
        else:
            continue
        found += theirs
    return Found(_one_each(found), missing, passed_over)


def no_container(wanted: Wanted, pods: dict[tuple[str, str], list[str]]) -> str:
    """That none of these pods has such a container, in kubectl's words."""
    which = f"pod {next(iter(pods))[1]}" if len(pods) == 1 else f"any of {len(pods)} pods"
    valid = ", ".join(dict.fromkeys(name for names in pods.values() for name in names))
    return f"container {', '.join(wanted.globs)} is not valid for {which} out of: {valid}"


def _valid(known: list[Container]) -> list[str]:
    """The containers as kubectl lists them there (kubectl/pkg/cmd/util/podcmd, AllContainerNames)."""
    own = [each.name for each in known if each.kind == "container"]
    return own + [f"{each.name} ({KINDS[each.kind]})" for each in known if each.kind in KINDS]


def _of_pod(row: NodePod, members: Members, names: dict[str, str], wanted: Wanted) -> Iterator[Target]:
    assert row.pod and row.pod.manifest
    uid = str(row.pod.manifest["metadata"].get("uid") or "")
    for container in _meant(row.pod.manifest, row, members, wanted):
        yield _target(row, members.get(container.name, row.node), names, container)._replace(pod_uid=uid)


def _meant(pod: Manifest, row: NodePod, members: Members, wanted: Wanted) -> list[Container]:
    """The containers of a pod that are meant, in kubectl's order."""
    known = containers(pod)
    if wanted.globs:
        return [each for each in known if _is_like_one(each.name, wanted.globs)]
    users = [each for each in known if not is_helper(each.name)]
    own = [each for each in users if each.kind == "container"]
    if wanted.all:
        return users
    if members:
        return [each for each in own if each.name in members]
    if row.kind == "agent":
        return own
    if row.node and row.node.type == "Plugin":
        # The executor plugins run beside the agent's own container; which of them did it, the node does not tell.
        return [each for each in own if each.name != MAIN] or own
    name = default_container(pod, row.node)
    return [each for each in known if each.name == name]


def _is_like_one(name: str, globs: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, glob) for glob in globs)


def _target(row: NodePod, node: Node | None, names: dict[str, str], container: Container) -> Target:
    where, step = row.workflow, _called(row, node, names)
    # A run that is over may have no start any more that anybody knows of: then its node's is the nearest.
    started = container.started_at or (node.started_at if node else None)
    return Target(where.name, where.namespace, step, node, row.name, "", container.name, started, container)


def _called(row: NodePod, node: Node | None, names: dict[str, str]) -> str:
    return names.get(node.id, node.display_name) if node else f"({row.kind})"


def _without_pod(row: NodePod, members: Members, names: dict[str, str], wanted: Wanted, places: Places) -> list[Target]:
    """The targets of a pod that is gone or that nobody could look at."""
    origin = log_places.origin(row, places)
    kept = log_places.archived(row)
    if origin == "archive" and (not places.server or places.logs_from == "pod"):
        return []
    found = []
    for name in _stated(row, members, list(kept), wanted):
        if origin == "archive" and name not in kept:
            continue
        node = members.get(name, row.node)
        target = _target(row, node, names, log_places.unseen(name, node))._replace(origin=origin)
        found.append(target._replace(artifact=kept.get(name)))
    return found


def _stated(row: NodePod, members: Members, kept: list[str], wanted: Wanted) -> list[str]:
    """The containers that are meant of a pod that nobody could look at, as far as something states them."""
    own = [row.node.display_name] if row.node and row.node.type == "Container" else list(members)
    known = list(dict.fromkeys([*own, *kept, *([] if own or MAIN in kept else [MAIN])]))
    if wanted.globs:
        exact = [glob for glob in wanted.globs if not is_glob(glob)]
        return list(dict.fromkeys([*(name for name in known if _is_like_one(name, wanted.globs)), *exact]))
    return known if wanted.all else own or [MAIN if MAIN in known else known[0]]


def _missing(row: NodePod, members: Members, names: dict[str, str], wanted: Wanted, places: Places) -> str:
    asked = _stated(row, members, list(log_places.archived(row)), wanted)
    return log_places.missing(row, _called(row, row.node, names), asked, places)


def _one_each(found: list[Target]) -> list[Target]:
    """Each container once; one that several nodes share, as those of the agent, is called by none of them."""
    sharing: dict[tuple[str, str, str, str], list[Target]] = {}
    for target in found:
        sharing.setdefault(target.key, []).append(target)
    return [_shared(each) for each in sharing.values()]


def _shared(same: list[Target]) -> Target:
    several = len({each.node.id if each.node else "" for each in same}) > 1
    is_agents = any(each.node is None or each.node.type in ("HTTP", "Plugin") for each in same)
    return same[0]._replace(step="(agent)", node=None) if several and is_agents else same[0]
