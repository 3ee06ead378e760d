"""What the word under the cursor may be completed to."""

from __future__ import annotations

from collections.abc import Iterable
from os.path import commonprefix

from kubectl_argo_pods.completion import live, offers
from kubectl_argo_pods.completion.candidate import Candidate
from kubectl_argo_pods.completion.known import Known
from kubectl_argo_pods.completion.line import Slot
from kubectl_argo_pods.errors import ArgoPodsError
from kubectl_argo_pods.options import Completes
from kubectl_argo_pods.record import NamedTuple

# More than that nobody reads, and shells take their time with each.
MOST = 500
# Kinds of which several may stand in one word, between commas.
LISTS = frozenset({"phase", "type", "label"})


class Candidates(NamedTuple):
    """In the order in which they are shown; `files`: the names of files are meant, which the shell knows."""

    found: list[Candidate]
    files: bool


def candidates(slot: Slot, known: Known) -> Candidates:
    """What completes the word; from the cluster as far as it answers in time."""
    found: list[Candidate] = []
    for kind in slot.kinds:
        lead, typed = _parted(kind, slot.typed)
        matching = _matching(_offered(kind, slot, known), typed)
        found += [each._replace(value=slot.lead + lead + each.value) for each in _capped(matching)]
    return Candidates(found, "file" in slot.kinds)


def _parted(kind: Completes, typed: str) -> tuple[str, str]:
    """What stands already, and what is typed of the last part."""
    head, comma, last = typed.rpartition(",") if kind in LISTS else ("", "", typed)
    return head + comma, last


def _matching(offered: Iterable[Candidate], typed: str) -> list[Candidate]:
    # kubectl's script for fish hands on what is typed with its quotes. A name with a line break cannot be typed.
    beginnings = (typed, typed.lstrip("'\"").replace("\\", ""))
    return [each for each in offered if each.value.startswith(beginnings) and each.value.isprintable()]


def _capped(found: list[Candidate]) -> list[Candidate]:
    """No more than can be read; what all have in common, and so what a shell fills in, stays what it is."""
    # The first of a name in several namespaces stands for all of them.
    kept = list({each.value: each for each in reversed(found)}.values())[::-1]
    shown = kept[:MOST]
    common = commonprefix([each.value for each in shown])
    return shown + [each for each in kept[MOST:] if not each.value.startswith(common)][:1]


def _offered(kind: Completes, slot: Slot, known: Known) -> Iterable[Candidate]:
    if isinstance(kind, tuple):
        return [Candidate(value) for value in kind]
    offer = offers.OFFERS.get(kind) or live.OFFERS.get(kind)
    try:
        return list(offer(slot, known)) if offer else []
    except ArgoPodsError:
        # A bad kubeconfig, or a WORKFLOW that there is not: the command itself will say so.
        return []
