"""Which nodes, and so which pods, are meant: the NODE words and the filters that every command shares."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from typing import NamedTuple

from kubectl_argo_pods.errors import NoMatchError, UsageError
from kubectl_argo_pods.graph import split_number
from kubectl_argo_pods.pods import NodePod
from kubectl_argo_pods.workflow import Node

# Types of nodes that run in a pod; the others only hold nodes.
LEAVES = frozenset({"Pod", "Container", "HTTP", "Plugin"})
# Those of the Workflow API (pkg/apis/workflow/v1alpha1/workflow_types.go).
PHASES = ("Pending", "Running", "Succeeded", "Skipped", "Failed", "Error", "Omitted")
TYPES = (
    *("Pod", "Container", "Steps", "StepGroup", "DAG", "TaskGroup", "Retry"),
    *("Skipped", "Suspend", "HTTP", "Plugin"),
)
PHASE_WORDS = {
    "@failed": ("Failed", "Error"),
    "@running": ("Running",),
    "@pending": ("Pending",),
    "@succeeded": ("Succeeded",),
}


class NodeFilters(NamedTuple):
    """What a node must be besides; an empty one lets every node pass."""

    phases: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    fields: str = ""


def select(node_pods: list[NodePod], words: Iterable[str]) -> list[NodePod]:
    """The rows that the NODE words mean, in their own order; raises NoMatchError for a name that means none."""
    chosen: set[int] = set()
    for word in words:
        found = _find(node_pods, word)
        # A word for a state filters: that no node is in it is an answer, not a mistake.
        if not found and not word.startswith("@"):
            raise NoMatchError(_no_match(node_pods, word))
        chosen.update(found)
    return [row for number, row in enumerate(node_pods) if number in chosen]


def _find(node_pods: list[NodePod], word: str) -> set[int]:
    if word.startswith("@"):
        return _by_state(node_pods, word)
    kind, _, rest = word.partition(":")
    if kind == "template" and rest:
        return _leaves(node_pods, lambda node: _has_template(node, rest))
    if kind == "param" and "=" in rest:
        name, _, value = rest.partition("=")
        return _leaves(node_pods, lambda node: _parameter(node, name) == value)
    return _by_name(node_pods, word)


def _leaves(node_pods: list[NodePod], meant: Callable[[Node], bool]) -> set[int]:
    rows = enumerate(node_pods)
    return {number for number, row in rows if row.node and row.node.type in LEAVES and meant(row.node)}


def _has_template(node: Node, glob: str) -> bool:
    return fnmatchcase(node.template, glob) or fnmatchcase(node.template.rpartition("/")[2], glob)


def _parameter(node: Node, name: str) -> str | None:
    parameters = (node.manifest.get("inputs") or {}).get("parameters") or []
    return next((str(p.get("value", "")) for p in parameters if p.get("name") == name), None)


def _by_state(node_pods: list[NodePod], word: str) -> set[int]:
    """The rows of an @WORD, which may be none; raises UsageError for an unknown word."""
    if word in PHASE_WORDS:
        return _one_row_a_pod(node_pods, _leaves(node_pods, lambda node: node.phase in PHASE_WORDS[word]))
    if word == "@first-failed":
        return _edge(node_pods, PHASE_WORDS["@failed"], lambda node: -(node.finished_at or float("inf")))
    if word == "@last":
        return _edge(node_pods, (), lambda node: node.started_at or 0.0)
    known = ", ".join([*PHASE_WORDS, "@first-failed", "@last"])
    raise UsageError(f'unknown NODE "{word}": the words that begin with @ are {known}')


def _one_row_a_pod(node_pods: list[NodePod], numbers: set[int]) -> set[int]:
    """The rows without the containers of a set whose own row is there."""
    ids = {node.id for number in numbers if (node := node_pods[number].node)}
    return {number for number in numbers if not _is_within(node_pods[number].node, ids)}


def _is_within(node: Node | None, ids: set[str]) -> bool:
    return node is not None and node.type == "Container" and node.boundary_id in ids


def _edge(node_pods: list[NodePod], phases: tuple[str, ...], rank: Callable[[Node], float]) -> set[int]:
    leaves = _leaves(node_pods, lambda node: node.type == "Pod" and (not phases or node.phase in phases))
    ranked = [(rank(node), -number, number) for number in leaves if (node := node_pods[number].node)]
    return {max(ranked)[2]} if ranked else set()


def _by_name(node_pods: list[NodePod], word: str) -> set[int]:
    """Exact names before tails before globs, so that a name with odd characters works as typed."""
    for means in (_is_named, _is_item_of, _ends_with, _is_like):
        named = {number for number, row in enumerate(node_pods) if means(row, word)}
        if named:
            return _expand(node_pods, named)
    return set()


def _names(row: NodePod) -> tuple[str, ...]:
    node = row.node
    # A node's name means the node itself, not the containers that share its pod.
    pod = () if not row.name or (node and node.type == "Container") else (row.name, f"pod/{row.name}")
    if node is None:
        return pod
    return (node.display_name, node.name, node.id, f"node/{node.display_name}", f"node/{node.name}", *pod)


def _is_named(row: NodePod, word: str) -> bool:
    return word in _names(row)


def _is_item_of(row: NodePod, word: str) -> bool:
    """The items of a loop by its name: in Steps, unlike in a DAG, no node of that name holds them."""
    if row.node is None:
        return False
    loop, number = split_number(row.node.display_name)
    return number >= 0 and loop == word


def _ends_with(row: NodePod, word: str) -> bool:
    tail = word.removeprefix("node/")
    return row.node is not None and row.node.name.endswith(("." + tail, "]" + tail))


def _is_like(row: NodePod, word: str) -> bool:
    return any(character in word for character in "*?[") and any(fnmatchcase(name, word) for name in _names(row))


def _expand(node_pods: list[NodePod], numbers: set[int]) -> set[int]:
    """A node with a pod means itself, a retry node its last attempt, a parent the pods under it."""
    by_id: dict[str, list[int]] = {}
    for number, row in enumerate(node_pods):
        if row.node:
            by_id.setdefault(row.node.id, []).append(number)
    meant: set[int] = set()
    for number in numbers:
        node = node_pods[number].node
        if node is None or node.type not in _PARENTS:
            meant.add(number)
        else:
            meant.update(_under(node_pods, by_id, node))
    # A parent that has nothing under it stands for itself: its phase is the answer.
    return meant or numbers


_PARENTS = frozenset({"Steps", "StepGroup", "DAG", "TaskGroup", "Retry"})


def _under(node_pods: list[NodePod], by_id: dict[str, list[int]], top: Node) -> set[int]:
    """The rows with a pod below a parent: a retry node's last attempt, all that runs within another."""
    found: set[int] = set()
    nodes = {row.node.id: row.node for row in node_pods if row.node}
    members = _members(nodes)
    stack, seen = ([_last_attempt(top, nodes)] if top.type == "Retry" else [top.id]), set[str]()
    while stack:
        id_ = stack.pop()
        if id_ in seen or id_ not in nodes:
            continue
        seen.add(id_)
        if nodes[id_].type in LEAVES and nodes[id_].type != "Container":
            found.update(by_id[id_])
        stack.extend(members.get(id_, ()))
    return {number for number in found if node_pods[number].name}


def _members(nodes: dict[str, Node]) -> dict[str, list[str]]:
    """What each parent holds: the nodes within its boundary, and the children that bear its name."""
    members: dict[str, list[str]] = {}
    for node in nodes.values():
        if node.boundary_id and node.boundary_id != node.id:
            members.setdefault(node.boundary_id, []).append(node.id)
        if node.type in ("StepGroup", "TaskGroup", "Retry"):
            held = (child for child in node.children if child in nodes and nodes[child].name.startswith(node.name))
            members.setdefault(node.id, []).extend(held)
    return members


def _last_attempt(retry: Node, nodes: dict[str, Node]) -> str:
    attempts = [nodes[child] for child in retry.children if child in nodes]
    own = [node for node in attempts if node.name.startswith(retry.name + "(")]
    return max(own, key=lambda node: split_number(node.display_name)[1]).id if own else ""


def narrow(node_pods: Iterable[NodePod], filters: NodeFilters) -> list[NodePod]:
    """The rows whose node passes every filter; rows without a node pass only where there is none."""
    if filters == NodeFilters():
        return list(node_pods)
    _refuse_unknown("--phase", filters.phases, PHASES)
    _refuse_unknown("--type", filters.types, TYPES)
    requirements = _parse_fields(filters.fields)
    return [row for row in node_pods if row.node and _passes(row.node, filters, requirements)]


def _refuse_unknown(flag: str, given: tuple[str, ...], known: tuple[str, ...]) -> None:
    for word in given:
        if word.lower() not in {each.lower() for each in known}:
            raise UsageError(f'unknown {flag} "{word}": it is one of {", ".join(known)}')


def _passes(node: Node, filters: NodeFilters, requirements: list[tuple[str, bool, str]]) -> bool:
    return (
        (not filters.phases or node.phase.lower() in {phase.lower() for phase in filters.phases})
        and (not filters.types or node.type.lower() in {type_.lower() for type_ in filters.types})
        and (not filters.templates or any(_has_template(node, glob) for glob in filters.templates))
        and all((_field(node, key) == value) is equal for key, equal, value in requirements)
    )


def _parse_fields(text: str) -> list[tuple[str, bool, str]]:
    """The requirements KEY=VALUE, KEY==VALUE, KEY!=VALUE of `argo get --node-field-selector`."""
    requirements = []
    for part in filter(None, text.split(",")):
        for operator in ("!=", "==", "="):
            key, found, value = part.partition(operator)
            if found:
                requirements.append((_known_field(key), operator != "!=", value))
                break
        else:
            raise UsageError(f'invalid --node-field-selector "{part}": it must be KEY=VALUE or KEY!=VALUE')
    return requirements


FIELDS: dict[str, Callable[[Node], str]] = {
    "displayName": lambda node: node.display_name,
    "templateName": lambda node: node.manifest.get("templateName") or "",
    "templateRef.name": lambda node: (node.manifest.get("templateRef") or {}).get("name") or "",
    "templateRef.template": lambda node: (node.manifest.get("templateRef") or {}).get("template") or "",
    "phase": lambda node: node.phase,
    "name": lambda node: node.name,
    "id": lambda node: node.id,
    "type": lambda node: node.type,
    "hostNodeName": lambda node: node.host,
}


def _known_field(key: str) -> str:
    parts = key.split(".")
    if key in FIELDS or (parts[:2] == ["inputs", "parameters"] and len(parts) > 3 and parts[-1] == "value"):
        return key
    known = ", ".join([*FIELDS, "inputs.parameters.NAME.value"])
    raise UsageError(f'unknown key "{key}" in --node-field-selector; the keys are {known}')


def _field(node: Node, key: str) -> str:
    if read := FIELDS.get(key):
        return read(node)
    return _parameter(node, key.removeprefix("inputs.parameters.").removesuffix(".value")) or ""


def _workflow_name(node_pods: list[NodePod]) -> str:
    return node_pods[0].workflow.name if node_pods else ""


def _no_match(node_pods: list[NodePod], word: str) -> str:
    names = [row.node.display_name for row in node_pods if row.node] + [row.name for row in node_pods if row.name]
    hint = near_misses(word, names)
    where = f'no node or pod "{word}" in workflow "{_workflow_name(node_pods)}"' if node_pods else f'no node "{word}"'
    return where + (hint or "; `--all-nodes` lists every node")


def _stem(name: str) -> str:
    return name.partition("(")[0].rpartition("-")[0] or name


def near_misses(word: str, names: Iterable[str]) -> str:
    """`; did you mean "a" or "b"?`, or nothing where no name is near."""
    from difflib import get_close_matches  # 5 ms, and only a mistake pays them

    known = list(dict.fromkeys(name for name in names if name))
    near = [name for name in known if word and word in name][:3]
    if not near:
        # What Argo appends to a name (`-7k2lp`, `(0:item)`) is not what people mistype.
        spellings = {spelling: name for name in reversed(known) for spelling in (name, _stem(name))}
        near = [spellings[spelling] for spelling in get_close_matches(word, spellings, n=3, cutoff=0.6)]
        near = list(dict.fromkeys(near))
    return f"; did you mean {' or '.join(chr(34) + name + chr(34) for name in near)}?" if near else ""


class Shown(NamedTuple):
    """What a list shows where no NODE is named: nodes without pods, orphans, and, with `live`, only pods that exist."""

    all_nodes: bool = False
    containers: bool = False
    orphans: bool = False
    live: bool = False


def listed(workflows: list[list[NodePod]], words: tuple[str, ...], shown: Shown) -> list[NodePod]:
    """The rows of several workflows that are meant; a NODE word must mean something in one of them."""
    if words:
        rows = _select_in_each(workflows, words)
    else:
        rows = [row for node_pods in workflows for row in node_pods if _is_shown(row, shown)]
    return [row for row in rows if row.pod] if shown.live else rows


def _select_in_each(workflows: list[list[NodePod]], words: tuple[str, ...]) -> list[NodePod]:
    found: list[NodePod] = []
    misses: list[NoMatchError] = []
    for node_pods in workflows:
        try:
            found += select(node_pods, words)
        except NoMatchError as error:
            misses.append(error)
    if misses and not found:
        raise misses[0]
    return found


def _is_shown(row: NodePod, shown: Shown) -> bool:
    """Pods there are or were, one row for each pod of a containerSet; more where it is asked for."""
    if row.kind == "orphan":
        return shown.orphans
    if shown.all_nodes:
        return True
    is_container = row.node is not None and row.node.type == "Container"
    return bool(row.name) and (shown.containers or not is_container)
