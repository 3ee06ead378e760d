"""Candidates that the cluster knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kubectl_argo_pods.choice import STATE_WORDS
from kubectl_argo_pods.completion.candidate import Candidate
from kubectl_argo_pods.completion.known import Known, Rows
from kubectl_argo_pods.completion.line import Slot
from kubectl_argo_pods.completion.offers import Offer
from kubectl_argo_pods.completion.table import COMMANDS
from kubectl_argo_pods.selection import PHASE_WORDS

NODE_WORDS = {
    **{word: f"the nodes that are {' or '.join(phases)}" for word, phases in PHASE_WORDS.items()},
    "@first-failed": "the node that failed first",
    "@last": "the node that started last",
}


def _workflows(slot: Slot, known: Known) -> Iterator[Candidate]:
    rows = known.workflows()
    kind, slash, _ = slot.typed.partition("/")
    yield from _state_words(rows)
    in_all = slot.call.values.get("filters", {}).get("all_namespaces")
    for name, how, _, namespace in rows:
        value = f"{kind}/{name}" if slash else _told_apart("wf", name, slot)
        yield Candidate(value, f"{how} in {namespace}" if in_all else how)


def _told_apart(kind: str, name: str, slot: Slot) -> str:
    """The name, as KIND/NAME where it would be read as a command or as flags."""
    is_read_so = name.startswith("-") or ("verb" in slot.kinds and name in COMMANDS)
    return f"{kind}/{name}" if is_read_so else name


def _state_words(rows: Rows) -> Iterator[Candidate]:
    """`@latest` and its like, each with the workflow that it means now."""
    for word, statuses in STATE_WORDS.items():
        for name, how, status, _ in rows:
            if not statuses or status in statuses:
                yield Candidate(word, f"{name} {how}")
                break


def _nodes(slot: Slot, known: Known) -> Iterator[Candidate]:
    """Nodes by their names, then what means several of them, then pods for someone who is typing one's name."""
    word, typed = slot.call.words[0], slot.typed
    kind, slash, _ = typed.partition("/")
    if kind == "pod" and slash:
        yield from (Candidate(f"pod/{name}", how) for name, how in known.pods(word))
        return
    rows = known.nodes(word)
    is_told = kind == "node" and slash
    for name, how, *_ in rows:
        yield Candidate(f"node/{name}" if is_told else _told_apart("node", name, slot), how)
    yield from (Candidate(word, note) for word, note in NODE_WORDS.items())
    yield from (Candidate(f"template:{name}", note) for name, note in _template_notes(rows).items())
    yield from _parameters(rows) if typed.startswith("p") else ()
    # Names of pods begin with that of their workflow, which nobody types by accident.
    if typed and not any(row[0].startswith(typed) for row in rows) and not typed.startswith(("@", "template:")):
        yield from (Candidate(name, how) for name, how in known.pods(word))


def _template_notes(rows: Rows) -> dict[str, str]:
    counted: dict[str, int] = {}
    for row in rows:
        if row[2]:
            counted[row[2]] = counted.get(row[2], 0) + 1
    return {name: f"{count} node{'s' if count > 1 else ''}" for name, count in counted.items()}


def _parameters(rows: Rows) -> Iterator[Candidate]:
    for row in rows:
        yield from (Candidate(f"param:{pair}", row[0]) for pair in row[3:])


def _templates(slot: Slot, known: Known) -> Iterator[Candidate]:
    if slot.call.words:
        notes = _template_notes(known.nodes(slot.call.words[0]))
        yield from (Candidate(name, note) for name, note in notes.items())


def _containers(slot: Slot, known: Known) -> Iterator[Candidate]:
    if slot.call.words:
        word, *nodes = slot.call.words
        yield from (Candidate(name, state) for name, state in known.containers(word, tuple(nodes)))


def _labels(slot: Slot, known: Known) -> Iterator[Candidate]:
    word = slot.call.words[0] if slot.call.words else ""
    yield from (Candidate(name, value) for name, value in known.labels(word))


def _namespaces(slot: Slot, known: Known) -> Iterator[Candidate]:
    yield from (Candidate(name, how) for name, how in known.namespaces())


OFFERS: Mapping[str, Offer] = {
    "workflow": _workflows,
    "node": _nodes,
    "namespace": _namespaces,
    "container": _containers,
    "template": _templates,
    "label": _labels,
}
