"""Our answers beside those of kubectl and argo, for every kind of workflow: as recorded, and on a real cluster."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Run
from tests.e2e import argo_tree, submission
from tests.e2e.api_client import TABLE
from tests.e2e.apis import Apis

Manifest = dict[str, Any]
FILES = sorted(path.stem for path in submission.FOLDER.glob("*.yaml"))

# argo sorts siblings by their start, then by the number in their loop, whichever loop it is; we keep loops together.
IN_ANOTHER_ORDER = {"loops"}


@pytest.fixture
def ours(apis: Apis, argo_pods: Run) -> Callable[..., str]:
    """What the program prints on stdout about the workflow of a file."""

    def run(file: str, *args: str) -> str:
        environment = {"KUBECONFIG": str(apis.kubeconfig)}
        result = argo_pods(apis.workflows[file], "-n", apis.namespace, *args, env=environment)
        assert result.status == 0, result.stderr
        return result.stdout

    return run


def real_pods(apis: Apis, file: str) -> dict[str, str]:
    """What kubectl says of the pods of a workflow: STATUS by name."""
    query = {"labelSelector": f"workflows.argoproj.io/workflow={apis.workflows[file]}", "includeObject": "None"}
    rows = apis.kubernetes.get(f"/api/v1/namespaces/{apis.namespace}/pods", query, Accept=TABLE).json()["rows"]
    return {row["cells"][0]: row["cells"][2] for row in rows}


@pytest.mark.parametrize("file", FILES)
def test_the_pods_are_those_that_exist(apis: Apis, ours: Callable[..., str], file: str) -> None:
    printed = [line.removeprefix("pod/") for line in ours(file, "-o", "name").splitlines()]
    assert sorted(printed) == sorted(real_pods(apis, file))


@pytest.mark.parametrize("file", FILES)
def test_a_status_is_the_one_that_kubectl_prints(apis: Apis, ours: Callable[..., str], file: str) -> None:
    rows = json.loads(ours(file, "-o", "json"))["items"]
    printed = {each["metadata"]["name"]: each["status"]["status"] for each in rows if each["status"]["exists"]}
    assert printed == real_pods(apis, file)


@pytest.mark.parametrize("file", FILES)
def test_the_nodes_are_those_of_argo_get(apis: Apis, ours: Callable[..., str], file: str) -> None:
    lines = argo_tree.parse(apis.argo_get(file))
    nodes = _nodes_argo_prints(apis, ours, file)
    steps, theirs = [each.step for each in nodes], [each.step for each in lines]
    if file in IN_ANOTHER_ORDER:
        steps, theirs = sorted(steps), sorted(theirs)
    assert steps == theirs


@pytest.mark.parametrize("file", FILES)
def test_a_pod_name_is_the_one_of_argo_get(apis: Apis, ours: Callable[..., str], file: str) -> None:
    theirs = {each.step: each.pod for each in argo_tree.parse(apis.argo_get(file))}
    printed = {each.step: each.pod for each in _nodes_argo_prints(apis, ours, file) if each.pod}
    # argo prints a name for pods that were never made, and none for what the agent does.
    assert printed == {step: pod for step, pod in theirs.items() if step in printed}


def _nodes_argo_prints(apis: Apis, ours: Callable[..., str], file: str) -> list[argo_tree.Line]:
    rows = json.loads(ours(file, "--all-nodes", "-o", "json"))["items"]
    return [
        argo_tree.Line(row["node"]["displayName"], row["metadata"]["name"] if row["node"]["type"] == "Pod" else "")
        for row in rows
        if row.get("node") and argo_tree.is_printed(row["node"], apis.workflows[file])
    ]
