"""Logs of a real cluster, through all that happens to it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from threading import Thread

import pytest

from kubectl_argo_pods.follow import Item
from kubectl_argo_pods.targets import Event, Lines
from tests.e2e.conftest import Restart
from tests.e2e.pods import Pods, of_real_cluster
from tests.e2e.submission import kubectl

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def pods() -> Iterator[Pods]:
    if os.environ.get("E2E") != "1":
        pytest.skip("needs a real cluster: make e2e")
    with of_real_cluster() as found:
        yield found


def numbers(items: Iterable[Item]) -> list[int]:
    """What the containers counted."""
    return [int(line.split()[0]) for item in items if isinstance(item, Lines) for line in item.lines]


def kinds(items: Iterable[Item]) -> list[str]:
    return [item.kind for item in items if isinstance(item, Event)]


def counting(to: int, then: str = "") -> str:
    """A script that counts, some 100 lines a second."""
    return f"i=0; while [ $i -lt {to} ]; do echo $i; i=$((i + 1)); usleep 8000; done; {then}"


def test_every_line_comes_once_though_the_api_server_is_restarted(pods: Pods, restart: Restart) -> None:
    pods.run("counts", counting(3000))
    items: list[Item] = []
    restarting = Thread(target=restart, args=("kube-apiserver",))
    for item in pods.follow():
        items.append(item)
        if isinstance(item, Lines) and not restarting.ident:
            restarting.start()
    restarting.join()
    assert numbers(items) == list(range(3000))
    assert kinds(items)[-1] == "complete" and "resumed" in kinds(items)
    assert set(kinds(items)) <= {"resumed", "complete", "notice"}


def test_a_pod_that_is_deleted_ends_with_a_word(pods: Pods) -> None:
    name = pods.run("deleted", counting(100000))
    items: list[Item] = []
    for item in pods.follow():
        items.append(item)
        if isinstance(item, Lines) and 200 in numbers([item]):
            kubectl("delete", "pod", name, "--wait=false")
    found = numbers(items)
    assert found == list(range(len(found))) and len(found) > 200
    assert kinds(items)[-1] in ("gone", "complete")


def test_silent_containers_keep_no_other_from_being_read(pods: Pods) -> None:
    # A kubelet begins its answer with the first line.
    name = pods.run("silent", "sleep 5; echo 1; sleep 600", silent=20)
    for item in pods.follow():
        if isinstance(item, Lines):
            assert numbers([item]) == [1]
            kubectl("delete", "pod", name, "--wait=false")


def test_a_container_that_is_restarted_is_followed_on(pods: Pods) -> None:
    # The second run finds what the first has left.
    pods.run(
        "restarts", "[ -e /dev/shm/again ] && exec echo 3; touch /dev/shm/again; echo 1; echo 2; exit 1", "OnFailure"
    )
    items = list(pods.follow())
    assert numbers(items) == [1, 2, 3]
    assert set(kinds(items)) == {"complete"}


def test_a_log_that_is_rotated_while_it_is_followed_says_where_lines_may_be_missing(pods: Pods) -> None:
    # Kubelets look at the size of logs every few seconds, and rotate those over a limit; a stream may end with that.
    lines = int(os.environ.get("E2E_ROTATED_LINES", "2600000"))
    text = "x" * 90
    write = f"awk 'BEGIN {{ for (i = 0; i < {lines}; i++) printf \"%d {text}\\n\", i }}'"
    pods.run("rotated", f"{write}; sleep 8; echo {lines}")
    last, missing = -1, 0
    events: list[str] = []
    for item in pods.follow():
        events += kinds([item])
        for number in numbers([item]):
            assert number > last
            missing += number - last - 1
            last = number
    assert last == lines
    assert events == (["gap", "complete"] if "gap" in events else ["complete"])
    assert not missing or "gap" in events
