"""Submits the workflows of this folder to a real cluster and waits until they are done, or stand still."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

Manifest = dict[str, Any]
FOLDER = Path(__file__).parent / "workflows"
IMAGE = "busybox:1"
# A name that no registry serves: whoever runs the tests has loaded it, so that nothing is pulled.
LOADED = "cluster.local/busybox:1"
COMPLETED = "workflows.argoproj.io/completed"
OWNED = "argo-pods-e2e"  # the label by which everything submitted is found again
STANDS_STILL = 15.0  # seconds without a change, for the workflows that are not to end
AT_A_TIME = 4  # small clusters grow unhealthy under more
PATIENCE = 600.0


def read(suffix: str, folder: Path = FOLDER) -> dict[str, list[Manifest]]:
    """The manifests to submit by file, named with the suffix; `E2E_IMAGE` replaces the image."""
    return {path.stem: list(_prepared(path, suffix)) for path in sorted(folder.glob("*.yaml"))}


def _prepared(path: Path, suffix: str) -> Iterator[Manifest]:
    text = path.read_text().replace(IMAGE, os.environ.get("E2E_IMAGE", LOADED))
    for manifest in yaml.safe_load_all(text):
        metadata = manifest["metadata"]
        if manifest["kind"] == "Workflow":
            metadata["name"] = f"{metadata['name']}-{suffix}"
            manifest["spec"].setdefault("activeDeadlineSeconds", 1800)
        metadata["labels"] = metadata.get("labels", {}) | {OWNED: suffix}
        yield manifest


def run(files: Mapping[str, list[Manifest]]) -> dict[str, str]:
    """Submits all, few at a time, and waits until they are done or, where the file says so, stand still.

    Returns the workflows' names by file.
    """
    names = {stem: _workflow(manifests)["metadata"]["name"] for stem, manifests in files.items()}
    until = {names[stem]: _until(_workflow(manifests)) for stem, manifests in files.items()}
    to_submit, waiting = list(files), set[str]()
    changes, started = _Changes(), time.monotonic()
    while to_submit or waiting:
        assert time.monotonic() - started < PATIENCE, f"not done: {sorted(waiting)}, {to_submit}"
        while to_submit and len(waiting) < AT_A_TIME:
            stem = to_submit.pop(0)
            kubectl("apply", "-f", "-", stdin=_list(files[stem]))
            waiting.add(names[stem])
        for name, workflow in workflows(waiting).items():
            still = changes.seconds_since(workflow) > STANDS_STILL
            if _archived(workflow) or (until[name] == "steady" and still):
                waiting.discard(name)
        time.sleep(1)
    return names


class _Changes:
    """When a workflow was last seen to change."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[str, float]] = {}

    def seconds_since(self, workflow: Manifest) -> float:
        name, version = workflow["metadata"]["name"], workflow["metadata"]["resourceVersion"]
        if self._seen.get(name, ("",))[0] != version:
            self._seen[name] = version, time.monotonic()
        return time.monotonic() - self._seen[name][1]


def workflows(names: Iterable[str]) -> dict[str, Manifest]:
    wanted = set(names)
    listed = json.loads(kubectl("get", "workflows", "-l", OWNED, "-o", "json"))["items"]
    return {each["metadata"]["name"]: each for each in listed if each["metadata"]["name"] in wanted}


def see_cluster_at_work() -> None:
    """Waits until a workflow has been run, from the controller that takes it up to the node that runs its pod.

    Parts that are killed before would not come back. After a restart, Argo has all workflows of the cluster to read.
    """
    container = {"image": os.environ.get("E2E_IMAGE", LOADED), "command": ["true"]}
    workflow: Manifest = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"generateName": "argo-pods-e2e-"},
        "spec": {"entrypoint": "main", "templates": [{"name": "main", "container": container}]},
    }
    name = kubectl("create", "-o", "name", "-f", "-", stdin=json.dumps(workflow)).strip()
    try:
        kubectl("wait", name, "--for=jsonpath={.status.phase}=Succeeded", "--timeout=240s")
    finally:
        kubectl("delete", name, "--wait=false")


def clean_up(suffix: str) -> None:
    kubectl("delete", "workflows", "-l", f"{OWNED}={suffix}", "--wait=false")
    kubectl("delete", "workflowtemplates,configmaps", "-l", f"{OWNED}={suffix}")
    caches = json.loads(kubectl("get", "configmaps", "-o", "json"))["items"]
    mine = [each["metadata"]["name"] for each in caches if each["metadata"]["name"].endswith(f"-{suffix}-cache")]
    if mine:
        kubectl("delete", "configmaps", *mine)


def namespace() -> str:
    """The namespace of the kubeconfig's context."""
    return kubectl("config", "view", "--minify", "-o", "jsonpath={..namespace}") or "default"


def argo_get(name: str) -> str:
    command = ["argo", "get", name, "--no-color"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def kubectl(*args: str, stdin: str | None = None) -> str:
    return subprocess.run(["kubectl", *args], input=stdin, check=True, stdout=subprocess.PIPE, text=True).stdout


def _workflow(manifests: Iterable[Manifest]) -> Manifest:
    return next(each for each in manifests if each["kind"] == "Workflow")


def _until(workflow: Manifest) -> str:
    return str(workflow["metadata"].get("annotations", {}).get("until", ""))


def _archived(workflow: Manifest) -> bool:
    labels = workflow["metadata"].get("labels", {})
    # "Pending" means that the archive will have it in a moment; without an archive the label never comes.
    archiving = labels.get("workflows.argoproj.io/workflow-archiving-status")
    return bool(labels.get(COMPLETED) == "true" and archiving != "Pending")


def _list(manifests: list[Manifest]) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": manifests})
