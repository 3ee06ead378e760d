"""Many feeds to one sequence of lines, in the order of their times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from kubectl_argo_pods.follow.feed import Feed
from kubectl_argo_pods.targets import Event, Lines


def due(feeds: Sequence[Feed], bound: bytes | None) -> list[Lines | Event]:
    """What is certain to come next, before a time if one is given; all feeds must be known.

    Lines of the same time come in the order of the feeds, as far as the memory reaches.
    """
    bounds = [each for each in (feed.bound for feed in feeds) if each is not None]
    nearest = min(bounds, default=None)
    limit = nearest if bound is None else bound if nearest is None else min(nearest, bound)
    counts = [feed.before(limit) for feed in feeds]
    if not any(counts) and nearest is not None and nearest == limit and nearest != bound:
        # So many lines of the same time that there is no room for all of them.
        counts = [feed.until(nearest) for feed in feeds]
    found = list(_interleaved([(feed, count) for feed, count in zip(feeds, counts, strict=True) if count]))
    for feed in feeds:
        feed.forget()
        found += feed.take_events()
    return found


def _interleaved(spans: list[tuple[Feed, int]]) -> Iterator[Lines | Event]:
    if len(spans) == 1:
        feed, count = spans[0]
        yield from _taken(feed, count)
        return
    keys = list(chain.from_iterable(feed.next_keys(count) for feed, count in spans))
    owners = list(chain.from_iterable([index] * count for index, (_, count) in enumerate(spans)))
    # Sorting is stable, and quick where there are long runs in order already.
    order = [owners[each] for each in sorted(range(len(keys)), key=keys.__getitem__)]
    start = 0
    for end in range(1, len(order) + 1):
        if end == len(order) or order[end] != order[start]:
            yield from _taken(spans[order[start]][0], end - start)
            start = end


def _taken(feed: Feed, count: int) -> Iterator[Lines | Event]:
    """The next lines of a feed, and its events at their places."""
    while (left := feed.until_event) < count:
        yield from feed.take_events()
        if left:
            yield feed.take(left)
            count -= left
            yield from feed.take_events()
    yield feed.take(count)
