"""Candidates that are known without asking a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from kubectl_argo_pods.completion.candidate import Candidate
from kubectl_argo_pods.completion.known import Known
from kubectl_argo_pods.completion.line import Slot, commands, declared
from kubectl_argo_pods.output.formats import PLAIN, TEMPLATES
from kubectl_argo_pods.workflow import PHASES, TYPES

Offer = Callable[[Slot, Known], Iterable[Candidate]]

# What people sort by and show, with the headings of the list and of its wide form (docs/schema).
COLUMNS = {
    "STEP": ".node.displayName",
    "TEMPLATE": ".node.templateName",
    "POD": ".metadata.name",
    "NAMESPACE": ".metadata.namespace",
    "WORKFLOW": ".workflow.name",
    "READY": ".status.ready",
    "STATUS": ".status.status",
    "RESTARTS": ".status.restarts",
    "DURATION": ".status.durationSeconds",
    "PHASE": ".status.phase",
    "TYPE": ".node.type",
    "NODE-ID": ".node.id",
    "HOST": ".status.host",
    "IP": ".status.ip",
    "CONTAINERS": ".status.containers",
    "MESSAGE": ".node.message",
    "STARTED": ".status.startedAt",
    "FINISHED": ".status.finishedAt",
    "CREATED": ".metadata.creationTimestamp",
}


def _verbs(slot: Slot, known: Known) -> Iterator[Candidate]:
    for name, command in commands().items():
        yield Candidate(name, command.help)


def _flags(slot: Slot, known: Known) -> Iterator[Candidate]:
    for option, (kind, group, field) in declared(slot.call.command):
        # What may stand once only is not offered again.
        if kind == "texts" or field not in slot.call.values.get(group, {}):
            for name in reversed(option.names):
                yield Candidate(name, option.help)
    yield Candidate("--help", "Show the help of the command.")


def _formats(slot: Slot, known: Known) -> Iterator[Candidate]:
    kind, equals, spec = slot.typed.partition("=")
    if kind == "custom-columns" and equals:
        lead = slot.typed.removesuffix(spec.rpartition(",")[2])
        yield from (Candidate(f"{lead}{title}:{path}") for title, path in COLUMNS.items())
    else:
        yield from (Candidate(each) for each in PLAIN)
        yield from (Candidate(f"{each}=", goes_on=True) for each in TEMPLATES)


def _contexts(slot: Slot, known: Known) -> Iterator[Candidate]:
    for name, entry in known.kubeconfig().contexts.items():
        yield Candidate(name, " ".join(str(entry[key]) for key in ("cluster", "namespace") if entry.get(key)))


def _clusters(slot: Slot, known: Known) -> Iterator[Candidate]:
    for name, entry in known.kubeconfig().clusters.items():
        yield Candidate(name, str(entry.get("server") or ""))


OFFERS: Mapping[str, Offer] = {
    "verb": _verbs,
    "flag": _flags,
    "format": _formats,
    "field": lambda slot, known: map(Candidate, COLUMNS.values()),
    "phase": lambda slot, known: map(Candidate, PHASES),
    "type": lambda slot, known: map(Candidate, TYPES),
    "context": _contexts,
    "cluster": _clusters,
    "user": lambda slot, known: map(Candidate, known.kubeconfig().users),
}
