"""What there is by now of what was asked for, in workflows at work, and what is still waited for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kubectl_argo_pods.errors import NoMatchError
from kubectl_argo_pods.options.selection import Filters
from kubectl_argo_pods.options.view import View
from kubectl_argo_pods.pod import NodePod
from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.rows import rows
from kubectl_argo_pods.sources.snapshot import Snapshot
from kubectl_argo_pods.without_nodes import may_have_nodes, waited_for


class Now(NamedTuple):
    """The rows that are there, and an error for each word of which there is no node yet."""

    rows: list[NodePod]
    misses: list[NoMatchError]

    def notices(self, shown: list[Snapshot]) -> list[str]:
        """What to say of the workflows: what is not known of them, and what is waited for while one is at work."""
        said = [notice for snapshot in shown for notice in snapshot.notices]
        if all(snapshot.workflow.ended for snapshot in shown):
            return said
        return said + ([f"{miss} (waiting for it)" for miss in self.misses] or list(self._without_nodes(shown)))

    def _without_nodes(self, shown: list[Snapshot]) -> Iterator[str]:
        for workflow in (snapshot.workflow for snapshot in shown):
            if not self.rows and not workflow.ended and not may_have_nodes(workflow):
                yield waited_for(workflow)


def by_now(shown: list[Snapshot], nodes: tuple[str, ...], filters: Filters, view: View) -> Now:
    """The rows that the NODE words and the filters leave; raises ForbiddenError and UsageError."""

    def of(words: tuple[str, ...]) -> list[NodePod]:
        return rows(shown, words, filters, all_nodes=view.all_nodes, orphans=view.orphans)

    try:
        return Now(of(nodes), [])
    except NoMatchError:
        # One of the words, at least: the rest of the time, one look is enough.
        misses = {word: error for word in nodes if (error := _miss(word, of))}
    present = tuple(word for word in nodes if word not in misses)
    return Now(of(present) if present else [], list(misses.values()))


def _miss(word: str, of: Callable[[tuple[str, ...]], list[NodePod]]) -> NoMatchError | None:
    try:
        of((word,))
    except NoMatchError as error:
        return error
    return None
