from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from tests.builders import workflow
from tests.cluster import Rule, SimulatedCluster
from tests.e2e.api_client import ApiClient, from_kubeconfig

WORKFLOWS = "/apis/argoproj.io/v1alpha1/namespaces/argo/workflows"
READ = Rule(("get", "list"), "workflows", "argo")


@pytest.fixture
def loaded(empty_cluster: SimulatedCluster) -> SimulatedCluster:
    empty_cluster.state.put(workflow("live"))
    archived = workflow("gone")
    empty_cluster.archive.put(archived)
    return empty_cluster


def statuses(api: ApiClient, *paths: str) -> list[int]:
    return [api.get(path).status for path in paths]


def test_a_role_allows_what_it_says_and_no_more(loaded: SimulatedCluster, tmp_path: Path) -> None:
    token = loaded.access.add_user("jane", READ)
    api = from_kubeconfig(loaded.kubeconfig(tmp_path, token=token))
    elsewhere = WORKFLOWS.replace("/argo/", "/other/")
    assert statuses(api, WORKFLOWS, f"{WORKFLOWS}/live", elsewhere, "/api/v1/namespaces/argo/pods") == [
        200,
        200,
        403,
        403,
    ]


def test_a_certificate_is_a_way_in(loaded: SimulatedCluster, tmp_path: Path) -> None:
    loaded.access.add_user("jane", READ)
    pem = tmp_path / "jane.pem"
    pem.write_bytes(loaded.client_certificate("jane"))
    context = ssl.create_default_context(cafile=str(loaded.ca_file(tmp_path)))
    context.load_cert_chain(pem)
    assert statuses(ApiClient(loaded.url, context), WORKFLOWS, "/api/v1/pods") == [200, 403]


def test_who_may_impersonate_is_whom_they_impersonate(loaded: SimulatedCluster, kubeconfig: Path) -> None:
    loaded.access.add_user("jane", READ)
    api = from_kubeconfig(kubeconfig)
    found = [api.get(path, None, Impersonate_User="jane").status for path in (WORKFLOWS, "/api/v1/pods")]
    assert found == [200, 403]


@pytest.mark.parametrize(("version", "status"), [("v3.4.17", 404), ("v3.5.0", 200), ("v3.7.14", 200)])
def test_a_new_argo_server_falls_back_to_the_archive(loaded: SimulatedCluster, version: str, status: int) -> None:
    loaded.argo_server.version = version
    assert statuses(ApiClient(loaded.argo_server_url), "/api/v1/workflows/argo/gone") == [status]


def test_an_argo_server_in_client_mode_wants_a_token(loaded: SimulatedCluster) -> None:
    loaded.argo_server.auth_modes = {"client"}
    api = ApiClient(loaded.argo_server_url)
    path = "/api/v1/workflows/argo/live"
    assert [each.get(path).status for each in (api, api.with_token(loaded.admin_token))] == [401, 200]


def test_a_base_href_is_part_of_every_path(loaded: SimulatedCluster) -> None:
    loaded.argo_server.base_href = "/argo/"
    api = ApiClient(loaded.argo_server_url)
    found = [api.get(path).headers["content-type"] for path in ("/argo/api/v1/info", "/api/v1/info")]
    assert found == ["application/json", "text/html; charset=utf-8"]


def test_argo_server_events_are_lines_or_server_sent_events(loaded: SimulatedCluster) -> None:
    path, query = "/api/v1/workflow-events/argo", {"fields": "result.type,result.object.metadata.name"}
    query |= {"listOptions.timeoutSeconds": "1", "listOptions.fieldSelector": "metadata.name=live"}
    api = ApiClient(loaded.argo_server_url)
    event = '{"result": {"type": "ADDED", "object": {"metadata": {"name": "live"}}}}'
    found = [api.get(path, query, Accept=accept).body.decode() for accept in ("application/json", "text/event-stream")]
    assert found == [f"{event}\n", f"data: {event} \n\n\n"]


def test_an_error_of_a_stream_has_its_own_shape(loaded: SimulatedCluster) -> None:
    answer = ApiClient(loaded.argo_server_url).with_token("wrong").get("/api/v1/workflow-events/argo")
    told = {"grpc_code": 16, "http_code": 401, "message": "Unauthorized", "http_status": "Unauthorized"}
    assert (answer.status, answer.json()) == (401, {"error": told})
