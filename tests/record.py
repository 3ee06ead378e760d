"""Records on a real cluster (KUBECONFIG, E2E_ARGO_SERVER, E2E_IMAGE) what the simulated one is to answer.

`python -m tests.record` submits the workflows of tests/e2e/workflows, waits, and writes tests/recorded anew;
with the names of files, only these; the servers' answers (tests/e2e/asked.py) come with `steps`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from tests.e2e import submission
from tests.e2e.api_client import TABLE
from tests.e2e.apis import Apis, kept, of_real_cluster
from tests.e2e.asked import ARGO_SERVER, KUBERNETES
from tests.recordings import FOLDER

Manifest = dict[str, Any]
SUFFIX = "7k2lp"
TRIMMED = {"managedFields", "kubectl.kubernetes.io/last-applied-configuration"}
# What says something of the machine it was recorded on.
REPLACED = {"cluster.local/busybox:1": "busybox:1", "10.97.0.1:9000": "objects.example:9000"}


def main() -> None:
    namespace = submission.namespace()
    only = sys.argv[1:]
    files = {stem: each for stem, each in submission.read(SUFFIX).items() if not only or stem in only}
    try:
        names = submission.run(files)
        # Controllers are not done when the workflow is: labels of its last pods follow.
        time.sleep(submission.STANDS_STILL)
        with of_real_cluster(Path(os.environ["KUBECONFIG"]), namespace, names) as apis:
            for stem, name in names.items():
                _write(FOLDER / "workflows" / f"{stem}.json", _recording(apis, name))
            if "steps" in names:
                _write(FOLDER / "answers.json", {each: kept(apis.ask(each)) for each in KUBERNETES | ARGO_SERVER})
    finally:
        submission.clean_up(SUFFIX)


def _recording(apis: Apis, name: str) -> Manifest:
    path = f"/apis/argoproj.io/v1alpha1/namespaces/{apis.namespace}/workflows/{name}"
    workflow = apis.kubernetes.get(path).json()
    selector = {"labelSelector": f"workflows.argoproj.io/workflow={name}", "includeObject": "Object"}
    # Cells and objects come in one answer, at one moment: so they agree.
    table = apis.kubernetes.get(f"/api/v1/namespaces/{apis.namespace}/pods", selector, Accept=TABLE)
    rows = table.json()["rows"]
    pods = [row.pop("object") for row in rows]
    archived = apis.argo_server.get(f"/api/v1/archived-workflows/{workflow['metadata']['uid']}")
    return {
        # The server's own clock, to the second: ages are counted from whole seconds, so this is exact.
        "recorded_at": parsedate_to_datetime(table.headers["date"]).timestamp(),
        "workflow": workflow,
        "pods": [{"kind": "Pod", "apiVersion": "v1"} | pod for pod in pods],
        "rows": rows,
        "argo_get": submission.argo_get(name),
        "archived": archived.json() if archived.status == 200 else None,
    }


def _trimmed(value: Any) -> Any:
    if isinstance(value, list):
        return [_trimmed(each) for each in value]
    if isinstance(value, Mapping):
        return {key: _trimmed(each) for key, each in value.items() if key not in TRIMMED}
    return value


def _write(path: Path, value: Manifest) -> None:
    text = json.dumps(_trimmed(value), indent=1, ensure_ascii=False)
    for found, replacement in REPLACED.items():
        text = text.replace(found, replacement)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n")


if __name__ == "__main__":
    main()
