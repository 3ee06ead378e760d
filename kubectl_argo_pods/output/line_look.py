"""How the lines of logs are to look."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable

from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.record import NamedTuple

OUTPUTS = ("text", "raw", "json")


class Scope(NamedTuple):
    """What a prefix says besides the node."""

    namespace: bool = False
    workflow: bool = False
    container: bool = False


class LineLook(NamedTuple):
    """How lines are to look, and which of them are shown."""

    output: str = "text"
    timestamps: bool = False
    include: tuple[re.Pattern[str], ...] = ()
    exclude: tuple[re.Pattern[str], ...] = ()
    argo_lines: bool = False
    scope: Scope = Scope()
    colored: bool = False
    terminal: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether bytes can pass without being cut at lines, as long as there are no prefixes."""
        shaped = self.output == "json" or (self.output == "text" and (self.timestamps or self.terminal))
        return not (shaped or self.include or self.exclude)


def patterns(flag: str, given: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    """The regular expressions of a flag; raises UsageError."""
    found = []
    for text in given:
        try:
            with warnings.catch_warnings():
                # What may mean something else in a later Python is none of the user's concern.
                warnings.simplefilter("ignore")
                found.append(re.compile(text))
        except (re.error, OverflowError, RecursionError) as error:
            raise UsageError(f'invalid regular expression "{text}" for {flag}: {error}') from error
    return tuple(found)
