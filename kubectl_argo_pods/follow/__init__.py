"""Many logs in, one stream of lines out; all that logs do at once lives here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kubectl_argo_pods.sources.kube_logs import LogSource
from kubectl_argo_pods.targets import Event, Lines, LogOptions, Raw, Target

if TYPE_CHECKING:
    from kubectl_argo_pods.follow.discovery import Discovery
    from kubectl_argo_pods.follow.live import Select

Item = Lines | Raw | Event


def read(source: LogSource, targets: list[Target], options: LogOptions) -> Iterator[list[Item]]:
    """The logs as they are now, all lines in the order of their times; what is in a list comes at once.

    Failures of single targets are events.
    """
    from kubectl_argo_pods.follow import raw

    if raw.is_possible(targets, options):
        for item in raw.read_raw(source, targets[0], options):
            yield [item]
        return
    from kubectl_argo_pods.follow.ordered import read_in_order

    options = options._replace(max_requests=within_limits(options.max_requests, len(targets)))
    for items in read_in_order(source, targets, options):
        yield [*items]


def follow(source: LogSource, discovery: Discovery, select: Select, options: LogOptions) -> Iterator[list[Item]]:
    """The logs of what `select` makes of all that is discovered, until that is final and all of it has been read.

    Failures of single targets are events; raises what ends the discovery.
    """
    from kubectl_argo_pods.follow.live import follow_live

    options = options._replace(max_requests=within_limits(options.max_requests, options.max_requests))
    for items in follow_live(source, discovery, select, options):
        yield [*items]


# Descriptors for all but streams: the standard ones, watches, connections for single questions.
OTHERS = 64


def within_limits(max_requests: int, expected: int) -> int:
    """How many streams may be open at once: as many as are wanted, if this process may have so many files open."""
    try:
        import resource
    except ImportError:
        return max_requests
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(max_requests, expected) + OTHERS
    if soft != resource.RLIM_INFINITY and wanted > soft:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return max(1, min(max_requests, soft - OTHERS))
    return max_requests
