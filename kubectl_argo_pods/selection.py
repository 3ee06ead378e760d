"""Which nodes, and so which pods, the NODE words mean: the grammar that every command shares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase

from kubectl_argo_pods.attempts import Attempts, last, pruned
from kubectl_argo_pods.errors import NoMatchError, UsageError
from kubectl_argo_pods.filters import has_template
from kubectl_argo_pods.graph import Families, families, split_number, within
from kubectl_argo_pods.pod import NodePod
from kubectl_argo_pods.spelling import near_misses
from kubectl_argo_pods.workflow import LEAVES, PARENTS, Node, parameters

# How kubectl lets one write that a name is a pod's.
POD_KINDS = ("pod/", "pods/", "po/")
PHASE_WORDS = {
    "@failed": ("Failed", "Error"),
    "@running": ("Running",),
    "@pending": ("Pending",),
    "@succeeded": ("Succeeded",),
}


def select(node_pods: list[NodePod], words: Iterable[str], attempts: Attempts | None = None) -> list[NodePod]:
    """The rows that the NODE words mean, in their own order; raises NoMatchError for a name that means none.

    A retry node means its last attempt, and what holds it all of them; `attempts` says otherwise for both.
    """
    chosen: set[int] = set()
    for word in words:
        found = _find(node_pods, word, attempts)
        # A word for a state filters: that no node is in it is an answer, not a mistake.
        if not found and not word.startswith("@"):
            raise NoMatchError(_no_match(node_pods, word))
        chosen.update(found)
    return [row for number, row in enumerate(node_pods) if number in chosen]


def _find(node_pods: list[NodePod], word: str, attempts: Attempts | None) -> set[int]:
    if word.startswith("@"):
        return _by_state(node_pods, word)
    kind, _, rest = word.partition(":")
    if kind == "template" and rest:
        return _by_template(node_pods, rest, attempts)
    if kind == "param" and "=" in rest:
        name, _, value = rest.partition("=")
        return _leaves(node_pods, lambda node: parameters(node).get(name) == value)
    return _expand(node_pods, _by_name(node_pods, word), attempts)


def _leaves(node_pods: list[NodePod], meant: Callable[[Node], bool]) -> set[int]:
    rows = enumerate(node_pods)
    return {number for number, row in rows if row.node and row.node.type in LEAVES and meant(row.node)}


def _by_template(node_pods: list[NodePod], glob: str, attempts: Attempts | None) -> set[int]:
    """The nodes of these templates; of those that hold others, the pods under them."""
    rows = enumerate(node_pods)
    parents = {number for number, row in rows if row.node and row.node.type in PARENTS and has_template(row.node, glob)}
    return _leaves(node_pods, lambda node: has_template(node, glob)) | _expand(node_pods, parents, attempts)


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
            return named
    return set()


def _names(row: NodePod) -> tuple[str, ...]:
    node = row.node
    # A node's name means the node itself, not the containers that share its pod.
    is_container = node is not None and node.type == "Container"
    pod = () if not row.name or is_container else (row.name, *(f"{kind}{row.name}" for kind in POD_KINDS))
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


def _expand(node_pods: list[NodePod], numbers: set[int], attempts: Attempts | None) -> set[int]:
    """A node with a pod means itself, a retry node its last attempt, a parent the pods under it."""
    parents = [node for number in numbers if (node := node_pods[number].node) and node.type in PARENTS]
    if not parents:
        return numbers
    family = families(node_pods[0].workflow)
    if attempts:
        held = pruned(family, attempts)
        under = {node.id for parent in parents for node in within(parent, held)}
    else:
        under = {node.id for parent in parents for node in _meant_by(parent, family)}
    meant = {number for number in numbers if (node := node_pods[number].node) is None or node.type not in PARENTS}
    meant.update(number for number, row in enumerate(node_pods) if _runs_one_of(row, under))
    # A parent that has nothing under it stands for itself: its phase is the answer.
    return meant or numbers


def _meant_by(parent: Node, family: Families) -> Iterator[Node]:
    """What runs within a parent; within a retry node, its last attempt alone."""
    if parent.type != "Retry":
        yield from within(parent, family)
    else:
        for attempt in last(family.members.get(parent.id, [])):
            yield from within(attempt, family)


def _runs_one_of(row: NodePod, ids: set[str]) -> bool:
    """Whether the row is the pod of such a node; containers of a set are in the row of their pod."""
    node = row.node
    return bool(row.name) and node is not None and node.id in ids and node.type in LEAVES and node.type != "Container"


def _workflow_name(node_pods: list[NodePod]) -> str:
    return node_pods[0].workflow.name if node_pods else ""


def _no_match(node_pods: list[NodePod], word: str) -> str:
    if not node_pods:
        return f'no node "{word}"'
    sought, hint = _sought(node_pods, word)
    return f'no {sought} in workflow "{_workflow_name(node_pods)}"' + (hint or "; `--all-nodes` lists every node")


def _sought(node_pods: list[NodePod], word: str) -> tuple[str, str]:
    """What a word names, and what it may have meant of what there is."""
    nodes = [row.node for row in node_pods if row.node]
    kind, _, rest = word.partition(":")
    if kind == "template" and rest:
        templates = [node.template for node in nodes if node.type in LEAVES | PARENTS]
        return f'node of a template "{rest}"', near_misses(rest, templates) or _known("its templates", templates)
    if kind == "param" and "=" in rest:
        name, _, value = rest.partition("=")
        given = [parameters(node) for node in nodes]
        values = [each[name] for each in given if name in each]
        names = [known for each in given for known in each]
        hint = _known(f"the values of {name}", values) or _known("its parameters", names)
        return f'node with the parameter {name}="{value}"', hint
    names = [node.display_name for node in nodes] + [row.name for row in node_pods if row.name]
    return f'node or pod "{word}"', near_misses(word, names)


def _known(what: str, names: list[str]) -> str:
    known = sorted({name for name in names if name})
    more = f" and {len(known) - 5} more" if len(known) > 5 else ""
    return f"; {what}: {', '.join(known[:5])}{more}" if known else ""


def named(node_pods: list[NodePod], word: str) -> list[Node]:
    """The nodes that a word names itself, as opposed to those that a pattern or a state finds.

    Of a loop in Steps, which has no node, these are its items and the group of steps that they are of.
    """
    found = [row.node for row in node_pods if row.node and _is_named(row, word)]
    if found or not node_pods:
        return found
    items = [row.node for row in node_pods if row.node and _is_item_of(row, word)]
    family = families(node_pods[0].workflow)
    holders = {family.parents.get(item.id, "") for item in items}
    return [*items, *(family.nodes[id_] for id_ in holders if id_ in family.nodes)]
