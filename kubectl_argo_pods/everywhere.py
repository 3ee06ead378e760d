"""A command in every place that is meant, with one output, one summary and one status."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from shutil import copyfileobj
from threading import Lock
from typing import IO, NamedTuple

from kubectl_argo_pods.cluster.channels import STDOUT, Exit
from kubectl_argo_pods.entering import Wish, running_container, started
from kubectl_argo_pods.errors import ApiError, ArgoPodsError
from kubectl_argo_pods.fan_out import Done, fan_out
from kubectl_argo_pods.gathering import Take, gather
from kubectl_argo_pods.output.notices import print_notices
from kubectl_argo_pods.output.prefixed import Kept, Prefixed, fold, print_folded
from kubectl_argo_pods.places import Place
from kubectl_argo_pods.sources.kube_exec import Process, needs_another_way
from kubectl_argo_pods.sources.kube_pods import KubePods

ONLY_BY_KUBECTL = (
    "the server or your role allows exec by SPDY alone, which only kubectl speaks; "
    "`kubectl argo-pods run WORKFLOW NODE -- exec {pod} -- COMMAND` has it do so in one pod after the other"
)


class Order(NamedTuple):
    """What to run in each place, how many at a time, for how many seconds at most, and how to print it."""

    command: tuple[str, ...]
    wish: Wish
    parallel: int
    timeout: float | None
    fold: bool
    stdin: IO[bytes] | None  # a file that all read


def run(pods: KubePods, places: Sequence[Place], order: Order) -> int:
    """Run it everywhere; 0 if it is 0 everywhere, else 1, with a summary of where it was not."""
    outcomes = _folded(pods, places, order) if order.fold else _prefixed(pods, places, order)
    failed = {id(done.place): done for done in outcomes if done.error or (done.result and done.result != Exit(0))}
    if failed:
        print_notices([f"{len(failed)} of {len(places)} failed:"])
    for place in places:
        if done := failed.get(id(place)):
            print_notices([f"  {place.name}: {_why(done)}"])
    return 1 if failed else 0


def _why(done: Done[Place, Exit]) -> str:
    if done.error:
        return str(done.error)
    assert done.result
    return done.result.message or f"exit code {done.result.status}"


def _prefixed(pods: KubePods, places: Sequence[Place], order: Order) -> list[Done[Place, Exit]]:
    lock = Lock()

    def task(place: Place) -> Exit:
        out, err = (Prefixed(each.buffer, lock, f"[{place.name}] ") for each in (sys.stdout, sys.stderr))
        try:
            return _run(pods, place, order, lambda channel, written: (out if channel == STDOUT else err).write(written))
        finally:
            out.end()
            err.end()

    return list(fan_out(task, places, order.parallel))


def _folded(pods: KubePods, places: Sequence[Place], order: Order) -> list[Done[Place, Exit]]:
    kept = {id(place): Kept() for place in places}

    def task(place: Place) -> Exit:
        return _run(pods, place, order, lambda channel, written: kept[id(place)].write(written))

    outcomes = list(fan_out(task, places, order.parallel))
    for folded in fold((place.name, kept[id(place)]) for place in places):
        print_folded(sys.stdout.buffer, folded)
    sys.stdout.buffer.flush()
    return outcomes


def _run(pods: KubePods, place: Place, order: Order, take: Take) -> Exit:
    container = running_container(pods, place, order.wish)
    process = Process(place.namespace, place.pod, container, order.command, stdin=order.stdin is not None)
    try:
        with started(pods, process) as channels:
            return gather(channels, take, order.stdin, time.monotonic() + order.timeout if order.timeout else None)
    except ApiError as error:
        if not needs_another_way(pods.http, process, error):
            raise
        raise ArgoPodsError(ONLY_BY_KUBECTL) from error


def whole(stdin: IO[bytes], file: IO[bytes]) -> IO[bytes]:
    """The file, filled with all of stdin, which each of many can read."""
    copyfileobj(stdin, file)
    file.flush()
    return file
