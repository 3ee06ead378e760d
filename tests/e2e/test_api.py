"""The API as the plugin relies on it: each of these runs against the simulated cluster and a real one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.api_client import METADATA, TABLE
from tests.e2e.apis import Apis, kept
from tests.e2e.asked import ARGO_SERVER, KUBERNETES
from tests.e2e.comparison import comparable
from tests.recordings import recorded_answers, recordings

Labels = dict[str, str]
PHASE = "workflows.argoproj.io/phase"
COMPLETED = "workflows.argoproj.io/completed"
WORKFLOW = "workflows.argoproj.io/workflow"


def pods_of(apis: Apis, file: str) -> str:
    return f"{WORKFLOW}={apis.workflows[file]}"


def suffix(names: dict[str, str]) -> str:
    return names["steps"].removeprefix("steps-")


def listed(apis: Apis, path: str, **query: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = apis.kubernetes.get(path, query).json()["items"]
    return items


def names(manifests: list[dict[str, Any]]) -> list[str]:
    return [each["metadata"]["name"] for each in manifests]


@pytest.mark.parametrize("name", [*KUBERNETES, *ARGO_SERVER])
def test_the_answer_is_the_one_that_was_recorded(apis: Apis, name: str) -> None:
    recorded = comparable(recorded_answers()[name], suffix({stem: each.name for stem, each in recordings().items()}))
    assert comparable(kept(apis.ask(name)), suffix(apis.workflows)) == recorded


def test_pages_together_are_the_whole_list(apis: Apis) -> None:
    path, selector = f"/api/v1/namespaces/{apis.namespace}/pods", pods_of(apis, "loops")
    whole = names(listed(apis, path, labelSelector=selector))
    found, token, pages = [], "", 0
    while token or not pages:
        query = {"labelSelector": selector, "limit": "6"} | ({"continue": token} if token else {})
        page = apis.kubernetes.get(path, query).json()
        found += names(page["items"])
        token, pages = page["metadata"].get("continue", ""), pages + 1
    assert (found, pages) == (whole, 3)


def test_what_is_left_is_counted_only_without_a_selector(apis: Apis) -> None:
    path, selector = f"/api/v1/namespaces/{apis.namespace}/pods", pods_of(apis, "loops")
    everything = len(listed(apis, path))
    page = apis.kubernetes.get(path, {"limit": "1"}).json()["metadata"]
    selected = apis.kubernetes.get(path, {"limit": "1", "labelSelector": selector}).json()["metadata"]
    assert (page["remainingItemCount"], "remainingItemCount" in selected) == (everything - 1, False)


@pytest.mark.parametrize(
    ("selector", "test"),
    [
        (f"{PHASE}=Failed", lambda labels: labels.get(PHASE) == "Failed"),
        (f"{PHASE}==Failed", lambda labels: labels.get(PHASE) == "Failed"),
        (f"{PHASE}!=Failed", lambda labels: labels.get(PHASE) != "Failed"),
        (f"{PHASE} in (Failed, Error)", lambda labels: labels.get(PHASE) in ("Failed", "Error")),
        (f"{PHASE} notin (Failed,Running)", lambda labels: labels.get(PHASE) not in ("Failed", "Running")),
        (f"{PHASE}", lambda labels: PHASE in labels),
        (
            "!workflows.argoproj.io/completed,argo-pods-e2e",
            lambda labels: "workflows.argoproj.io/completed" not in labels,
        ),
        (f"{PHASE}=Failed,{PHASE} notin (Failed)", lambda labels: False),
    ],
)
def test_a_label_selector_selects(apis: Apis, selector: str, test: Callable[[Labels], bool]) -> None:
    path = f"/apis/argoproj.io/v1alpha1/namespaces/{apis.namespace}/workflows"
    mine = set(apis.workflows.values())
    everything = [each for each in listed(apis, path) if each["metadata"]["name"] in mine]
    found = [each for each in listed(apis, path, labelSelector=selector) if each["metadata"]["name"] in mine]
    assert names(found) == names([each for each in everything if test(each["metadata"].get("labels", {}))])


@pytest.mark.parametrize(
    ("selector", "test"),
    [
        ("status.phase=Failed", lambda pod: pod["status"]["phase"] == "Failed"),
        ("status.phase!=Failed", lambda pod: pod["status"]["phase"] != "Failed"),
        ("spec.nodeName=", lambda pod: not pod["spec"].get("nodeName")),
        ("status.phase!=Failed,spec.nodeName=nope", lambda pod: False),
    ],
)
def test_a_field_selector_selects_pods(apis: Apis, selector: str, test: Callable[[dict[str, Any]], bool]) -> None:
    path = f"/api/v1/namespaces/{apis.namespace}/pods"
    mine = f"{WORKFLOW} in ({','.join(apis.workflows.values())})"
    everything = listed(apis, path, labelSelector=mine)
    found = listed(apis, path, labelSelector=mine, fieldSelector=selector)
    assert names(found) == names([each for each in everything if test(each)])


def test_a_watch_begins_with_what_is_there_and_names_columns_once(apis: Apis) -> None:
    path = f"/api/v1/namespaces/{apis.namespace}/pods"
    query = {"labelSelector": pods_of(apis, "steps"), "timeoutSeconds": "1", "includeObject": "None"}
    there = names(listed(apis, path, labelSelector=query["labelSelector"]))
    events = list(apis.kubernetes.watch(path, query, Accept=TABLE))
    seen = [
        (each["type"], each["object"]["rows"][0]["cells"][0], bool(each["object"]["columnDefinitions"]))
        for each in events
    ]
    assert sorted(each[:2] for each in seen) == [("ADDED", name) for name in there]
    assert [each[2] for each in seen] == [True] + [False] * (len(there) - 1)


def test_a_watch_from_a_version_has_what_came_after_it(apis: Apis) -> None:
    path = f"/apis/argoproj.io/v1alpha1/namespaces/{apis.namespace}/workflows"
    only = {"fieldSelector": f"metadata.name={apis.workflows['steps']}"}
    version = apis.kubernetes.get(path, only).json()["metadata"]["resourceVersion"]
    query = {**only, "resourceVersion": version, "timeoutSeconds": "1"}
    assert list(apis.kubernetes.watch(path, query, Accept=METADATA)) == []


def test_a_watch_with_bookmarks_says_where_the_beginning_ends(apis: Apis) -> None:
    path = f"/apis/argoproj.io/v1alpha1/namespaces/{apis.namespace}/workflows"
    query = {"fieldSelector": f"metadata.name={apis.workflows['steps']}", "timeoutSeconds": "1"}
    query |= {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan", "allowWatchBookmarks": "true"}
    # A server may send further bookmarks, if it has the time before the watch ends.
    events = list(apis.kubernetes.watch(path, query))[:2]
    ends = [each["object"]["metadata"].get("annotations", {}).get("k8s.io/initial-events-end") for each in events]
    assert [each["type"] for each in events] == ["ADDED", "BOOKMARK"]
    assert ends == [None, "true"]
