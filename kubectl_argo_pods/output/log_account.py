"""What became of the streams of logs, as an account at their end."""

from __future__ import annotations

from collections import Counter

from kubectl_argo_pods.targets import Event, Key, Target

# What comes of a log of which nothing could be read.
UNREAD = ("failed", "waiting")


class Account:
    """Takes down the events of streams."""

    def __init__(self) -> None:
        self._targets: dict[Key, Target] = {}
        self._events: dict[Key, list[Event]] = {}
        self._missing: list[str] = []

    def record(self, event: Event) -> None:
        """Take down what became of a stream; of one whose pod was deleted that is not known yet."""
        if event.target is not None and event.kind != "deleted":
            self._targets.setdefault(event.target.key, event.target)
            self._events.setdefault(event.target.key, []).append(event)

    def miss(self, sentence: str) -> None:
        """Take down a log that is meant but not to be had."""
        if sentence not in self._missing:
            self._missing.append(sentence)

    @property
    def is_complete(self) -> bool:
        """Whether no line is missing, as far as one can know."""
        return not self._missing and all(_end(each) == "complete" for each in self._events.values())

    @property
    def is_perfect(self) -> bool:
        """Whether besides nothing had to be done for it."""
        return self.is_complete and not any(
            each.kind == "resumed" for events in self._events.values() for each in events
        )

    @property
    def has_streams(self) -> bool:
        """Whether anything at all could be read."""
        return any(not all(each.kind in UNREAD for each in events) for events in self._events.values())

    def sentences(self, *, full: bool) -> list[str]:
        """The account: its sum, then the streams that lack something, or with `full` all of them."""
        lines = [
            f"{_title(self._targets[key])}: {_story(events)}"
            for key, events in self._events.items()
            if full or _end(events) != "complete"
        ]
        return [self._sum(), *(f"  {line}" for line in [*lines, *self._missing])]

    def _sum(self) -> str:
        counts = Counter(_end(events) for events in self._events.values())
        counts["missing"] = len(self._missing)
        resumed = sum(any(each.kind == "resumed" for each in events) for events in self._events.values())
        total = len(self._events) + len(self._missing)
        parts = [f"{counts['complete']} of {total} {'log is' if total == 1 else 'logs are'} complete"]
        parts += [f"{resumed} resumed after the connection was lost"] if resumed else []
        parts += [f"{counts['incomplete']} with gaps"] if counts["incomplete"] else []
        parts += [f"{counts['failed']} could not be read"] if counts["failed"] else []
        parts += [f"{counts['not started']} not started"] if counts["not started"] else []
        parts += [f"{counts['missing']} missing"] if counts["missing"] else []
        return ", ".join(parts)


def _loses(event: Event) -> bool:
    return event.kind in ("gap", "failed") or (event.kind == "gone" and event.lossy)


def _has_started(events: list[Event]) -> bool:
    # It may have done so when nobody waited for it any more.
    return events[-1].kind != "waiting"


def _end(events: list[Event]) -> str:
    if any(each.kind == "failed" for each in events):
        return "failed"
    if not _has_started(events):
        return "not started"
    return "incomplete" if any(map(_loses, events)) else "complete"


def _title(target: Target) -> str:
    return f"{target.step} ({target.pod}, {target.container})"


def _story(events: list[Event]) -> str:
    resumed = sum(each.kind == "resumed" for each in events)
    parts = [f"resumed {resumed} times" if resumed > 1 else "resumed once"] if resumed else []
    telling = (each for each in events if each.kind in ("gap", "gone", "failed"))
    parts += [f"{each.kind}: {each.detail}" if each.detail else each.kind for each in telling]
    # Why has been said when it happened.
    parts += [] if _has_started(events) else ["not started"]
    return ", ".join(parts or ["complete"])


def sentence(event: Event) -> str:
    """What is to be said of an event when it happens; the account has the rest."""
    if event.target is None:
        return event.detail
    if event.kind == "waiting":
        return f"{event.target.step}: {event.detail}"
    if event.kind not in ("gone", "deleted"):
        return ""
    why = f" ({event.detail})" if event.detail else ""
    return f"{event.target.step}: the pod {event.target.pod} was deleted{why}"


def gist(event: Event) -> str:
    """What is said but once: that a pod was deleted ends the logs of all its containers, each for its own reason."""
    return sentence(event if event.target is None or event.kind == "waiting" else event._replace(detail=""))
