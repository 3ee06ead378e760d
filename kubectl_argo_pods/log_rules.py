"""What the options of `logs` mean together, by the rules and in the words of kubectl logs (kubectl/pkg/cmd/logs)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TextIO

from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.go_values import parse_duration, parse_integer, parse_rfc3339
from kubectl_argo_pods.options.logs import Logs, LogView
from kubectl_argo_pods.options.selection import Filters
from kubectl_argo_pods.output.argo_lines import is_one
from kubectl_argo_pods.output.line_look import OUTPUTS, LineLook, Scope, patterns
from kubectl_argo_pods.output.style import wants_color
from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.targets import LogOptions, LogQuery, Places, Wanted

if TYPE_CHECKING:
    from kubectl_argo_pods.attempts import Attempts

ORDERS = ("arrival", "time")
LOGS_FROM = ("auto", "pod", "archive")
# A log that is followed may take its turn for ever, so that with -f many more are read at a time.
MOST_FOLLOWED = 500


class Meant(NamedTuple):
    """What the command line says of nodes and containers; `attempts` is None where it does not say which.

    `outcome`: how it went with the nodes is wanted, too, which only Argo can tell.
    """

    nodes: tuple[str, ...]
    filters: Filters
    attempts: Attempts | None
    wanted: Wanted
    places: Places
    follow: bool
    outcome: bool = False


def meant(nodes: tuple[str, ...], filters: Filters, logs: Logs, *, server: bool) -> Meant:
    """Which logs; `server` says whether there is an Argo Server. Raises UsageError."""
    attempts, places = _attempts(logs), _places(logs, server=server)
    return Meant(nodes, filters, attempts, _wanted(logs), places, _follows(logs), logs.exit_status)


def log_options(logs: Logs, view: LogView) -> LogOptions:
    """How the logs are read; raises UsageError."""
    if logs.wait and not logs.follow:
        raise UsageError("--wait goes with -f/--follow")
    if logs.order not in ORDERS:
        raise UsageError(f'unknown --order "{logs.order}": it is one of {", ".join(ORDERS)}')
    if logs.since_time and logs.since and parse_duration(logs.since, "--since"):
        raise UsageError("at most one of `sinceTime` or `sinceSeconds` may be specified")
    options = LogOptions(_query(logs), order=logs.order, start_timeout=_timeout(logs), ignore_errors=logs.ignore_errors)
    options = options._replace(is_hidden=None if view.show_argo_lines else is_one)
    if logs.max_log_requests is None:
        return options._replace(max_requests=MOST_FOLLOWED) if options.query.follow else options
    return options._replace(max_requests=_positive(logs.max_log_requests, "--max-log-requests"))


def line_look(view: LogView, scope: Scope, stream: TextIO, environ: Mapping[str, str]) -> LineLook:
    """How the lines look on a stream; raises UsageError."""
    if view.output not in OUTPUTS:
        raise UsageError(f'unknown output format "{view.output}", allowed formats are: {",".join(OUTPUTS)}')
    for flag, given in (("-t/--timestamps", view.timestamps), ("--prefix", view.prefix == "always")):
        if given and view.output != "text":
            has = "has the time and the node of each line anyway" if view.output == "json" else "is the lines alone"
            raise UsageError(f"{flag} and -o {view.output} exclude each other: {view.output} {has}")
    return LineLook(
        view.output,
        view.timestamps,
        patterns("-i/--include", view.include),
        patterns("-e/--exclude", view.exclude),
        view.show_argo_lines,
        scope,
        colored=wants_color(view.color, stream, environ),
        # What is asked for as it is goes to a terminal as it is.
        terminal=view.output == "text" and stream.isatty(),
    )


def _wanted(logs: Logs) -> Wanted:
    """Which containers; raises UsageError."""
    globs = tuple(glob for glob in logs.container if glob)
    if logs.all_containers and globs:
        raise UsageError(f"--all-containers=true should not be specified with container name {', '.join(globs)}")
    return Wanted(globs, logs.all_containers)


def _places(logs: Logs, *, server: bool) -> Places:
    """Where the logs may come from; raises UsageError."""
    if logs.logs_from not in LOGS_FROM:
        raise UsageError(f'unknown --logs-from "{logs.logs_from}": it is one of {", ".join(LOGS_FROM)}')
    if logs.logs_from == "archive":
        if not server:
            raise UsageError("--logs-from archive needs an Argo Server: name it with -s/--argo-server")
        for flag, given in (("-f/--follow", logs.follow), ("-p/--previous", logs.previous)):
            if given:
                raise UsageError(f"--logs-from archive and {flag} exclude each other: an archived log is complete")
    return Places(logs.logs_from, server)


def _attempts(logs: Logs) -> Attempts | None:
    if logs.attempts is None:
        return None
    from kubectl_argo_pods.attempts import parse_attempts

    return parse_attempts(logs.attempts)


def _follows(logs: Logs) -> bool:
    # The run before is over, and with its log kubectl logs -f ends, too.
    return logs.follow and not logs.previous


def _query(logs: Logs) -> LogQuery:
    return LogQuery(
        follow=_follows(logs),
        previous=logs.previous,
        since_seconds=_since(logs.since),
        since_time=parse_rfc3339(logs.since_time, "--since-time") if logs.since_time else None,
        tail=_tail(logs.tail),
        limit_bytes=_limit(logs.limit_bytes),
        insecure_skip_tls_verify_backend=logs.insecure_skip_tls_verify_backend,
    )


def _since(text: str | None) -> int | None:
    seconds = parse_duration(text, "--since") if text is not None else 0.0
    if seconds < 0:
        raise UsageError("--since must be greater than 0")
    # The API knows whole seconds alone, and refuses none at all.
    return max(1, int(seconds + 0.5)) if seconds else None


def _tail(text: str | None) -> int | None:
    lines = parse_integer(text, "--tail") if text is not None else -1
    if lines < -1:
        raise UsageError("--tail must be greater than or equal to -1")
    return None if lines == -1 else lines


def _limit(text: str | None) -> int | None:
    limit = parse_integer(text, "--limit-bytes") if text is not None else 0
    if limit < 0:
        raise UsageError("--limit-bytes must be greater than 0")
    return limit or None


def _timeout(logs: Logs) -> float | None:
    if logs.pod_running_timeout is None:
        return None
    seconds = parse_duration(logs.pod_running_timeout, "--pod-running-timeout")
    if seconds <= 0:
        raise UsageError("--pod-running-timeout must be higher than zero")
    return seconds


def _positive(text: str, flag: str) -> int:
    number = parse_integer(text, flag)
    if number < 1:
        raise UsageError(f"{flag} must be greater than 0")
    return number
