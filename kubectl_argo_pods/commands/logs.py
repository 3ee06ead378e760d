"""Print the logs of the pods of a workflow, by step."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from math import inf
from typing import Annotated

from kubectl_argo_pods import log_rules
from kubectl_argo_pods.asked import Asked, asked, names_workflows, pod_query
from kubectl_argo_pods.attempts import parse_attempts
from kubectl_argo_pods.cluster.kubeconfig import parse_timeout, parse_verbosity
from kubectl_argo_pods.errors import ArgoPodsError, NoMatchError, UnreachableError, UsageError
from kubectl_argo_pods.follow import follow, read
from kubectl_argo_pods.log_rest import Archived, since_told
from kubectl_argo_pods.log_selection import LogSelection, Meant
from kubectl_argo_pods.options import Argument
from kubectl_argo_pods.options.connection import Connection
from kubectl_argo_pods.options.logs import Logs, LogView
from kubectl_argo_pods.options.selection import Filters, LogManifests
from kubectl_argo_pods.output.log_account import Account, gist, sentence
from kubectl_argo_pods.output.log_lines import LinePrinter, Scope
from kubectl_argo_pods.output.notices import print_notices
from kubectl_argo_pods.sources import PodQuery
from kubectl_argo_pods.sources.finding import find, is_one, place, wait_for, workflow_of_pod
from kubectl_argo_pods.sources.log_sources import has_archive, log_sources
from kubectl_argo_pods.sources.snapshot import Snapshot
from kubectl_argo_pods.targets import Event, Lines, LogOptions, Raw, Selected, Target

WORDS = Argument("WORKFLOW [NODE...]", "The workflow, and the nodes whose logs are meant.")
# The statuses that say how it went with the logs, and with what --exit-status is about.
INCOMPLETE, FAILED, ERROR = 3, 4, 5

# What came together is shown together.
Items = Iterator[list[Lines | Raw | Event]]


def logs(
    words: Annotated[tuple[str, ...], WORDS],
    manifests: LogManifests,
    connection: Connection,
    filters: Filters,
    logs: Logs,
    view: LogView,
) -> int:
    """Print the logs of the pods of a workflow, by step."""
    options = log_rules.log_options(logs, view)
    if manifests.filename and logs.follow:
        raise UsageError("--filename and -f/--follow exclude each other: a file does not change")
    meant = _asked(words, connection, filters, manifests)
    selection = LogSelection(
        _meant(meant, filters, logs, options), lambda held: _listed_anew(meant, pod_query(filters, "Object"), held)
    )
    scope = Scope(filters.all_namespaces, not is_one(meant.wanted), log_rules.wanted(logs).several())
    look = log_rules.line_look(view, scope, sys.stdout, os.environ)
    reading = _Reading(meant, filters, logs, options, selection)
    printer = LinePrinter(sys.stdout.buffer, look, lambda: _is_prefixed(view.prefix, selection))
    timeout = parse_timeout(connection.request_timeout)
    items = reading.items(timeout, plain=look.is_plain and view.prefix != "always")
    account = Account()
    try:
        _print(items, printer, account, live=options.query.follow)
    finally:
        printer.end()
        _tell(account, selection, full=parse_verbosity(connection.verbosity) > 0)
    status = _status(account, selection, logs)
    if logs.follow and selection.is_in_vain:
        _tell_nothing(selection, meant, status)
    return status


def _asked(words: tuple[str, ...], connection: Connection, filters: Filters, manifests: LogManifests) -> Asked:
    """As for any command; a pod's name alone stands for its workflow, too, as kubectl logs has it."""
    if not names_workflows(words, filters, manifests.filename):
        raise UsageError("logs needs a WORKFLOW (a name, @latest, or a pod as pod/NAME) or --workflow-selector")
    meant = asked(words, connection, filters, manifests.filename, os.environ)
    if not meant.wanted.word.startswith(("pod/", "pods/", "po/")):
        return meant
    pod = meant.wanted.word.partition("/")[2]
    workflow = workflow_of_pod(meant.sources, meant.sources.namespace, pod)
    return meant._replace(wanted=meant.wanted._replace(word=workflow), nodes=(f"pod/{pod}", *meant.nodes))


def _meant(meant: Asked, filters: Filters, logs: Logs, options: LogOptions) -> Meant:
    attempts = None if logs.attempts is None else parse_attempts(logs.attempts)
    places = log_rules.places(logs, server=has_archive(meant.sources))
    follow = options.query.follow
    return Meant(meant.nodes, filters, attempts, log_rules.wanted(logs), places, follow, logs.exit_status)


def _listed_anew(meant: Asked, query: PodQuery, held: list[Snapshot]) -> list[Snapshot]:
    """The same workflows with their pods as they are now, as far as the server tells that soon."""
    from kubectl_argo_pods.sources.following import anew_in_time

    return anew_in_time(meant.sources, held, query, time.time)


class _Reading:
    """Where the lines come from."""

    def __init__(
        self, meant: Asked, filters: Filters, logs: Logs, options: LogOptions, selection: LogSelection
    ) -> None:
        self._meant = meant
        self._query = pod_query(filters, "Object")
        self._logs = logs
        self._options = options
        self._selection = selection
        self._source = log_sources(meant.sources, time.time)
        self._may_be_archived = logs.logs_from == "auto" and not logs.previous and has_archive(meant.sources)

    def items(self, timeout: float | None, *, plain: bool) -> Items:
        if self._logs.wait:
            wait_for(self._meant.sources, self._meant.wanted, lambda sentence: print_notices([sentence]))
        return self._followed(timeout) if self._options.query.follow else self._read(plain=plain)

    def _followed(self, timeout: float | None) -> Items:
        items = follow(self._source, self._changes_within(timeout), self._selection, self._options)
        until = inf if timeout is None else time.monotonic() + timeout
        return self._with_archived(items, lambda target: self._await_end(target, until))

    def _read(self, *, plain: bool) -> Items:
        until = time.monotonic() + (self._options.start_timeout or 0.0)
        found = self._found(until)
        print_notices(found.notices)
        if not found.targets:
            if self._selection.missing:
                raise NoMatchError("\n".join(self._selection.missing))
            _tell_nothing(self._selection, self._meant)
        # By lines it can be told where an archived log goes on.
        alone = plain and len(found.targets) == 1 and not self._may_be_archived
        left = max(0.0, until - time.monotonic())
        items = read(self._source, found.targets, self._options._replace(plain=alone, start_timeout=left))
        return self._with_archived(items, lambda _: None)

    def _with_archived(self, items: Items, await_end: Callable[[Target], None]) -> Items:
        """The lines, and those that only the archive has by now."""
        items = since_told(items, self._options.query)
        if not self._may_be_archived:
            return items
        return Archived(self._source, self._options, self._selection.artifact_of, await_end).completed(items)

    def _await_end(self, target: Target, until: float) -> None:
        """Wait until Argo has ended a node that has lost its pod: until then it may archive the log."""
        from kubectl_argo_pods.sources.following import follow_on

        if not self._selection.is_at_work(target):
            return
        print_notices([f"{target.step}: waiting for Argo to end it, since it may archive the rest of the log"])
        held, left = self._selection.snapshots, until - time.monotonic()
        for shown in follow_on(self._meant.sources, held, self._query, time.time, left):
            self._selection(shown)
            if not self._selection.is_at_work(target):
                return
        print_notices([f"{target.step}: Argo has not ended it in the time of --request-timeout"])

    def _found(self, until: float) -> Selected:
        """What there is now; or as soon as a container has started, for as long as one may wait for that."""
        found = self._selection(find(self._meant.sources, self._meant.wanted, self._query, time.time()))
        if self._options.start_timeout is None or _has_started(found):
            return found
        for shown in self._changes(until - time.monotonic()):
            found = self._selection(shown)
            if _has_started(found):
                break
        return found

    def _changes_within(self, timeout: float | None) -> Iterator[list[Snapshot]]:
        """All changes until the workflows have ended; a time that is over before is an error, as to kubectl logs."""
        from kubectl_argo_pods.sources.following import have_ended

        shown: list[Snapshot] = []
        for shown in self._changes(timeout):
            yield shown
        if timeout is not None and not have_ended(shown):
            raise UnreachableError(
                f"the log was followed for {timeout:g}s, the time of --request-timeout: raise it, or leave it "
                "out to follow to the end"
            )

    def _changes(self, timeout: float | None = None) -> Iterator[list[Snapshot]]:
        from kubectl_argo_pods.sources.following import follow as changes

        return changes(self._meant.sources, self._meant.wanted, self._query, time.time, timeout)


def _has_started(found: Selected) -> bool:
    return any(target.state is None or target.state.state in ("running", "terminated") for target in found.targets)


def _tell_nothing(selection: LogSelection, meant: Asked, status: int = 0) -> None:
    """Say why there is no log; unless there is a status already, it is an error that one is named and not to be had."""
    reasons = selection.without_pods() if meant.nodes else []
    sentence = f"there is no pod to read a log of: {', '.join(reasons)}"
    if reasons and not status:
        raise NoMatchError(sentence)
    print_notices([sentence if reasons else selection.nothing(place(meant.wanted))])


def _is_prefixed(when: str, selection: LogSelection) -> bool:
    return when == "always" or (when == "auto" and selection.has_several)


def _print(items: Items, printer: LinePrinter, account: Account, *, live: bool) -> None:
    told: set[str] = set()
    for together in items:
        for item in together:
            if isinstance(item, Lines):
                printer.print_lines(item)
            elif isinstance(item, Raw):
                printer.print_raw(item)
            else:
                _take_down(item, account, told)
        if live:
            sys.stdout.buffer.flush()


def _take_down(event: Event, account: Account, told: set[str]) -> None:
    account.record(event)
    said = gist(event)
    if said and said not in told:
        told.add(said)
        print_notices([sentence(event)])


def _tell(account: Account, selection: LogSelection, *, full: bool) -> None:
    for each in selection.missing:
        account.miss(each)
    if full or not account.is_perfect:
        print_notices(account.sentences(full=full))


def _status(account: Account, selection: LogSelection, logs: Logs) -> int:
    if logs.exit_status:
        if unknown := selection.unknown():
            raise ArgoPodsError(f'workflow "{unknown[0]}" was deleted before it had ended: its outcome is not known')
        phases = selection.phases()
        if "Error" in phases:
            return ERROR
        if "Failed" in phases:
            return FAILED
    if account.is_complete or logs.ignore_errors:
        return 0
    return INCOMPLETE if account.has_streams else ArgoPodsError.status
