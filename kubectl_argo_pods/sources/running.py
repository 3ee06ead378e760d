"""Waiting for a container to run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer

from kubectl_argo_pods.errors import ApiError, TimedOutError, UnreachableError
from kubectl_argo_pods.sources import PodQuery
from kubectl_argo_pods.sources.kube_pods import KubePods
from kubectl_argo_pods.workflow import Manifest

# Between two watches, in seconds, where the server ends them at once.
PAUSE = 0.5


def wait_until(
    pods: KubePods,
    manifest: Manifest,
    is_settled: Callable[[Manifest], bool],
    timeout: float,
    state: Callable[[Manifest], str],
) -> Manifest:
    """The pod as soon as it is settled, by a watch; raises NotFoundError, and TimedOutError, with its state."""
    metadata = manifest["metadata"]
    namespace, name = metadata["namespace"], metadata["name"]
    deadline = time.monotonic() + timeout
    while not is_settled(manifest):
        for seen in _changes(pods, namespace, name, deadline):
            if is_settled(seen):
                return seen
        # The watch has ended, for whatever reason; a pod that was deleted is told by this.
        manifest = pods.pod(namespace, name)
        if time.monotonic() >= deadline:
            raise TimedOutError(f"{state(manifest)}, after {timeout:g} seconds of waiting")
    return manifest


def _changes(pods: KubePods, namespace: str, name: str, deadline: float) -> Iterator[Manifest]:
    """What becomes of the pod, from what it is now on: its own version may be too old for a watch."""
    query = PodQuery(field_selector=f"metadata.name={name}", include="Object")
    try:
        with pods.watch(namespace, "", query, "") as watch, _closing(watch.close, deadline):
            for event in watch:
                if event.type == "DELETED":
                    return
                if event.pod and event.pod.manifest:
                    yield event.pod.manifest
    except UnreachableError:
        time.sleep(max(0.0, min(PAUSE, deadline - time.monotonic())))
    except ApiError as error:
        if error.code < 500 and error.code != 429:
            raise
        time.sleep(max(0.0, min(PAUSE, deadline - time.monotonic())))


@contextmanager
def _closing(close: Callable[[], None], deadline: float) -> Iterator[None]:
    timer = Timer(max(0.0, deadline - time.monotonic()), close)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
