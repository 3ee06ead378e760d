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
COMPLETED = "workflows.argoproj.io/completed"
OWNED = "argo-pods-e2e"  # the label by which everything submitted is found again
STANDS_STILL = 15.0  # seconds without a change, for the workflows that are not to end
PATIENCE = 420.0


def read(suffix: str) -> dict[str, list[Manifest]]:
    """The manifests to submit by file, named with the suffix; `E2E_IMAGE` replaces the image."""
    return {path.stem: list(_prepared(path, suffix)) for path in sorted(FOLDER.glob("*.yaml"))}


def _prepared(path: Path, suffix: str) -> Iterator[Manifest]:
    text = path.read_text().replace(IMAGE, os.environ.get("E2E_IMAGE", IMAGE))
    for manifest in yaml.safe_load_all(text):
        metadata = manifest["metadata"]
        if manifest["kind"] == "Workflow":
            metadata["name"] = f"{metadata['name']}-{suffix}"
            manifest["spec"].setdefault("activeDeadlineSeconds", 1800)
        metadata["labels"] = {OWNED: suffix}
        yield manifest


def submit(files: Mapping[str, Iterable[Manifest]]) -> None:
    manifests = [each for file in files.values() for each in file]
    # A template may be there from another run: it is the same.
    templates = [each for each in manifests if each["kind"] == "WorkflowTemplate"]
    kubectl("apply", "-f", "-", stdin=_list(templates))
    kubectl("create", "-f", "-", stdin=_list([each for each in manifests if each not in templates]))


def wait(names: Iterable[str], until: Mapping[str, str]) -> dict[str, Manifest]:
    """The workflows by name once all are complete or, where the file says `until: steady`, stand still."""
    started, versions, found = time.monotonic(), dict[str, tuple[str, float]](), dict[str, Manifest]()
    waiting = set(names)
    while waiting:
        assert time.monotonic() - started < PATIENCE, f"still running: {sorted(waiting)}"
        for name, workflow in workflows(waiting).items():
            version = workflow["metadata"]["resourceVersion"]
            if version != versions.get(name, ("", 0.0))[0]:
                versions[name] = version, time.monotonic()
            still = time.monotonic() - versions[name][1] > STANDS_STILL
            if _archived(workflow) or (until.get(name) == "steady" and still and workflow["status"].get("nodes")):
                found[name] = workflow
                waiting.discard(name)
        time.sleep(1)
    return found


def workflows(names: Iterable[str]) -> dict[str, Manifest]:
    wanted = set(names)
    listed = json.loads(kubectl("get", "workflows", "-l", OWNED, "-o", "json"))["items"]
    return {each["metadata"]["name"]: each for each in listed if each["metadata"]["name"] in wanted}


def clean_up(suffix: str) -> None:
    kubectl("delete", "workflows", "-l", f"{OWNED}={suffix}", "--wait=false")
    caches = json.loads(kubectl("get", "configmaps", "-o", "json"))["items"]
    mine = [each["metadata"]["name"] for each in caches if each["metadata"]["name"].endswith(f"-{suffix}-cache")]
    if mine:
        kubectl("delete", "configmaps", *mine)


def kubectl(*args: str, stdin: str | None = None) -> str:
    return subprocess.run(["kubectl", *args], input=stdin, check=True, stdout=subprocess.PIPE, text=True).stdout


def _archived(workflow: Manifest) -> bool:
    labels = workflow["metadata"].get("labels", {})
    # "Pending" means that the archive will have it in a moment; without an archive the label never comes.
    return (
        labels.get(COMPLETED) == "true"
        and labels.get("workflows.argoproj.io/workflow-archiving-status") != "Pending"
    )


def _list(manifests: list[Manifest]) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": manifests})
