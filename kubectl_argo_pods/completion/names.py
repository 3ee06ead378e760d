"""The names that a cluster knows, each with a word on how it is; asked for with no more than that needs.

Everything here is rows of texts, since it is kept as such.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from kubectl_argo_pods.containers import containers
from kubectl_argo_pods.errors import ArgoPodsError
from kubectl_argo_pods.graph import graph_order, split_number
from kubectl_argo_pods.output.durations import since
from kubectl_argo_pods.pod import WORKFLOW_LABEL, NodePod, join, nodes_from_pods, steps
from kubectl_argo_pods.selection import select
from kubectl_argo_pods.sources import PodQuery, Sources, kube, kube_pods, tables
from kubectl_argo_pods.workflow import Manifest, Node, Workflow, parameters

Row = list[str]
# So many pods are looked into for the names of their containers, and so many objects for their labels.
FEW_PODS = 5
SOME = "50"
# A value longer than this is nothing to pick from a list.
LONGEST_VALUE = 60


def workflows(sources: Sources, namespace: str | None, labels: str) -> list[Row]:
    """Name, status and age, status, and namespace of each workflow, newest first."""
    source, now = sources.workflows, time.time()
    # Thousands of workflows share a few hundred ages.
    how = cache(lambda status, start: _how(status, start, now))
    if isinstance(source, kube.KubeSource) and namespace:
        found = source.brief(namespace, labels, now)
        return [[name, how(status, start), status, namespace] for name, status, start in found]
    # In all namespaces at once, a row of mere cells does not tell where it is from.
    listed = source.workflows(namespace, labels)
    return [[each.name, how(each.status, each.created_at), each.status, each.namespace] for each in listed]


def _how(phase: str, start: float | None, now: float) -> str:
    """How it is and for how long: `Running 3m`."""
    return f"{phase} {since(start, now)}".strip() if start is not None else phase


def nodes(sources: Sources, namespace: str, name: str) -> list[Row]:
    """Name, phase and age, template and NAME=VALUE of the parameters of each node, in the order of the list."""
    workflow, now = _workflow(sources, namespace, name), time.time()
    meant = [node for node in graph_order(workflow) if _can_be_meant(node, workflow)]
    rows = [NodePod(workflow, node, None, "", "", "node") for node in meant]
    named = [
        [step, _how(node.phase, node.started_at, now), node.template, *_short(map("=".join, parameters(node).items()))]
        for step, node in zip(steps(rows), meant, strict=True)
    ]
    return list(_with_loops(named))


def _short(pairs: Iterable[str]) -> Iterator[str]:
    """Those that one can pick from a list."""
    return (pair for pair in pairs if len(pair) <= LONGEST_VALUE and pair.isprintable())


def _workflow(sources: Sources, namespace: str, name: str) -> Workflow:
    """The workflow; if its nodes cannot be read, with those that its pods speak of."""
    workflow = sources.workflows.workflow(namespace, name)
    if not workflow.offloaded or sources.pods is None:
        return workflow
    pods = sources.pods.pods(namespace, _selector(name), PodQuery(include="Metadata")).pods
    return workflow._replace(nodes=nodes_from_pods(workflow, pods))


def _can_be_meant(node: Node, workflow: Workflow) -> bool:
    is_root = node.name == workflow.name and len(workflow.nodes) > 1
    return not is_root and node.type != "StepGroup"


def _with_loops(named: list[Row]) -> Iterator[Row]:
    """The nodes, and before the items of a loop in Steps its name: it means them all, and is easier to type."""
    told = {row[0] for row in named}
    loops = Counter(split_number(row[0])[0] for row in named)
    for row in named:
        loop, number = split_number(row[0])
        if number >= 0 and loop and loop not in told:
            told.add(loop)
            yield [loop, f"{loops[loop]} items", row[2]]
        yield row


def pods(sources: Sources, namespace: str, name: str) -> list[Row]:
    """Name, and status and age, of each pod of a workflow."""
    if sources.pods is None:
        return [[row.name, row.node.phase if row.node else ""] for row in _rows(sources, namespace, name) if row.name]
    listed = sources.pods.pods(namespace, _selector(name), PodQuery()).pods
    return [[pod.name, f"{pod.status} {pod.age}"] for pod in listed]


def pod_containers(sources: Sources, namespace: str, name: str, words: Sequence[str]) -> list[Row]:
    """Name and state of the containers of a workflow's pods, or of those that the NODE words mean."""
    if sources.pods is None:
        return []
    rows = _rows(sources, namespace, name)
    meant = select(rows, words) if words else rows
    chosen = {row.name: row.node.template if row.node else "" for row in meant if row.pod}
    # What the pods of one template have, those of a loop have all.
    templates = {template: pod for pod, template in reversed(chosen.items())}
    asked = list(reversed(templates.values()))[:FEW_PODS]
    manifests = (sources.pods.http.get_json(f"{kube_pods.path(namespace)}/{pod}") for pod in asked)
    found = [[each.name, each.state or "waiting"] for manifest in manifests for each in containers(manifest)]
    return [[container, state] for container, state in reversed(dict(reversed(found)).items())]


def _rows(sources: Sources, namespace: str, name: str) -> list[NodePod]:
    workflow = sources.workflows.workflow(namespace, name)
    if sources.pods is None:
        return join(workflow, None)
    return join(workflow, sources.pods.pods(namespace, _selector(name), PodQuery(include="Metadata")).pods)


def namespaces(sources: Sources) -> list[Row]:
    """Name, and status and age, of each namespace; none for someone who may not list them."""
    try:
        return [[cell("Name"), f"{cell('Status')} {cell('Age')}"] for cell, _ in _some(sources, "/api/v1/namespaces")]
    except ArgoPodsError:
        return []


def labels(sources: Sources, namespace: str, name: str) -> list[Row]:
    """The labels, each with one of its values, of some pods of a workflow, or, without a name, of some workflows."""
    path = kube_pods.path(namespace) if name else kube.path(namespace)
    query = {"includeObject": "Metadata", "limit": SOME} | ({"labelSelector": _selector(name)} if name else {})
    found: dict[str, str] = {}
    for _, manifest in _some(sources, path, query):
        found = (manifest["metadata"].get("labels") or {}) | found
    return [[label, f"like {found[label]}"] for label in sorted(found)]


def _some(sources: Sources, path: str, query: dict[str, str] | None = None) -> Iterator[tuple[tables.Cell, Manifest]]:
    if sources.pods is None:
        return iter(())
    return tables.rows(sources.pods.http.get_json(path, query or {"includeObject": "None"}, tables.ACCEPT))


def _selector(name: str) -> str:
    return f"{WORKFLOW_LABEL}={name}"
