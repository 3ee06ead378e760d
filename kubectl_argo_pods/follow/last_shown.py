"""How many lines at the end of a log hold so many that are shown: a server counts those that are hidden, too.

What it counts are records (kubernetes/pkg/kubelet/kuberuntime/logs): a long line is several, and where the last so many
of them begin, a line may be cut.
"""

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
        self.surplus = 0  # lines at the beginning of those asked for that are not wanted
        self.is_empty = True
        self._wanted = wanted
        self._is_hidden = is_hidden
        self._size_before = 0  # of what came when fewer were asked for
        self._forget()

    def query(self, query: LogQuery) -> LogQuery:
        """What to ask for instead of what was asked."""
        return query._replace(tail=self.asked, follow=False, timestamps=True, limit_bytes=None)

    def feed(self, chunk: bytes) -> None:
        self.is_empty = False
        self._size += len(chunk)
        self._add(self._splitter.feed(chunk))

    def tail(self) -> int | None:
        """So many records, without the `surplus`; None where more must be `asked` for to know."""
        if rest := self._splitter.rest:
            self._add([rest])
        held = self._held()
        # Of the first line there may be more, unless no more comes however much is asked for.
        if held == self._count and self._size > self._size_before:
            self._size_before = self._size
            self.asked *= 2
            self._forget()
            return None
        if self._count == self.asked:
            return held
        self.surplus = self._count - held
        return self.asked

    def _forget(self) -> None:
        self._splitter = Splitter()
        self._count = 0
        self._size = 0
        self._hidden: list[int] = []  # which of the lines are

    def _add(self, lines: list[bytes]) -> None:
        texts = timed(lines).lines
        self._hidden += [self._count + index for index, text in enumerate(texts) if self._is_hidden(text)]
        self._count += len(texts)

    def _held(self) -> int:
        """How many lines hold so many that are shown; all, where these are fewer."""
        held = self._wanted
        for index in reversed(self._hidden):
            if index < self._count - held:
                break
            held += 1
        return min(held, self._count)
