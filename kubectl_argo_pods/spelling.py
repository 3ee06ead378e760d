"""The names that a mistyped one may have meant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from difflib import SequenceMatcher

# As difflib has it by default: in so much of their letters, and in their order, two words must agree.
CLOSE = 0.6
# A shorter word is a part of too many names.
TELLING = 3


def near_misses(word: str, names: Iterable[str]) -> str:
    """`; did you mean "a" or "b"?`, or nothing where no name is near."""
    known = list(dict.fromkeys(name for name in names if name))
    near = [name for name in known if name.startswith(word) or (len(word) >= TELLING and word in name)] if word else []
    near = near[:3] or _close(word, known)
    return f"; did you mean {' or '.join(chr(34) + name + chr(34) for name in near)}?" if near else ""


def _close(word: str, known: list[str]) -> list[str]:
    """The three names that are spelled most alike."""
    from difflib import SequenceMatcher  # 5 ms, and only a mistake pays them

    def nearness(name: str) -> float:
        return max(_ratio(SequenceMatcher(None), *_distinct(word, spelling)) for spelling in {name, _stem(name)})

    ranked = sorted(((nearness(name), -number) for number, name in enumerate(known)), reverse=True)
    return [known[-number] for ratio, number in ranked[:3] if ratio >= CLOSE]


def _ratio(matcher: SequenceMatcher[str], word: str, name: str) -> float:
    matcher.set_seqs(word, name)
    # The quicker ones are upper bounds.
    return matcher.ratio() if min(matcher.real_quick_ratio(), matcher.quick_ratio()) >= CLOSE else 0.0


def _distinct(word: str, name: str) -> tuple[str, str]:
    """What is left of both without the end that they share: nobody means a name by its end alone."""
    words, names = word.split("-"), name.split("-")
    while len(words) > 1 and len(names) > 1 and words[-1] == names[-1]:
        del words[-1], names[-1]
    return "-".join(words), "-".join(names)


def _stem(name: str) -> str:
    """The name without what Argo appends to it (`-7k2lp`, `(0:item)`), which is not what people mistype."""
    return name.partition("(")[0].rpartition("-")[0] or name
