"""What the domain makes of workflows recorded on a real cluster, against what `argo get` and the pods said there."""

from __future__ import annotations

import re

import pytest

from kubectl_argo_pods.graph import split_number
from kubectl_argo_pods.pod import NODE_ID, NodePod, Pod, join, unexplained
from kubectl_argo_pods.workflow import Workflow, from_manifest
from tests.recordings import Recording, recordings

COLOR = re.compile(r"\x1b\[\d+m")
RECORDINGS = recordings()


@pytest.fixture(params=list(RECORDINGS))
def recording(request: pytest.FixtureRequest) -> Recording:
    return RECORDINGS[request.param]


def pods_of(recording: Recording, *, with_metadata: bool) -> list[Pod]:
    found = []
    for manifest, row in zip(recording.pods, recording.rows, strict=True):
        name, ready, status, restarts, age, ip, host = map(str, row["cells"][:7])
        metadata = manifest["metadata"] if with_metadata else None
        found.append(
            Pod(name, recording.workflow["metadata"]["namespace"], ready, status, restarts, age, ip, host, metadata)
        )
    return found


def pod_names(text: str, workflow: str) -> list[str]:
    """The PODNAME column of `argo get`: the first word of a row, after its step, that a pod can be called."""
    table = COLOR.sub("", text).partition("\nSTEP")[2]
    return re.findall(rf"(?<=  )({re.escape(workflow)}(?:-[a-z0-9-]+)?)(?=  )", table)


def of_pods(rows: list[NodePod]) -> list[NodePod]:
    return [row for row in rows if row.node and row.node.type == "Pod" and row.name]


def test_pods_come_in_the_order_of_argo_get(recording: Recording) -> None:
    workflow = from_manifest(recording.workflow)
    rows = of_pods(join(workflow, pods_of(recording, with_metadata=True)))
    theirs = pod_names(recording.argo_get, workflow.name)
    loops = {row.name: split_number(row.node.display_name)[0] for row in rows if row.node}
    # argo mixes the items of loops that started together; here each loop is listed as a whole.
    places = {loop: place for place, loop in reversed(list(enumerate(loops.values())))}
    expected = sorted((name for name in theirs if name in loops), key=lambda name: places[loops[name]])
    assert [row.name for row in rows if row.name in theirs] == expected


def test_every_pod_is_found_and_belongs_to_the_node_that_it_names(recording: Recording) -> None:
    workflow = from_manifest(recording.workflow)
    rows = join(workflow, pods_of(recording, with_metadata=True))
    assert {row.name for row in rows if row.pod} == {manifest["metadata"]["name"] for manifest in recording.pods}
    for row in of_pods(rows):
        if row.pod and row.pod.metadata:
            assert row.node and row.node.id == row.pod.metadata["annotations"][NODE_ID]


def short(rows: list[NodePod]) -> list[tuple[str, str, str, bool]]:
    return [(row.node.id if row.node else "", row.name, row.kind, row.pod is not None) for row in rows]


def test_the_small_table_and_the_metadata_give_the_same_rows(recording: Recording) -> None:
    workflow: Workflow = from_manifest(recording.workflow)
    whole = pods_of(recording, with_metadata=True)
    asked = unexplained(workflow, pods_of(recording, with_metadata=False), recording.recorded_at)
    cells = [pod if pod.name in asked else pod._replace(metadata=None) for pod in whole]
    assert short(join(workflow, cells)) == short(join(workflow, whole))


def test_names_of_pods_that_are_gone_are_those_that_they_had(recording: Recording) -> None:
    workflow = from_manifest(recording.workflow)
    rows = of_pods(join(workflow, pods_of(recording, with_metadata=True)))
    # A pod that never came to a host leaves no trace in its node but a message in free words.
    lived = {row.name for row in rows if row.pod and row.node and row.node.host}
    computed = {row.name for row in of_pods(join(workflow, []))}
    pending = {row.name for row in of_pods(join(workflow, None))}
    assert lived <= pending
    assert lived - computed <= pending - computed
