"""Which attempts of a retried node are meant, and how it went with them."""

from __future__ import annotations

from collections.abc import Callable, Container

from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.graph import Families, split_number
from kubectl_argo_pods.workflow import Node

FAILED = ("Failed", "Error")

# Of the attempts of one retry node, those that are meant.
Attempts = Callable[[list[Node]], list[Node]]


class Numbered:
    """The one attempt of this number."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __call__(self, attempts: list[Node]) -> list[Node]:
        return [each for each in attempts if number(each) == self.number]


def parse_attempts(text: str) -> Attempts:
    """The choice that `--attempts` names: all, last, failed or a number, as in NODE(0). Raises UsageError."""
    if text in CHOICES:
        return CHOICES[text]
    if not text.isdecimal():
        raise UsageError(f'unknown --attempts "{text}": it is one of {", ".join(CHOICES)}, or a number')
    return Numbered(int(text))


def every(attempts: list[Node]) -> list[Node]:
    return attempts


def last(attempts: list[Node]) -> list[Node]:
    return [max(attempts, key=number)] if attempts else []


def failed(attempts: list[Node]) -> list[Node]:
    return [each for each in attempts if each.phase in FAILED]


CHOICES: dict[str, Attempts] = {"all": every, "last": last, "failed": failed}


def number(attempt: Node) -> int:
    """The number of an attempt NAME(0); -1 for what is none, such as the hook of a retry node."""
    return split_number(attempt.display_name)[1]


def pruned(family: Families, attempts: Attempts) -> Families:
    """The family without the attempts that are not meant."""
    members = dict(family.members)
    for id_, held in family.members.items():
        if family.nodes[id_].type == "Retry":
            meant = {each.id for each in attempts(_numbered(held))}
            members[id_] = [each for each in held if number(each) < 0 or each.id in meant]
    return family._replace(members=members)


def _numbered(held: list[Node]) -> list[Node]:
    return [each for each in held if number(each) >= 0]


def lacking(retry: Node, family: Families, attempts: Attempts) -> str:
    """Which attempt is meant of a retry node that has others alone; "" where that is not what is wrong with it."""
    there = _numbered(family.members.get(retry.id, []))
    if retry.type != "Retry" or not there or attempts(there):
        return ""
    if not isinstance(attempts, Numbered):
        return "no failed attempt"
    known = sorted(map(number, there))
    return f"no attempt {attempts.number}, only {known[0]}" + (f" to {known[-1]}" if known[1:] else "")


def is_meant(node: Node, family: Families) -> bool:
    """Whether the node and all that hold it are left in a pruned family."""
    while parent := family.nodes.get(family.parents.get(node.id, "")):
        if node not in family.members[parent.id]:
            return False
        node = parent
    return True


def outcome(node: Node, family: Families, named: Container[str]) -> str:
    """The phase that counts: what failed in an attempt whose id is not `named` is what the retry node makes of it."""
    phase = node.phase
    # No more steps than there are nodes: a manifest edited by hand may hold a cycle.
    for _ in family.nodes:
        holder = family.nodes.get(family.parents.get(node.id, ""))
        if holder is None or phase not in FAILED or (holder.type == "Retry" and node.id in named):
            break
        phase = holder.phase if holder.type == "Retry" else phase
        node = holder
    return phase
