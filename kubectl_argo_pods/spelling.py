"""The names that a mistyped one may have meant."""

from __future__ import annotations

from collections.abc import Iterable


def near_misses(word: str, names: Iterable[str]) -> str:
    """`; did you mean "a" or "b"?`, or nothing where no name is near."""
    from difflib import get_close_matches  # 5 ms, and only a mistake pays them

    known = list(dict.fromkeys(name for name in names if name))
    near = [name for name in known if word and word in name][:3]
    if not near:
        # What Argo appends to a name (`-7k2lp`, `(0:item)`) is not what people mistype.
        spellings = {spelling: name for name in reversed(known) for spelling in (name, _stem(name))}
        near = [spellings[spelling] for spelling in get_close_matches(word, spellings, n=3, cutoff=0.6)]
        near = list(dict.fromkeys(near))
    return f"; did you mean {' or '.join(chr(34) + name + chr(34) for name in near)}?" if near else ""


def _stem(name: str) -> str:
    return name.partition("(")[0].rpartition("-")[0] or name
