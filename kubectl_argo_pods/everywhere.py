"""A command in every place that is meant, with one output, one summary and one status."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from shutil import copyfileobj
from threading import Lock
from typing import IO

from kubectl_argo_pods.cluster.channels import STDOUT, Exit
from kubectl_argo_pods.entering import Wish, by_kubectl, running_container, started
from kubectl_argo_pods.errors import ConfigError, OnlyByKubectlError
from kubectl_argo_pods.fan_out import Done, fan_out
from kubectl_argo_pods.gathering import Take, gather
from kubectl_argo_pods.options.connection import Connection
from kubectl_argo_pods.output.notices import print_notices
from kubectl_argo_pods.output.prefixed import Kept, Prefixed, fold, print_folded
from kubectl_argo_pods.places import Place
from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.sources.kube_exec import Process
from kubectl_argo_pods.sources.kube_pods import KubePods
from kubectl_argo_pods.terminal import CAN_WAIT_FOR_STDIN

# Where the output of a place goes while its command runs.
Taking = Callable[[Place], AbstractContextManager[Take]]


class Ways(NamedTuple):
    """The ways into a container: our own, and what kubectl has to be told to go the same."""

    pods: KubePods
    connection: Connection
    environ: Mapping[str, str]


class Order(NamedTuple):
    """What to run in each place, how many at a time, for how many seconds at most, and how to print it."""

    command: tuple[str, ...]
    wish: Wish
    parallel: int
    timeout: float | None
    fold: bool
    stdin: IO[bytes] | None  # a file that all read

    def deadline(self) -> float | None:
        """Of a command that begins now."""
        return time.monotonic() + self.timeout if self.timeout else None


def run(ways: Ways, places: Sequence[Place], order: Order) -> int:
    """Run it everywhere; 0 if it is 0 everywhere, else 1, with a summary of where it was not."""
    outcomes = _folded(ways, places, order) if order.fold else _prefixed(ways, places, order)
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


def _prefixed(ways: Ways, places: Sequence[Place], order: Order) -> list[Done[Place, Exit]]:
    lock = Lock()

    @contextmanager
    def taking(place: Place) -> Iterator[Take]:
        out, err = (Prefixed(each.buffer, lock, f"[{place.name}] ") for each in (sys.stdout, sys.stderr))
        try:
            yield lambda channel, written: (out if channel == STDOUT else err).write(written)
        finally:
            out.end()
            err.end()

    return _outcomes(ways, places, order, taking)


def _folded(ways: Ways, places: Sequence[Place], order: Order) -> list[Done[Place, Exit]]:
    kept = {id(place): Kept() for place in places}

    def taking(place: Place) -> AbstractContextManager[Take]:
        return nullcontext(lambda _, written: kept[id(place)].write(written))

    outcomes = _outcomes(ways, places, order, taking)
    for folded in fold((place.name, kept[id(place)]) for place in places):
        print_folded(sys.stdout.buffer, folded)
    sys.stdout.buffer.flush()
    return outcomes


def _outcomes(ways: Ways, places: Sequence[Place], order: Order, taking: Taking) -> list[Done[Place, Exit]]:
    """What became of it in each place, in any order."""

    def task(place: Place) -> Exit:
        process = _process(ways.pods, place, order)
        with started(ways.pods, process) as channels, taking(place) as take:
            return gather(channels, take, order.stdin, order.deadline())

    outcomes = list(fan_out(task, places, order.parallel))
    refused = [done.place for done in outcomes if isinstance(done.error, OnlyByKubectlError)]
    # Windows cannot wait for the output of several programs.
    if not refused or not CAN_WAIT_FOR_STDIN:
        return outcomes
    ended = [done for done in outcomes if not isinstance(done.error, OnlyByKubectlError)]
    try:
        return ended + _by_kubectls(ways, refused, order, taking)
    except ConfigError as error:
        # Elsewhere it has run, and what became of it there is to be shown.
        return ended + [Done(place, None, error) for place in refused]


def _by_kubectls(ways: Ways, places: Sequence[Place], order: Order, taking: Taking) -> list[Done[Place, Exit]]:
    from kubectl_argo_pods.kubectl import handed_over
    from kubectl_argo_pods.kubectls import kubectls

    # What is to be told of the containers has been told before.
    quiet = order._replace(wish=order.wish._replace(quiet=True))
    with handed_over(ways.connection, ways.environ) as reach, kubectls(reach) as running:

        def task(place: Place) -> Exit:
            command = by_kubectl(_process(ways.pods, place, quiet))
            with taking(place) as take:
                return running.gather(command, place.namespace, take, order.stdin, order.deadline())

        return list(fan_out(task, places, order.parallel))


def _process(pods: KubePods, place: Place, order: Order) -> Process:
    container = running_container(pods, place, order.wish)
    return Process(place.namespace, place.pod, container, order.command, stdin=order.stdin is not None)


def whole(stdin: IO[bytes], file: IO[bytes]) -> IO[bytes]:
    """The file, filled with all of stdin, which each of many can read."""
    copyfileobj(stdin, file)
    file.flush()
    return file
