"""The lines of logs printed as they come, and how it went with them in the end."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from kubectl_argo_pods.errors import ArgoPodsError
from kubectl_argo_pods.follow import Item
from kubectl_argo_pods.log_selection import LogSelection
from kubectl_argo_pods.output.line_look import LineLook
from kubectl_argo_pods.output.log_account import Account, gist, sentence
from kubectl_argo_pods.output.log_lines import LinePrinter
from kubectl_argo_pods.output.notices import print_notices
from kubectl_argo_pods.targets import Event, Lines, Raw

# The statuses that say how it went with the logs, and with what --exit-status is about.
INCOMPLETE, FAILED, ERROR = 3, 4, 5


def print_logs(
    items: Iterable[list[Item]], selection: LogSelection, look: LineLook, prefix: str, *, live: bool, full: bool
) -> Account:
    """Prints what comes, at once if it is `live`, and in the end the account, in `full` or what is to be told of it.

    `prefix` says when each line begins with its node: auto, always or never.
    """
    printer = LinePrinter(sys.stdout.buffer, look, lambda: _is_prefixed(prefix, selection))
    account = Account()
    try:
        _print(items, printer, account, live=live)
    finally:
        printer.end()
        _tell(account, selection, full=full)
    return account


def _is_prefixed(when: str, selection: LogSelection) -> bool:
    return when == "always" or (when == "auto" and selection.has_several)


def _print(items: Iterable[list[Item]], printer: LinePrinter, account: Account, *, live: bool) -> None:
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


def status_of(account: Account, selection: LogSelection, *, outcome: bool, ignore_errors: bool) -> int:
    """The exit status, which is about the `outcome` of the nodes, too, where that is wanted."""
    if outcome:
        if unknown := selection.unknown():
            raise ArgoPodsError(f'workflow "{unknown[0]}" was deleted before it had ended: its outcome is not known')
        phases = selection.phases()
        if "Error" in phases:
            return ERROR
        if "Failed" in phases:
            return FAILED
    if account.is_complete or ignore_errors:
        return 0
    return INCOMPLETE if account.has_streams else ArgoPodsError.status
