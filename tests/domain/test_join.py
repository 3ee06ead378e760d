from __future__ import annotations

import base64
import gzip
import json
import zlib
from typing import Any

import brotli
import pytest
import zstandard

from kubectl_argo_pods.errors import ManifestError
from kubectl_argo_pods.pod import join, steps, unexplained
from kubectl_argo_pods.workflow import from_manifest, parse_time
from tests.domain.shapes import node, pod, row, told, workflow

NOW = parse_time("2026-05-04T10:01:00Z") or 0.0
# What Argo makes of these names; `argo get` and the pods of a real cluster agree.
A = "wf-work-2962115457"
A_ID = "wf-2962115457"


def test_a_pod_is_told_by_its_annotation_even_under_a_name_that_no_rule_computes() -> None:
    rows = join(workflow(node("wf.a")), [pod("wf-named-by-hand-1", "wf.a")])
    assert told(rows) == [("a", "wf-named-by-hand-1", "annotation", "node")]


def test_a_table_row_is_told_by_the_computed_name() -> None:
    assert told(join(workflow(node("wf.a")), [row(A)])) == [("a", A, "pod name", "node")]


def test_a_pod_of_argo_before_3_2_is_told_by_its_node_name() -> None:
    old = pod(A_ID, "wf.a")
    assert old.metadata is not None
    del old.metadata["annotations"]["workflows.argoproj.io/node-id"]
    assert told(join(workflow(node("wf.a"), version=""), [old])) == [("a", A_ID, "annotation", "node")]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({}, (A, "computed"), id="succeeded"),
        pytest.param({"phase": "Running"}, (A, "computed"), id="running"),
        pytest.param({"phase": "Failed"}, (A, "computed"), id="failed on a host"),
        pytest.param({"phase": "Failed", "hostNodeName": ""}, ("", ""), id="failed before it had a pod"),
        pytest.param(
            {"phase": "Error", "hostNodeName": "", "message": "pod deleted"}, (A, "computed"), id="its pod was deleted"
        ),
        pytest.param({"phase": "Skipped"}, ("", ""), id="skipped"),
        pytest.param({"phase": "Omitted"}, ("", ""), id="omitted"),
        pytest.param({"phase": "Pending"}, ("", ""), id="pending"),
        pytest.param(
            {"phase": "Pending", "synchronizationStatus": {"waiting": "argo/Mutex/m"}},
            ("", ""),
            id="waiting for a lock",
        ),
        pytest.param({"memoizationStatus": {"hit": True, "key": "k"}}, ("", ""), id="memoized"),
        pytest.param({"memoizationStatus": {"hit": False, "key": "k"}}, (A, "computed"), id="memoized at first"),
        pytest.param({"podName": "wf-told-1"}, ("wf-told-1", "node"), id="the node states its pod"),
        pytest.param(
            {"templateName": "", "templateRef": {"name": "lib", "template": "work"}}, (A, "computed"), id="a ref"
        ),
        pytest.param({"templateName": ""}, ("wf-2962115457", "computed"), id="inline template"),
        pytest.param(
            {"outputs": {"artifacts": [{"name": "main-logs", "s3": {"key": f"wf/{A_ID}/main.log"}}]}},
            (A_ID, "log artifact"),
            id="its archived log has a v1 name",
        ),
        pytest.param(
            {"outputs": {"artifacts": [{"name": "main-logs", "s3": {"key": "elsewhere/main.log"}}]}},
            (A, "computed"),
            id="its archived log says nothing",
        ),
    ],
)
def test_a_node_without_a_live_pod_names_the_one_it_must_have_had(
    fields: dict[str, Any], expected: tuple[str, str]
) -> None:
    rows = join(workflow(node("wf.a", **fields)), [])
    assert [(each.name, each.name_from, each.pod) for each in rows] == [(*expected, None)]


def test_without_permission_to_list_pods_a_pending_node_has_a_computed_name() -> None:
    pending = node("wf.a", phase="Pending")
    waiting = node("wf.b", phase="Pending", synchronizationStatus={"waiting": "argo/Mutex/m"})
    assert told(join(workflow(pending, waiting), None)) == [("a", A, "computed", "node"), ("b", "", "", "node")]


@pytest.mark.parametrize(
    ("version", "expected"),
    [("v1", A_ID), ("v2", A), ("v3", A), pytest.param("", A, id="no annotation")],
)
def test_the_pod_name_format_of_the_workflow_decides_where_no_pod_tells(version: str, expected: str) -> None:
    assert [each.name for each in join(workflow(node("wf.a"), version=version), [])] == [expected]


def test_the_pods_there_are_outweigh_the_format_that_is_stated() -> None:
    # `argo retry` after an upgrade rewrites v1 to v2, while the nodes that had succeeded keep their v1 pods.
    nodes = workflow(node("wf.a"), node("wf.b"), node("wf.c"))
    rows = join(nodes, [pod(A_ID, "wf.a"), pod("wf-2911782600", "wf.b")])
    assert [each.name for each in rows] == [A_ID, "wf-2911782600", "wf-2928560219"]


def test_pods_of_mixed_formats_are_each_told_without_metadata() -> None:
    nodes = workflow(node("wf.a"), node("wf.b"))
    listed = [row(A_ID), row("wf-work-2911782600")]
    assert unexplained(nodes, listed, NOW) == []
    assert [each.name for each in join(nodes, listed)] == [A_ID, "wf-work-2911782600"]


def test_inline_templates_of_older_releases_have_two_dashes() -> None:
    nodes = workflow(node("wf.a", templateName=""), node("wf.b", templateName=""))
    assert [each.name for each in join(nodes, [pod("wf--2962115457", "wf.a")])] == ["wf--2962115457", "wf--2911782600"]


def test_all_pods_of_a_restarted_node_are_its_own_the_oldest_first() -> None:
    second = pod(A, "wf.a", creationTimestamp="2026-05-04T10:00:30Z")
    first = pod("wf-before-1", "wf.a", creationTimestamp="2026-05-04T10:00:10Z")
    rows = join(workflow(node("wf.a")), [second, first])
    assert [each.name for each in rows] == ["wf-before-1", A]


def test_a_pod_of_a_former_workflow_of_the_name_is_an_orphan() -> None:
    rows = join(workflow(node("wf.a")), [pod(A, "wf.a", uid="another")])
    assert told(rows) == [("a", A, "computed", "node"), ("", A, "annotation", "orphan")]


def test_a_pod_without_any_owner_is_that_of_the_node_that_it_names() -> None:
    # `kubectl delete --cascade=orphan`, and the workflow again under its name: the controller takes the pod over.
    orphaned = pod(A, "wf.a", ownerReferences=[])
    assert told(join(workflow(node("wf.a")), [orphaned])) == [("a", A, "annotation", "node")]


@pytest.mark.parametrize(
    ("age", "asked"),
    [("59s", []), ("60s", [A]), ("1m1s", [A]), ("5m", [A]), ("<unknown>", [A])],
)
def test_a_pod_that_may_be_older_than_its_workflow_must_show_its_owner(age: str, asked: list[str]) -> None:
    assert unexplained(workflow(node("wf.a")), [row(A, age)], NOW) == asked


@pytest.mark.parametrize(
    ("age", "status", "asked"),
    [
        ("24m", "Running", []),
        # As old as the workflow, as far as one can see: its own, unless its owner is just being cleared away.
        ("25m", "Completed", []),
        ("25m", "Terminating", [A]),
        ("26m", "Completed", [A]),
    ],
)
def test_a_pod_of_an_old_workflow_must_show_its_owner_where_it_is_older_or_going(
    age: str, status: str, asked: list[str]
) -> None:
    later = NOW + 24.5 * 60
    assert unexplained(workflow(node("wf.a")), [row(A, age)._replace(status=status)], later) == asked


def test_a_pod_that_no_name_explains_must_show_its_annotations() -> None:
    assert unexplained(workflow(node("wf.a")), [row("wf-other-1"), pod("wf-known-1")], NOW) == ["wf-other-1"]


def test_agent_helper_and_orphan_are_told_apart() -> None:
    component = "workflows.argoproj.io/component"
    agent = pod("wf-1340600742-agent", labels={component: "agent"})
    collector = pod("wf-artgc-wfcomp-1", kind="WorkflowArtifactGCTask", labels={component: "artifact-gc"})
    child = pod("child-1", kind="Job", uid="job")
    rows = join(workflow(node("wf.a"), node("wf.call", "HTTP")), [agent, collector, child])
    assert told(rows) == [
        ("a", A, "computed", "node, gone"),
        ("call", "wf-1340600742-agent", "pod name", "node"),
        ("", "wf-1340600742-agent", "annotation", "agent"),
        ("", "wf-artgc-wfcomp-1", "annotation", "artifact-gc"),
        ("", "child-1", "annotation", "orphan"),
    ]


def test_an_http_node_whose_agent_is_gone_names_it() -> None:
    rows = join(workflow(node("wf.call", "HTTP"), node("wf.wait", "HTTP", phase="Pending")), [])
    assert told(rows) == [("call", "wf-1340600742-agent", "computed", "node, gone"), ("wait", "", "", "node")]


def test_containers_of_a_set_run_in_the_pod_of_their_boundary() -> None:
    group = node("wf.set", templateName="set")
    member = node("wf.set.one", "Container", parent="wf.set", display="one")
    name = join(workflow(group), [])[0].name
    rows = join(workflow(group, member), [pod(name, "wf.set")])
    assert told(rows) == [("set", name, "annotation", "node"), ("one", name, "annotation", "node")]


def test_offloaded_nodes_are_rebuilt_from_the_pods() -> None:
    offloaded = workflow(nodes=None, offloadNodeStatusVersion="fnv:123")
    rows = join(offloaded, [pod("wf-work-2962115457", "wf.a"), pod("other-1", "wf.a", uid="another")])
    assert told(rows) == [
        ("a", "wf-work-2962115457", "annotation", "node"),
        ("", "other-1", "annotation", "orphan"),
    ]
    assert rows[0].node is not None and rows[0].node.template == "work"


NODES = {"wf-2962115457": node("wf.a")}
PACKED = json.dumps(NODES).encode()


@pytest.mark.parametrize(
    "packed",
    [
        pytest.param(gzip.compress(PACKED, mtime=0), id="gzip"),
        pytest.param(gzip.compress(PACKED[:50], mtime=0) + gzip.compress(PACKED[50:], mtime=0), id="gzip, two members"),
        pytest.param(zstandard.compress(PACKED), id="zstd"),
        pytest.param(brotli.compress(PACKED), id="brotli"),
    ],
)
def test_compressed_nodes_are_unpacked(packed: bytes) -> None:
    text = base64.b64encode(packed).decode()
    assert workflow(nodes=None, compressedNodes=text).nodes == workflow(*NODES.values()).nodes


def test_the_example_of_argo_is_unpacked() -> None:
    text = (
        "H4sIAAAAAAAA/6pWSkosUrKqVspMUbJSUtJRykvMTYWwUjKLC3ISK/3gAiWVBVBWcUliUUlqimOJklVeaU6OjlJaZl5mcQZCpFZHKS0/nwbm1g"
        "ICAAD//8SSRamxAAAA"
    )
    assert list(workflow(nodes=None, compressedNodes=text).nodes) == ["bar", "foo"]


@pytest.mark.parametrize(
    ("packed", "sentence"),
    [
        ("***", "the compressed nodes cannot be decoded: "),
        (
            base64.b64encode(gzip.compress(PACKED, mtime=0)[:-9]).decode(),
            "the compressed nodes cannot be decoded: it ends",
        ),
        (
            base64.b64encode(zlib.compress(PACKED)).decode(),
            "the compressed nodes cannot be decoded: it is neither",
        ),
        (base64.b64encode(gzip.compress(b"[]", mtime=0)).decode(), "the compressed nodes are not a map of nodes"),
    ],
)
def test_compressed_nodes_that_are_broken_leave_a_workflow_that_says_so(packed: str, sentence: str) -> None:
    broken = workflow(nodes=None, compressedNodes=packed)
    assert (broken.nodes, broken.unreadable.startswith(sentence)) == ({}, True)


@pytest.mark.parametrize(
    ("nodes", "sentence"),
    [([1], '"nodes" of its status is not a map'), ({"a": 1}, 'node "a" is not a map')],
)
def test_nodes_of_the_wrong_shape_leave_a_workflow_that_says_so(nodes: Any, sentence: str) -> None:
    broken = workflow(nodes=nodes)
    assert (broken.nodes, broken.unreadable) == ({}, sentence)


@pytest.mark.parametrize(
    ("manifest", "sentence"),
    [
        ({"metadata": 1}, '"metadata" of the workflow is not a map'),
        ({"metadata": {"name": "w"}, "status": "x"}, '"status" of workflow "w" is not a map'),
    ],
)
def test_a_manifest_of_the_wrong_shape_is_an_error(manifest: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ManifestError, match=sentence):
        from_manifest(manifest)


def test_a_step_is_called_by_its_display_name_unless_two_nodes_share_it() -> None:
    nodes = workflow(
        node("wf", "DAG"),
        node("wf.load", parent="wf"),
        node("wf.sub", "DAG", parent="wf"),
        node("wf.sub.load", parent="wf.sub", display="load"),
        node("wf.train(0)", parent="wf"),
    )
    listed = [pod("wf-train-1", "wf.train(0)"), pod("wf-train-2", "wf.train(0)"), pod("stray", kind="Job", uid="job")]
    assert steps(join(nodes, listed)) == ["wf", "load", "sub", "sub.load", "train(0)", "train(0)", "(orphan)"]
