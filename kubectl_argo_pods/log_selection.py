"""Which logs a command line means, of workflows as they are now, and again as they change."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable

from kubectl_argo_pods import attempts
from kubectl_argo_pods.containers import set_members
from kubectl_argo_pods.errors import NoMatchError
from kubectl_argo_pods.finality import settled
from kubectl_argo_pods.graph import families
from kubectl_argo_pods.log_places import kept
from kubectl_argo_pods.log_rules import Meant
from kubectl_argo_pods.log_targets import no_container, targets
from kubectl_argo_pods.pod import NodePod, called
from kubectl_argo_pods.rows import chosen, joined
from kubectl_argo_pods.selection import named
from kubectl_argo_pods.shown import select_in_each
from kubectl_argo_pods.sources.snapshot import Snapshot
from kubectl_argo_pods.targets import Artifact, Key, Selected, Target
from kubectl_argo_pods.without_nodes import no_node, nothing_found, waited_for
from kubectl_argo_pods.workflow import FULFILLED, LEAVES, Node, Workflow

MOST_NAMES = 5


class LogSelection:
    """To be called with the workflows and their pods, each time that they have changed; `list_anew` asks for them.

    A log that was once found on a pod is not looked for elsewhere when the pod is gone.
    """

    def __init__(self, meant: Meant, list_anew: Callable[[list[Snapshot]], list[Snapshot]]) -> None:
        self._meant = meant
        self._list_anew = list_anew
        self._gone: set[tuple[str, str]] | None = None  # pods that are known to be gone
        self._known: dict[Key, Target] = {}
        self._on_pods: set[tuple[str, str, str]] = set()
        self._passed_over: dict[tuple[str, str], list[str]] = {}  # pods without such a container, and what they have
        self._rows: list[NodePod] = []
        self._workflows: list[list[NodePod]] = []
        self._ever: set[tuple[str, str, str]] = set()  # nodes that were meant at some time: some words mean a state
        self._snapshots: list[Snapshot] = []
        self._anew: dict[str, Snapshot] = {}  # what was listed anew, by the uids of the workflows
        self.missing: list[str] = []
        self.has_several = False

    def __call__(self, snapshots: list[Snapshot]) -> Selected:
        """The targets that are meant now; raises NoMatchError for a NODE that cannot come any more."""
        self._snapshots = snapshots = [self._latest(each) for each in snapshots]
        workflows = joined(snapshots, self._meant.filters)
        ended = all(snapshot.workflow.ended for snapshot in snapshots)
        present, notices = self._present(workflows, ended or not self._meant.follow)
        rows = self._chosen(workflows, present)
        if self._is_in_doubt(rows):
            anew = self._list_anew(snapshots)
            self._anew |= {each.workflow.uid: each for each in anew}
            return self(anew)
        names = {id_: name for each in workflows for id_, name in _names(each).items()}
        found = targets(self._readable(rows), names, self._meant.wanted, self._meant.places)
        self._rows, self._workflows = rows, workflows
        self._ever |= {(row.workflow.namespace, row.workflow.name, row.node.id) for row in rows if row.node}
        self.missing = found.missing
        self._passed_over |= found.passed_over
        was_told_apart = bool(self._known) and self.has_several
        mine = [self._as_known(target) for target in found.targets]
        notices += self._waited_for(workflows)
        notices += [*(notice for snapshot in snapshots for notice in snapshot.notices), *_of_archive(mine)]
        lost = {row.node.id: row.name for row in self._lost(rows) if row.node}
        settled = bool(present) and present == self._meant.nodes
        final = ended or (settled and all(self._is_settled(each, lost) for each in workflows))
        notices += [_without_pod(names[id_], name, final) for id_, name in lost.items()]
        may_become_more = self._meant.follow and not final and not self._names_one(workflows)
        notices += self._without_container(may_become_more)
        self.has_several = was_told_apart or len(self._known) > 1 or may_become_more
        listed = self._listed()
        return Selected(mine, final, notices, listed if self._lists_all else None, listed)

    @property
    def snapshots(self) -> list[Snapshot]:
        """The workflows that the last call was about."""
        return self._snapshots

    def phases(self) -> set[str]:
        """The phases of what was meant at any time: of the workflows where no NODE was named; else of nodes."""
        if not self._meant.nodes:
            return {each.workflow.phase for each in self._snapshots}
        return {phase for each in self._workflows if each for phase in self._outcomes(each)}

    def unknown(self) -> list[str]:
        """The workflows that were deleted before what is meant of them had ended."""
        at_work = {id(row.workflow) for row in self._rows if row.node and row.node.phase not in FULFILLED}
        return [
            each.workflow.name
            for each in self._snapshots
            if each.cut_off and (not self._meant.nodes or not self._rows or id(each.workflow) in at_work)
        ]

    @property
    def is_in_vain(self) -> bool:
        """Whether at no time there was a log of what is meant, nor could one have been lost."""
        return not (self._known or self.missing or any(each.cut_off for each in self._snapshots))

    def nothing(self, place: str) -> str:
        """That there are no logs, and why if that can be told; `place` is where was looked."""
        if len(self._snapshots) != 1 or self._rows:
            return f"No logs found {place}."
        return nothing_found("logs", self._snapshots[0].workflow)

    def artifact_of(self, target: Target) -> Artifact | None:
        """Where the log of a target is archived, as the workflow tells by now.

        Argo makes a pod anew that is deleted before it has taken notice of it; what is archived is of the last one.
        """
        named = (target.namespace, target.pod, target.container)
        if any((key[0], key[1], key[3]) == named and key != target.key for key in self._known):
            return None
        for workflow in (each.workflow for each in self._snapshots):
            if target.node and (workflow.namespace, workflow.name) == (target.namespace, target.workflow):
                return kept(workflow, workflow.nodes.get(target.node.id)).get(target.container)
        return None

    def is_at_work(self, target: Target) -> bool:
        """Whether Argo has not ended the node of a target, so that its log may yet be archived."""
        return any(
            not each.workflow.ended
            and target.node.id in each.workflow.nodes
            and each.workflow.nodes[target.node.id].phase not in FULFILLED
            for each in self._snapshots
            if target.node and (each.workflow.namespace, each.workflow.name) == (target.namespace, target.workflow)
        )

    def without_pods(self) -> list[str]:
        """The nodes that are meant and have no pod, with what they are instead."""
        return [self._instead(row.node, row.workflow) for row in self._rows if row.node and not row.name]

    def _instead(self, node: Node, workflow: Workflow) -> str:
        lacks = attempts.lacking(node, families(workflow), self._meant.attempts) if self._meant.attempts else ""
        return f"{node.display_name} has {lacks}" if lacks else f"{node.display_name} is {node.phase or 'Pending'}"

    def _outcomes(self, node_pods: list[NodePod]) -> set[str]:
        workflow = node_pods[0].workflow
        meant = [each for each in workflow.nodes.values() if (workflow.namespace, workflow.name, each.id) in self._ever]
        if isinstance(self._meant.attempts, attempts.Numbered):
            return {each.phase for each in meant}
        own = {node.id for word in self._meant.nodes for node in named(node_pods, word)}
        family = families(workflow)
        return {attempts.outcome(each, family, own) for each in meant}

    def _present(self, workflows: list[list[NodePod]], must_be: bool) -> tuple[tuple[str, ...], list[str]]:
        """The NODE words that mean something, and what to say of the others."""
        present: list[str] = []
        notices: list[str] = []
        for word in self._meant.nodes:
            try:
                select_in_each(workflows, (word,))
                present.append(word)
            except NoMatchError as error:
                if must_be:
                    raise self._without_nodes(word, workflows) or error from None
                notices += [f"{error} (waiting for it)"] if any(workflows) else []
        return tuple(present), notices

    def _without_nodes(self, word: str, workflows: list[list[NodePod]]) -> NoMatchError | None:
        """Where there is no node at all it is not the word that is wrong."""
        if any(workflows) or len(self._snapshots) != 1:
            return None
        why = "it was deleted" if self._snapshots[0].cut_off else ""
        return no_node(word, self._snapshots[0].workflow, why)

    def _waited_for(self, workflows: list[list[NodePod]]) -> list[str]:
        """That a workflow that is followed has no nodes yet."""
        return [
            waited_for(each.workflow)
            for each, rows in zip(self._snapshots, workflows, strict=True)
            if self._meant.follow and not rows and not each.workflow.ended
        ]

    def _without_container(self, may_come: bool) -> list[str]:
        """That a pod with the container that is meant is waited for; raises NoMatchError where none can come."""
        if self._known or self.missing or not self._passed_over:
            return []
        if not may_come:
            raise NoMatchError(no_container(self._meant.wanted, self._passed_over))
        return [f"no pod has a container {', '.join(self._meant.wanted.globs)} yet (waiting for one)"]

    def _latest(self, each: Snapshot) -> Snapshot:
        """The snapshot, or the one that was listed anew, which may be newer than what a watch tells next."""
        anew = self._anew.get(each.workflow.uid)
        return anew if anew and _is_older(each.workflow, anew.workflow) else each

    def _chosen(self, workflows: list[list[NodePod]], present: tuple[str, ...]) -> list[NodePod]:
        if self._meant.nodes and not present:
            return []
        stated = self._meant.attempts
        within = stated or (attempts.last if present else None)
        rows = chosen(workflows, present, self._meant.filters, attempts=within)
        if stated is None:
            return rows
        held = {id(each[0].workflow): attempts.pruned(families(each[0].workflow), stated) for each in workflows if each}
        return [row for row in rows if row.node is None or attempts.is_meant(row.node, held[id(row.workflow)])]

    def _is_in_doubt(self, rows: list[NodePod]) -> bool:
        """Whether a node is done before its pod was ever listed, or at work without the pod that was read: the one list
        may lag behind the other. Not of what comes with the first list."""
        without = [row for row in self._readable(rows) if row.name and row.exists is False] + self._lost(rows)
        gone = {(row.workflow.namespace, row.name) for row in without}
        known, self._gone = self._gone, gone | (self._gone or set())
        return known is not None and not gone <= known

    def _readable(self, rows: Iterable[NodePod]) -> list[NodePod]:
        """The rows without those of pods whose logs were found when they were there, or that may come yet."""
        if not self._meant.follow:
            return list(rows)
        return [row for row in rows if row.pod or not (self._was_read(row) or _may_come(row))]

    def _was_read(self, row: NodePod) -> bool:
        return (row.workflow.namespace, row.name) in self._passed_over or any(
            (row.workflow.namespace, row.name) == each[:2] for each in self._on_pods
        )

    def _as_known(self, target: Target) -> Target:
        """A target keeps the place where its log was first found."""
        first = self._known.setdefault(target.key, target)
        if target.pod_uid:
            self._on_pods.add((target.namespace, target.pod, target.container))
        return target._replace(origin=first.origin, artifact=first.artifact or target.artifact)

    def _names_one(self, workflows: list[list[NodePod]]) -> bool:
        """Whether no second log can come: the one NODE word names one node that runs in a pod, and one container."""
        if len(self._meant.nodes) != 1 or self._meant.wanted.several():
            return False
        found = [(each[0].workflow, node) for each in workflows for node in named(each, self._meant.nodes[0])]
        return len(found) == 1 and all(node.type in LEAVES and node.id not in set_members(of) for of, node in found)

    def _lost(self, rows: list[NodePod]) -> list[NodePod]:
        """The rows of nodes that run and whose pods are gone, though they were read."""
        if not self._lists_all or not self._meant.nodes:
            return []
        gone = [row for row in rows if row.exists is False and self._was_read(row)]
        return [row for row in gone if row.node and row.node.phase == "Running"]

    def _listed(self) -> frozenset[str] | None:
        """The uids of the pods, where they can be listed."""
        if any(each.pods is None for each in self._snapshots):
            return None
        pods = (pod.metadata or {} for each in self._snapshots for pod in each.pods or [])
        return frozenset(metadata.get("uid") or "" for metadata in pods)

    @property
    def _lists_all(self) -> bool:
        """Whether what is not listed is gone, and not just no longer selected."""
        return not (self._meant.filters.selector or self._meant.filters.field_selector)

    def _is_settled(self, node_pods: list[NodePod], lost: Container[str]) -> bool:
        filters, workflow = self._meant.filters, node_pods[0].workflow if node_pods else None
        if workflow is None or workflow.ended:
            return workflow is not None
        if filters.phase or filters.type or filters.template or filters.node_field_selector:
            return False
        found = [named(node_pods, word) for word in self._meant.nodes]
        done: Container[str] = () if self._meant.outcome else lost
        return all(found) and settled(workflow, (node for nodes in found for node in nodes), done)


def _is_older(one: Workflow, other: Workflow) -> bool:
    """By their versions, which are numbers that grow (kubernetes.io/docs/reference/using-api/api-concepts)."""
    versions = one.resource_version, other.resource_version
    return all(map(str.isdecimal, versions)) and int(versions[0]) < int(versions[1])


def _without_pod(step: str, pod: str, final: bool) -> str:
    return f"{step}: the pod {pod} was deleted" if final else f"{step}: waiting for Argo, since its pod was deleted"


def _names(node_pods: list[NodePod]) -> dict[str, str]:
    return called(node_pods[0].workflow) if node_pods else {}


def _may_come(row: NodePod) -> bool:
    """Whether the pod of a row without one may be about to come: the list of pods may lag behind the workflow."""
    return row.exists is False and row.node is not None and row.node.phase not in FULFILLED


def _of_archive(found: list[Target]) -> list[str]:
    """That logs come from the archive, which has no times and may be shorter."""
    names = list(dict.fromkeys(target.step for target in found if target.origin == "archive"))
    if not names:
        return []
    shown = ", ".join(names[:MOST_NAMES]) + (", ..." if len(names) > MOST_NAMES else "")
    return [f"archived {'log' if len(names) == 1 else 'logs'}, without times: {shown}"]
