"""The account of what became of the streams of logs."""

from __future__ import annotations

import pytest

from kubectl_argo_pods.output.log_account import Account
from kubectl_argo_pods.targets import Event, Target

TRAIN = Target("etl", "argo", "train(1)", None, "etl-work-1", "uid-1", "main", None)
LOAD = TRAIN._replace(step="load", pod="etl-fetch-2", pod_uid="uid-2")
DONE = [Event(LOAD, "complete"), Event(TRAIN, "complete")]
RESUMED = [Event(TRAIN, "resumed", "the connection was reset")] * 2

CASES: dict[str, tuple[list[Event], list[str], bool, bool, list[str]]] = {
    "all is well": (DONE, [], True, True, ["2 of 2 logs are complete"]),
    "one was resumed": (
        [*RESUMED, *DONE],
        [],
        True,
        False,
        ["2 of 2 logs are complete, 1 resumed after the connection was lost"],
    ),
    "one has a gap": (
        [Event(TRAIN, "gap", "10:00:01 10:00:09", lossy=True), *DONE],
        [],
        False,
        False,
        ["1 of 2 logs are complete, 1 with gaps", "  train(1) (etl-work-1, main): gap: 10:00:01 10:00:09"],
    ),
    "a pod was deleted when it had been read": (
        [DONE[0], Event(TRAIN, "gone")],
        [],
        True,
        True,
        ["2 of 2 logs are complete"],
    ),
    "a pod was deleted unread": (
        [DONE[0], Event(TRAIN, "gone", "while it was away", lossy=True)],
        [],
        False,
        False,
        ["1 of 2 logs are complete, 1 with gaps", "  train(1) (etl-work-1, main): gone: while it was away"],
    ),
    "a pod was deleted, and what that means is not known": (
        [DONE[0], Event(TRAIN, "deleted", "while it was away")],
        [],
        True,
        True,
        ["1 of 1 log is complete"],
    ),
    "one has not started": (
        [DONE[0], Event(TRAIN, "waiting", "ErrImageNeverPull")],
        [],
        False,
        False,
        ["1 of 2 logs are complete, 1 not started", "  train(1) (etl-work-1, main): not started"],
    ),
    "one has started after all": (
        [Event(TRAIN, "waiting", "ContainerCreating"), *DONE],
        [],
        True,
        True,
        ["2 of 2 logs are complete"],
    ),
    "one cannot be read, one is missing": (
        [DONE[0], Event(TRAIN, "failed", "no", lossy=True)],
        ["x: gone"],
        False,
        False,
        [
            "1 of 3 logs are complete, 1 could not be read, 1 missing",
            "  train(1) (etl-work-1, main): failed: no",
            "  x: gone",
        ],
    ),
}


@pytest.mark.parametrize(("events", "missing", "complete", "perfect", "told"), CASES.values(), ids=CASES)
def test_an_account(events: list[Event], missing: list[str], complete: bool, perfect: bool, told: list[str]) -> None:
    account = Account()
    for event in events:
        account.record(event)
    for sentence in missing:
        account.miss(sentence)
    assert (account.is_complete, account.is_perfect) == (complete, perfect)
    assert account.sentences(full=False) == told


def test_a_full_account_names_every_log() -> None:
    account = Account()
    for event in [*RESUMED, *DONE]:
        account.record(event)
    assert account.sentences(full=True)[1:] == [
        "  train(1) (etl-work-1, main): resumed 2 times",
        "  load (etl-fetch-2, main): complete",
    ]
