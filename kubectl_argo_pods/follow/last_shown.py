"""How many lines at the end of a log hold so many that are shown: a server counts those that are hidden, too."""

from __future__ import annotations

from collections.abc import Callable

from kubectl_argo_pods.follow.lines import Splitter, timed
from kubectl_argo_pods.targets import LogQuery

# So many hidden lines are looked for first; Argo's are rarely more.
MARGIN = 16


class LastShown:
    """Takes in the last `asked` lines of a log, with their times, until it can tell."""

    def __init__(self, wanted: int, is_hidden: Callable[[bytes], bool]) -> None:
        self.asked = wanted + MARGIN
        self.is_empty = True
        self._wanted = wanted
        self._is_hidden = is_hidden
        self._forget()

    def query(self, query: LogQuery) -> LogQuery:
        """What to ask for instead of what was asked."""
        return query._replace(tail=self.asked, follow=False, timestamps=True, limit_bytes=None)

    def feed(self, chunk: bytes) -> None:
        self.is_empty = False
        self._add(self._splitter.feed(chunk))

    def tail(self) -> int | None:
        """So many lines; None where more must be `asked` for to know."""
        if rest := self._splitter.rest:
            self._add([rest])
        if self._count - len(self._hidden) >= self._wanted:
            return self._held()
        if self._count < self.asked:
            # That was all of it.
            return self.asked
        self.asked *= 2
        self._forget()
        return None

    def _forget(self) -> None:
        self._splitter = Splitter()
        self._count = 0
        self._hidden: list[int] = []  # which of the lines are

    def _add(self, lines: list[bytes]) -> None:
        texts = timed(lines).lines
        self._hidden += [self._count + index for index, text in enumerate(texts) if self._is_hidden(text)]
        self._count += len(texts)

    def _held(self) -> int:
        held = self._wanted
        for index in reversed(self._hidden):
            if index < self._count - held:
                break
            held += 1
        return held
