"""Pods of a real cluster whose containers do as a test says, and all that is followed of their logs."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event as Signal

from kubectl_argo_pods.cluster.http import open_http
from kubectl_argo_pods.cluster.kubeconfig import Overrides, resolve
from kubectl_argo_pods.errors import ArgoPodsError
from kubectl_argo_pods.follow import Item, follow
from kubectl_argo_pods.follow.discovery import Discovery
from kubectl_argo_pods.sources import PodQuery
from kubectl_argo_pods.sources.kube_logs import KubeLogs
from kubectl_argo_pods.sources.kube_pods import KubePods
from kubectl_argo_pods.sources.snapshot import Snapshot
from kubectl_argo_pods.targets import LogOptions, LogQuery, Selected
from kubectl_argo_pods.workflow import from_manifest
from tests.e2e.submission import LOADED, OWNED, kubectl
from tests.follow.following import everything

NO_WORKFLOW = from_manifest({"metadata": {"name": "none"}})
POLL = 0.3


class Pods:
    """The pods with a label of their own."""

    def __init__(self, suffix: str) -> None:
        self.label = f"{OWNED}={suffix}"
        self._suffix = suffix
        cluster = resolve(Overrides(), os.environ)
        self._namespace = cluster.namespace
        http = open_http(cluster, os.environ)
        self._pods, self._logs = KubePods(http), KubeLogs(http)

    def run(self, name: str, script: str, restart: str = "Never", silent: int = 0) -> str:
        """Starts a pod that runs a shell script beside so many containers that say nothing; returns its name."""
        image = os.environ.get("E2E_IMAGE", LOADED)
        scripts = {"main": script} | {f"silent-{number}": "sleep 600" for number in range(silent)}
        containers = [{"name": each, "image": image, "command": ["sh", "-c", scripts[each]]} for each in scripts]
        metadata = {"name": f"{name}-{self._suffix}", "labels": {OWNED: self._suffix}}
        spec = {"restartPolicy": restart, "terminationGracePeriodSeconds": 1, "containers": containers}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}
        kubectl("apply", "-f", "-", stdin=json.dumps(pod))
        return str(metadata["name"])

    def follow(self) -> Iterator[Item]:
        """All that their containers write, until the pods have ended or are gone."""
        options = LogOptions(LogQuery(follow=True))
        for items in follow(self._logs, Discovery(self._discovered()), _select, options):
            yield from items

    def _discovered(self) -> Iterator[list[Snapshot]]:
        while True:
            try:
                listed = self._pods.pods(self._namespace, self.label, PodQuery(include="Object"))
            except ArgoPodsError:
                # The API server restarts.
                Signal().wait(POLL)
                continue
            yield [Snapshot(NO_WORKFLOW, listed.pods, [])]
            Signal().wait(POLL)


def _select(snapshots: list[Snapshot]) -> Selected:
    selected = everything(snapshots)
    manifests = [pod.manifest or {} for each in snapshots for pod in each.pods or []]
    ended = all(pod["status"].get("phase") in ("Succeeded", "Failed") for pod in manifests)
    return selected._replace(final=ended)


@contextmanager
def of_real_cluster() -> Iterator[Pods]:
    pods = Pods(f"logs-{random.randrange(10**4, 10**5)}")
    try:
        yield pods
    finally:
        kubectl("delete", "pods", "-l", pods.label, "--wait=false", "--grace-period=0", "--force")
