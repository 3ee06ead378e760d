"""Records on a real cluster (KUBECONFIG, E2E_ARGO_SERVER, E2E_IMAGE) what the simulated one is to answer.

`python -m tests.record` submits the workflows of tests/e2e/workflows, waits, and writes tests/recorded anew.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from tests.e2e import submission
from tests.e2e.api_client import METADATA_LIST, TABLE, Answer, ApiClient, from_kubeconfig
from tests.recordings import FOLDER

Manifest = dict[str, Any]
SUFFIX = "7k2lp"
WORKFLOWS = "/apis/argoproj.io/v1alpha1"
STRANGER = "argo-pods-e2e-stranger"  # a service account that may do nothing
# What says something of the machine it was recorded on.
REPLACED = {"cluster.local/busybox:1": "busybox:1", "10.97.0.1:9000": "objects.example:9000"}


def main() -> None:
    api = from_kubeconfig(Path(os.environ["KUBECONFIG"]))
    argo = ApiClient(f"http://{os.environ['E2E_ARGO_SERVER']}")
    namespace = submission.kubectl("config", "view", "--minify", "-o", "jsonpath={..namespace}")
    files = submission.read(SUFFIX)
    try:
        submission.submit(files)
        names = {stem: _workflow(manifests)["metadata"] for stem, manifests in files.items()}
        until = {each["name"]: each.get("annotations", {}).get("until", "") for each in names.values()}
        submission.wait(until, until)
        # Controllers are not done when the workflow is: labels of its last pods follow.
        time.sleep(submission.STANDS_STILL)
        for stem, metadata in names.items():
            recording = _recording(api, argo, namespace, metadata["name"])
            _write(FOLDER / "workflows" / f"{stem}.json", recording)
        _write(FOLDER / "answers.json", dict(_answers(api, argo, namespace, f"steps-{SUFFIX}")))
    finally:
        submission.clean_up(SUFFIX)


def _workflow(manifests: list[Manifest]) -> Manifest:
    return next(each for each in manifests if each["kind"] == "Workflow")


def _recording(api: ApiClient, argo: ApiClient, namespace: str, name: str) -> Manifest:
    workflow = api.get(f"{WORKFLOWS}/namespaces/{namespace}/workflows/{name}").json()
    selector = {"labelSelector": f"workflows.argoproj.io/workflow={name}", "includeObject": "Object"}
    # Cells and objects come in one answer, at one moment: so they agree.
    table = api.get(f"/api/v1/namespaces/{namespace}/pods", selector, Accept=TABLE)
    rows = table.json()["rows"]
    pods = [row.pop("object") for row in rows]
    archived = argo.get(f"/api/v1/archived-workflows/{workflow['metadata']['uid']}")
    return {
        # The server's own clock, to the second: ages are counted from whole seconds, so this is exact.
        "recorded_at": parsedate_to_datetime(table.headers["date"]).timestamp(),
        "workflow": workflow,
        "pods": [{"kind": "Pod", "apiVersion": "v1"} | pod for pod in pods],
        "rows": rows,
        "argo_get": _argo_get(name),
        "archived": archived.json() if archived.status == 200 else None,
    }


def _argo_get(name: str) -> str:
    command = ["argo", "get", name, "--no-color"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _answers(api: ApiClient, argo: ApiClient, namespace: str, name: str) -> Iterator[tuple[str, Manifest]]:
    pods, workflows = f"/api/v1/namespaces/{namespace}/pods", f"{WORKFLOWS}/namespaces/{namespace}/workflows"
    yield "pods, nothing of that name", _kept(api.get(f"{pods}/nope"))
    yield "workflows, nothing of that name", _kept(api.get(f"{workflows}/nope"))
    yield "namespaces, nothing of that name", _kept(api.get("/api/v1/namespaces/nope"))
    yield "pods of no such namespace", _kept(api.get("/api/v1/namespaces/nope/pods"))
    yield "nowhere", _kept(api.get("/nowhere"))
    yield "a malformed label selector", _kept(api.get(pods, {"labelSelector": "a b"}))
    yield "a field that cannot be selected by", _kept(api.get(pods, {"fieldSelector": "spec.x=y"}))
    yield "workflows by phase field", _kept(api.get(workflows, {"fieldSelector": "status.phase=y"}))
    yield "a malformed continue token", _kept(api.get(pods, {"limit": "1", "continue": "xx"}))
    expired = {"watch": "true", "resourceVersion": "1", "timeoutSeconds": "1"}
    yield "a watch from an expired version", _kept(api.get(pods, expired))
    yield (
        "metadata of a workflow",
        _kept(api.get(workflows, {"fieldSelector": f"metadata.name={name}"}, Accept=METADATA_LIST)),
    )
    table = {"fieldSelector": f"metadata.name={name}", "includeObject": "None"}
    yield "a workflow as a table", _kept(api.get(workflows, table, Accept=TABLE))
    yield "a pod as a table", _kept(api.get(pods, {"limit": "1", "includeObject": "None"}, Accept=TABLE))
    yield from _refusals(api, pods, workflows, name)
    yield from _argo_answers(argo, namespace, name)


def _refusals(api: ApiClient, pods: str, workflows: str, name: str) -> Iterator[tuple[str, Manifest]]:
    yield "nobody", _kept(api.anonymous().get(pods))
    wrong = {"Authorization": "Bearer wrong"}
    yield "a wrong token", _kept(api.anonymous().get(pods, None, **wrong))
    submission.kubectl("create", "serviceaccount", STRANGER)
    try:
        token = submission.kubectl("create", "token", STRANGER).strip()
        as_stranger = {"Authorization": f"Bearer {token}"}
        yield "pods, not allowed", _kept(api.anonymous().get(pods, None, **as_stranger))
        yield "all pods, not allowed", _kept(api.anonymous().get("/api/v1/pods", None, **as_stranger))
        yield "a workflow, not allowed", _kept(api.anonymous().get(f"{workflows}/{name}", None, **as_stranger))
        yield "workflows, not allowed", _kept(api.anonymous().get(workflows, None, **as_stranger))
        yield "a namespace, not allowed", _kept(api.anonymous().get("/api/v1/namespaces/argo", None, **as_stranger))
        yield (
            "to be someone else, not allowed",
            _kept(api.anonymous().get(pods, None, Impersonate_User="jane", **as_stranger)),
        )
        argo = ApiClient(f"http://{os.environ['E2E_ARGO_SERVER']}", None, as_stranger)
        path = workflows.removeprefix(WORKFLOWS).removeprefix("/namespaces/").removesuffix("/workflows")
        yield "argo server: workflows, not allowed", _kept(argo.get(f"/api/v1/workflows/{path}"))
        yield "argo server: a workflow, not allowed", _kept(argo.get(f"/api/v1/workflows/{path}/{name}"))
        yield (
            "argo server: the archive, not allowed",
            _kept(argo.get("/api/v1/archived-workflows", {"namespace": path})),
        )
    finally:
        submission.kubectl("delete", "serviceaccount", STRANGER)


def _argo_answers(argo: ApiClient, namespace: str, name: str) -> Iterator[tuple[str, Manifest]]:
    workflows = f"/api/v1/workflows/{namespace}"
    yield "argo server: nothing of that name", _kept(argo.get(f"{workflows}/nope"))
    yield "argo server: a workflow", _kept(argo.get(f"{workflows}/{name}"))
    yield (
        "argo server: fields of a workflow",
        _kept(argo.get(f"{workflows}/{name}", {"fields": "metadata.name,status.phase"})),
    )
    yield (
        "argo server: all but fields of a workflow",
        _kept(argo.get(f"{workflows}/{name}", {"fields": "-metadata,spec,status.nodes,status.storedTemplates"})),
    )
    only = {"listOptions.fieldSelector": f"metadata.name={name}"}
    yield "argo server: a list", _kept(argo.get(workflows, only | {"fields": "metadata.continue,items.metadata.name"}))
    yield "argo server: an empty list", _kept(argo.get("/api/v1/workflows/nope"))
    yield (
        "argo server: a field that cannot be selected by",
        _kept(argo.get(workflows, {"listOptions.fieldSelector": "status.phase=x"})),
    )
    yield "argo server: a malformed continue token", _kept(argo.get(workflows, {"listOptions.continue": "x"}))
    yield "argo server: the archive", _kept(argo.get("/api/v1/archived-workflows", only | {"namespace": namespace}))
    yield "argo server: an empty archive", _kept(argo.get("/api/v1/archived-workflows", {"namespace": "nope"}))
    yield "argo server: nothing archived of that uid", _kept(argo.get("/api/v1/archived-workflows/nope"))
    yield "argo server: no workflow is the latest", _kept(argo.get("/api/v1/workflows/nope/@latest"))
    yield "argo server: nowhere", _kept(argo.get("/api/v1/nowhere"))
    yield "argo server: the page", _kept(argo.get("/nowhere"))
    yield "argo server: info", _kept(argo.get("/api/v1/info"))
    wrong = {"Authorization": "Bearer wrong"}
    yield "argo server: a wrong token", _kept(argo.get(workflows, None, **wrong))


def _kept(answer: Answer) -> Manifest:
    text = answer.body.decode()
    try:
        body: Any = _without_managed_fields(json.loads(text))
    except ValueError:
        body = text
    return {"status": answer.status, "content_type": answer.headers.get("content-type", ""), "body": body}


def _without_managed_fields(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_managed_fields(each) for each in value]
    if isinstance(value, Mapping):
        return {key: _without_managed_fields(each) for key, each in value.items() if key != "managedFields"}
    return value


def _write(path: Path, value: Manifest) -> None:
    text = json.dumps(_without_managed_fields(value), indent=1, ensure_ascii=False)
    for found, replacement in REPLACED.items():
        text = text.replace(found, replacement)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n")


if __name__ == "__main__":
    main()
