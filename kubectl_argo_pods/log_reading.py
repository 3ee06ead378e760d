"""Where the lines of logs come from: pods that there are, pods that come, and what Argo has archived of those gone."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING

from kubectl_argo_pods.asked import Asked
from kubectl_argo_pods.errors import NoMatchError
from kubectl_argo_pods.follow import follow, read
from kubectl_argo_pods.log_rest import Archived, Items, since_told
from kubectl_argo_pods.log_rules import Meant
from kubectl_argo_pods.log_selection import LogSelection
from kubectl_argo_pods.output.notices import print_notices
from kubectl_argo_pods.sources import PodQuery
from kubectl_argo_pods.sources.finding import place
from kubectl_argo_pods.sources.log_sources import log_sources
from kubectl_argo_pods.sources.snapshot import Snapshot
from kubectl_argo_pods.targets import LogOptions, Selected, Target

if TYPE_CHECKING:
    from kubectl_argo_pods.follow.discovery import Discovery
    from kubectl_argo_pods.sources.task import Task


class Reading:
    """The logs that are meant, of workflows that somebody finds."""

    def __init__(self, meant: Asked, which: Meant, query: PodQuery, options: LogOptions) -> None:
        self._meant = meant
        self._query = query
        self._options = options
        self._source = log_sources(meant.sources, time.time)
        places = which.places
        self._may_be_archived = places.logs_from == "auto" and places.server and not options.query.previous
        self.selection = LogSelection(which, self._listed_anew)

    def followed(self, discovery: Discovery, timeout: float | None) -> Items:
        """The lines as they are written; `timeout` is in seconds, and ends the discovery, too."""
        options = self._options._replace(listed_at=discovery.begun)
        items = follow(self._source, discovery, self.selection, options)
        until = inf if timeout is None else time.monotonic() + timeout
        return self._with_archived(items, lambda target: self._await_end(target, until))

    def read(self, found: Task[list[Snapshot]], *, plain: bool) -> Items:
        """The lines that there are; with `plain`, bytes that are not cut at lines will do, which may spare time.

        Raises NoMatchError where nothing can be read, and what keeps the workflows from being found.
        """
        until = time.monotonic() + (self._options.start_timeout or 0.0)
        selected = self._started(found.result(), until)
        print_notices(selected.notices)
        if not selected.targets:
            if self.selection.missing:
                raise NoMatchError("\n".join(self.selection.missing))
            tell_nothing(self.selection, self._meant)
        # By lines it can be told where an archived log goes on.
        alone = plain and len(selected.targets) == 1 and not self._may_be_archived
        left = max(0.0, until - time.monotonic())
        options = self._options._replace(plain=alone, start_timeout=left, listed_at=found.begun)
        items = read(self._source, selected.targets, options)
        return self._with_archived(items, lambda _: None)

    def _with_archived(self, items: Items, await_end: Callable[[Target], None]) -> Items:
        """The lines, and those that only the archive has by now."""
        items = since_told(items, self._options.query)
        if not self._may_be_archived:
            return items
        return Archived(self._source, self._options, self.selection.artifact_of, await_end).completed(items)

    def _await_end(self, target: Target, until: float) -> None:
        """Wait until Argo has ended a node that has lost its pod: until then it may archive the log."""
        from kubectl_argo_pods.sources.following import follow_on

        if not self.selection.is_at_work(target):
            return
        print_notices([f"{target.step}: waiting for Argo to end it, since it may archive the rest of the log"])
        held, left = self.selection.snapshots, until - time.monotonic()
        for shown in follow_on(self._meant.sources, held, self._query, time.time, left):
            self.selection(shown)
            if not self.selection.is_at_work(target):
                return
        print_notices([f"{target.step}: Argo has not ended it in the time of --request-timeout"])

    def _started(self, found: list[Snapshot], until: float) -> Selected:
        """What there is now; or as soon as a container has started, for as long as one may wait for that."""
        selected = self.selection(found)
        if self._options.start_timeout is None or _has_started(selected):
            return selected
        from kubectl_argo_pods.sources.following import follow as changes

        left = until - time.monotonic()
        for shown in changes(self._meant.sources, self._meant.wanted, self._query, time.time, left):
            selected = self.selection(shown)
            if _has_started(selected):
                break
        return selected

    def _listed_anew(self, held: list[Snapshot]) -> list[Snapshot]:
        """The same workflows with their pods as they are now, as far as the server tells that soon."""
        from kubectl_argo_pods.sources.anew import anew_in_time

        return anew_in_time(self._meant.sources, held, self._query, time.time)


def _has_started(selected: Selected) -> bool:
    return any(target.state is None or target.state.state in ("running", "terminated") for target in selected.targets)


def tell_nothing(selection: LogSelection, meant: Asked, status: int = 0) -> None:
    """Say why there is no log; unless there is a status already, it is an error that one is named and not to be had."""
    reasons = selection.without_pods() if meant.nodes else []
    sentence = f"there is no pod to read a log of: {', '.join(reasons)}"
    if reasons and not status:
        raise NoMatchError(sentence)
    print_notices([sentence if reasons else selection.nothing(place(meant.wanted))])
