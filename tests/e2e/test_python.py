"""The Python API on a real cluster: by context, by a client of the kubernetes package, by an Argo Server."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from random import randrange
from typing import Any

import pytest
from kubernetes import client, config

from kubectl_argo_pods import get_argo_workflow_pod_names, pod_names, pods
from kubectl_argo_pods.errors import ArgoPodsError, ForbiddenError
from tests.e2e.submission import LOADED, kubectl, namespace


@pytest.fixture(scope="module")
def workflow() -> Iterator[str]:
    """The name of a workflow of one pod, which bears its name."""
    if os.environ.get("E2E") != "1":
        pytest.skip("needs a real cluster: make e2e")
    name = f"argo-pods-e2e-python-{randrange(10**5)}"
    template = {"name": "main", "container": {"image": os.environ.get("E2E_IMAGE", LOADED), "command": ["true"]}}
    spec = {"entrypoint": "main", "templates": [template]}
    made = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {"name": name}, "spec": spec}
    kubectl("apply", "-f", "-", stdin=json.dumps(made))
    try:
        kubectl("wait", "workflow", name, "--for=condition=Completed", "--timeout=120s")
        yield name
    finally:
        kubectl("delete", "workflow", name, "--wait=false")


def its_own() -> client.ApiClient:
    """A client as the package makes it."""
    new: Any = config.new_client_from_config
    made: client.ApiClient = new()
    return made


def test_pods_are_found_by_context(workflow: str) -> None:
    context = kubectl("config", "current-context").strip()
    (row,) = pods(workflow, context=context, kubeconfig=os.environ["KUBECONFIG"])
    assert row.pod
    assert (row.node and row.node.display_name, row.name, row.pod.status) == (workflow, workflow, "Completed")
    assert get_argo_workflow_pod_names(workflow, namespace()) == [workflow]


def test_pods_are_found_by_a_client(workflow: str) -> None:
    with its_own() as api:
        assert pod_names(workflow, "@succeeded", namespace=namespace(), client=api) == [workflow]
        found = client.CoreV1Api(api).read_namespaced_pod(workflow, namespace())
    assert found.metadata and found.metadata.labels
    assert found.metadata.labels["workflows.argoproj.io/workflow"] == workflow


@pytest.mark.parametrize("token", ["", "Bearer"], ids=["server mode", "client mode"])
def test_pods_are_found_by_an_argo_server(workflow: str, token: str) -> None:
    given = f"{token} {kubectl('create', 'token', 'argo-server').strip()}" if token else ""
    server = os.environ["E2E_ARGO_SERVER"]
    assert pod_names(workflow, argo_server=server, secure=False, argo_token=given) == [workflow]


def test_a_client_of_somebody_who_may_not_is_refused_by_our_error(workflow: str) -> None:
    api: Any = its_own()
    api.set_default_header("Impersonate-User", "system:serviceaccount:default:nobody")
    with pytest.raises(ForbiddenError, match="has to grant") as caught:
        pods(workflow, namespace=namespace(), client=api)
    assert isinstance(caught.value, ArgoPodsError)
