"""Workflows and their pods as they change, until the workflows have ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.sources import PodQuery, Sources
from kubectl_argo_pods.sources.finding import Wanted, find
from kubectl_argo_pods.sources.snapshot import Snapshot, have_ended


def follow(
    sources: Sources, wanted: Wanted, query: PodQuery, clock: Callable[[], float], seconds: float | None = None
) -> Iterator[list[Snapshot]]:
    """The workflows with their pods, now and after each change; ends when all of them have ended or are deleted.

    After so many seconds it ends anyway, as a watch of kubectl's does that has taken its --request-timeout.
    """
    if not hasattr(sources.workflows, "watch"):
        raise UsageError("-w/--watch needs a cluster or an Argo Server: a file does not change")
    # An event has to tell its pod's owner and version, so the list does, too.
    query = query if query.include == "Object" else query._replace(include="Metadata")
    yield from _followed(sources, find(sources, wanted, query, clock()), query, clock, seconds)


def follow_on(
    sources: Sources, held: list[Snapshot], query: PodQuery, clock: Callable[[], float], seconds: float | None = None
) -> Iterator[list[Snapshot]]:
    """As `follow`, of the very workflows that were followed before, whichever a word may mean by now."""
    from kubectl_argo_pods.sources.anew import anew

    now = [each if each.workflow.ended else anew(sources, each, query, clock) for each in held]
    return _followed(sources, now, query, clock, seconds)


def _followed(
    sources: Sources, found: list[Snapshot], query: PodQuery, clock: Callable[[], float], seconds: float | None
) -> Iterator[list[Snapshot]]:
    yield found
    # What was found first is not held up by the import of what follows.
    from kubectl_argo_pods.sources.anew import anew
    from kubectl_argo_pods.sources.changing import changing

    shown = found
    for shown in changing(sources, found, query, seconds):
        yield shown
    if have_ended(shown):
        # The last changes of the pods may come after that of their workflow.
        yield [anew(sources, each, query, clock) for each in shown]
