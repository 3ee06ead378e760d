"""Which containers a pod has, in what state, and which is meant where none is named."""

from __future__ import annotations

from typing import Any

import pytest

from kubectl_argo_pods.containers import Container, containers, default_container, is_helper
from kubectl_argo_pods.errors import ManifestError
from kubectl_argo_pods.workflow import Node, from_manifest
from tests.recordings import recordings


def pod(*names: str, default: str = "") -> dict[str, Any]:
    annotations = {"kubectl.kubernetes.io/default-container": default} if default else {}
    return {
        "metadata": {"name": "a-pod", "annotations": annotations},
        "spec": {"containers": [{"name": name} for name in names]},
    }


def member(name: str) -> Node:
    manifest = {
        "metadata": {"name": "wf"},
        "status": {"nodes": {"a": {"name": f"wf.{name}", "displayName": name, "type": "Container"}}},
    }
    return from_manifest(manifest).nodes["a"]


@pytest.mark.parametrize(
    ("manifest", "node", "meant"),
    [
        pytest.param(pod("wait", "main"), None, "main", id="main, where Argo runs a template"),
        pytest.param(pod("wait", "main", "side"), None, "main", id="main before a sidecar"),
        pytest.param(pod("wait", "main", "side", default="side"), None, "side", id="the annotation before main"),
        pytest.param(pod("wait", "main", default="gone"), None, "main", id="an annotation that names no container"),
        pytest.param(pod("wait", "a", "b"), None, "b", id="the last of a containerSet without main"),
        pytest.param(pod("wait", "a", "b", default="b"), member("a"), "a", id="a member of a containerSet"),
        pytest.param(pod("a", "b", "wait"), None, "b", id="none of Argo's own"),
        pytest.param(pod("supervisor"), None, "supervisor", id="Argo's own where there is no other"),
    ],
)
def test_the_container_that_is_meant_where_none_is_named(
    manifest: dict[str, Any], node: Node | None, meant: str
) -> None:
    assert default_container(manifest, node) == meant


def test_a_pod_without_containers_has_none_that_could_be_meant() -> None:
    with pytest.raises(ManifestError, match='^pod "a-pod" has no containers$'):
        default_container(pod(), None)


@pytest.mark.parametrize("name", ["init", "wait", "supervisor", "artifact-plugin-s3", "init-artifact-s3"])
def test_argos_own_containers_are_known(name: str) -> None:
    assert is_helper(name)


@pytest.mark.parametrize("name", ["main", "initial", "waiter", "sidecar", "artifact-plugin"])
def test_the_users_containers_are_not_taken_for_argos(name: str) -> None:
    assert not is_helper(name)


def test_a_recorded_pod_has_its_containers_in_kubectls_order() -> None:
    recorded = recordings()["steps"].pods[0]
    assert [(each.kind, each.name, each.state, each.exit_code) for each in containers(recorded)] == [
        ("init", "init", "terminated", 0),
        ("container", "wait", "terminated", 0),
        ("container", "main", "terminated", 0),
    ]


def test_a_container_tells_its_run_and_the_one_before() -> None:
    manifest = pod("main") | {
        "status": {
            "containerStatuses": [
                {
                    "name": "main",
                    "containerID": "containerd://two",
                    "restartCount": 1,
                    "state": {"running": {"startedAt": "2026-11-01T10:00:01Z"}},
                    "lastState": {
                        "terminated": {
                            "containerID": "containerd://one",
                            "exitCode": 3,
                            "startedAt": "2026-11-01T09:00:00Z",
                        }
                    },
                }
            ]
        }
    }
    assert containers(manifest) == [
        Container(
            "main",
            "container",
            "running",
            "containerd://two",
            1793527201.0,
            None,
            None,
            "",
            "",
            1,
            "containerd://one",
            1793523600.0,
        )
    ]


def test_a_container_that_the_kubelet_has_said_nothing_of_has_no_state() -> None:
    assert containers(pod("main")) == [Container("main", "container", "", "", None, None, None, "", "", 0, "")]
