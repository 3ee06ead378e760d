"""Print the logs of the pods of a workflow, by step."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from typing import Annotated

from kubectl_argo_pods import log_rules
from kubectl_argo_pods.asked import Asked, asked, names_workflows, pod_query
from kubectl_argo_pods.cluster.kubeconfig import parse_timeout, parse_verbosity
from kubectl_argo_pods.errors import ConfigError, UnreachableError, UsageError
from kubectl_argo_pods.follow.discovery import Discovery
from kubectl_argo_pods.options import Argument
from kubectl_argo_pods.options.connection import Connection
from kubectl_argo_pods.options.logs import Logs, LogView
from kubectl_argo_pods.options.selection import Filters, LogManifests
from kubectl_argo_pods.output.line_look import Scope
from kubectl_argo_pods.sources import PodQuery
from kubectl_argo_pods.sources.finding import find, is_one, wait_for, workflow_of_pod
from kubectl_argo_pods.sources.following import follow
from kubectl_argo_pods.sources.snapshot import Snapshot, have_ended
from kubectl_argo_pods.sources.task import Task

WORDS = Argument("WORKFLOW [NODE...]", "The workflow, and the nodes whose logs are meant.")


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
    which = log_rules.meant(meant.nodes, filters, logs, server=meant.sources.argo_server is not None)
    scope = Scope(filters.all_namespaces, not is_one(meant.wanted), which.wanted.several())
    look = log_rules.line_look(view, scope, sys.stdout, os.environ)
    timeout, full = parse_timeout(connection.request_timeout), parse_verbosity(connection.verbosity) > 0
    meant, which = _of_pod(meant, which)
    if logs.wait:
        _wait(meant)
    query = pod_query(filters, "Object")
    found = Discovery(_changes(meant, query, timeout)) if which.follow else _found(meant, query)
    # The rest is imported while the server is asked.
    from kubectl_argo_pods.log_printing import print_logs, status_of
    from kubectl_argo_pods.log_reading import Reading, tell_nothing

    reading = Reading(meant, which, query, options)
    selection = reading.selection
    if isinstance(found, Discovery):
        items = reading.followed(found, timeout)
    else:
        items = reading.read(found, plain=look.is_plain and view.prefix != "always")
    account = print_logs(items, selection, look, view.prefix, live=which.follow, full=full)
    status = status_of(account, selection, outcome=which.outcome, ignore_errors=options.ignore_errors)
    if which.follow and selection.is_in_vain:
        tell_nothing(selection, meant, status)
    return status


def _asked(words: tuple[str, ...], connection: Connection, filters: Filters, manifests: LogManifests) -> Asked:
    if not names_workflows(words, filters, manifests.filename):
        raise UsageError("logs needs a WORKFLOW (a name, @latest, or a pod as pod/NAME) or --workflow-selector")
    meant = asked(words, connection, filters, manifests.filename, os.environ)
    if meant.sources.pods is None and meant.sources.argo_server is None:
        raise ConfigError("no cluster is configured whose logs could be read; name a kubeconfig with --kubeconfig")
    return meant


def _wait(meant: Asked) -> None:
    from kubectl_argo_pods.output.notices import print_notices

    wait_for(meant.sources, meant.wanted, lambda sentence: print_notices([sentence]))


def _of_pod(meant: Asked, which: log_rules.Meant) -> tuple[Asked, log_rules.Meant]:
    """A pod's name alone stands for its workflow, too, as kubectl logs has it."""
    if not meant.wanted.word.startswith(("pod/", "pods/", "po/")):
        return meant, which
    pod = meant.wanted.word.partition("/")[2]
    workflow = workflow_of_pod(meant.sources, meant.sources.namespace, pod)
    nodes = (f"pod/{pod}", *meant.nodes)
    return meant._replace(wanted=meant.wanted._replace(word=workflow), nodes=nodes), which._replace(nodes=nodes)


def _found(meant: Asked, query: PodQuery) -> Task[list[Snapshot]]:
    return Task(lambda: find(meant.sources, meant.wanted, query, time.time()))


def _changes(meant: Asked, query: PodQuery, timeout: float | None) -> Iterator[list[Snapshot]]:
    """All changes until the workflows have ended; a time that is over before is an error, as to kubectl logs."""
    shown: list[Snapshot] = []
    for shown in follow(meant.sources, meant.wanted, query, time.time, timeout):
        yield shown
    if timeout is not None and not have_ended(shown):
        raise UnreachableError(
            f"the log was followed for {timeout:g}s, the time of --request-timeout: raise it, or leave it "
            "out to follow to the end"
        )
