from __future__ import annotations

import http.client
import threading
from pathlib import Path
from queue import Queue

import pytest

from tests.builders import workflow
from tests.cluster import SimulatedCluster
from tests.cluster.resources import WORKFLOWS as WORKFLOW_RESOURCE
from tests.e2e.api_client import ApiClient, from_kubeconfig

WORKFLOWS = "/apis/argoproj.io/v1alpha1/namespaces/argo/workflows"


@pytest.fixture
def api(empty_cluster: SimulatedCluster, kubeconfig: Path) -> ApiClient:
    empty_cluster.state.put(workflow("wf"))
    return from_kubeconfig(kubeconfig)


def test_an_ordered_answer_comes_as_often_as_it_was_ordered(empty_cluster: SimulatedCluster, api: ApiClient) -> None:
    empty_cluster.faults.answer(429, "/workflows", times=2, headers={"Retry-After": "1"})
    assert [api.get(WORKFLOWS).status for _ in range(3)] == [429, 429, 200]


def test_an_order_leaves_other_paths_alone(empty_cluster: SimulatedCluster, api: ApiClient) -> None:
    empty_cluster.faults.answer(500, "/pods")
    assert [api.get(WORKFLOWS).status, api.get("/api/v1/pods").status] == [200, 500]


def test_a_dropped_connection_ends_before_the_answer(empty_cluster: SimulatedCluster, api: ApiClient) -> None:
    empty_cluster.faults.drop("/workflows")
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        api.get(WORKFLOWS)
    assert api.get(WORKFLOWS).status == 200


def test_a_truncated_answer_is_shorter_than_it_says(empty_cluster: SimulatedCluster, api: ApiClient) -> None:
    empty_cluster.faults.truncate("/workflows", after=20)
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        api.get(WORKFLOWS)


def test_a_stalled_answer_comes_when_it_is_released(empty_cluster: SimulatedCluster, api: ApiClient) -> None:
    empty_cluster.faults.stall("/workflows")
    statuses: Queue[int] = Queue()
    thread = threading.Thread(target=lambda: statuses.put(api.get(WORKFLOWS).status))
    thread.start()
    assert api.get("/version").status == 200
    assert statuses.empty()
    empty_cluster.faults.release()
    thread.join()
    assert statuses.get() == 200


def test_a_watch_ends_when_the_test_ends_it(empty_cluster: SimulatedCluster, api: ApiClient) -> None:
    events = api.watch(WORKFLOWS, {})
    first = next(events)
    empty_cluster.watches.end()
    assert (first["type"], list(events)) == ("ADDED", [])


def test_a_watch_is_cut_when_the_test_cuts_it(empty_cluster: SimulatedCluster, api: ApiClient) -> None:
    events = api.watch(WORKFLOWS, {})
    next(events)
    empty_cluster.watches.cut()
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        next(events)


def test_changes_are_events_as_the_selector_sees_them(empty_cluster: SimulatedCluster, api: ApiClient) -> None:
    phase = "workflows.argoproj.io/phase"
    events = api.watch(WORKFLOWS, {"labelSelector": f"{phase}=Running"})
    empty_cluster.state.put(workflow("other", phase="Running"))
    started = next(events)
    empty_cluster.state.put(workflow("other", phase="Running", message="busy"))
    changed = next(events)
    empty_cluster.state.put(workflow("other", phase="Failed"))
    left = next(events)
    empty_cluster.state.put(workflow("third", phase="Running"))
    empty_cluster.state.delete(WORKFLOW_RESOURCE, "argo", "third")
    told = [started, changed, left, next(events), next(events)]
    assert [(each["type"], each["object"]["metadata"]["name"]) for each in told] == [
        ("ADDED", "other"),
        ("MODIFIED", "other"),
        ("DELETED", "other"),
        ("ADDED", "third"),
        ("DELETED", "third"),
    ]


def test_forgotten_history_expires_watches_and_pages(empty_cluster: SimulatedCluster, api: ApiClient) -> None:
    empty_cluster.state.put(workflow("other"))
    page = api.get(WORKFLOWS, {"limit": "1"}).json()["metadata"]
    empty_cluster.state.forget_history()
    following = api.get(WORKFLOWS, {"limit": "1", "continue": page["continue"]})
    events = list(api.watch(WORKFLOWS, {"resourceVersion": page["resourceVersion"]}))
    assert (following.status, following.json()["reason"]) == (410, "Expired")
    assert [(each["type"], each["object"]["code"]) for each in events] == [("ERROR", 410)]


def test_the_journal_has_what_was_asked(empty_cluster: SimulatedCluster, api: ApiClient) -> None:
    api.get(WORKFLOWS, {"limit": "5"}, Accept="application/json")
    (request,) = empty_cluster.journal
    assert (request.method, request.path, request.query) == ("GET", WORKFLOWS, {"limit": "5"})
    assert request.headers["accept"] == "application/json"
