"""From nodes to pods: the join by the pods' own annotations, and the names of pods that are gone.

The rules are the Argo controller's (workflow/controller/workflowpod.go): a pod carries the id and the name of its node.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from kubectl_argo_pods.graph import graph_order
from kubectl_argo_pods.naming import (
    NAMINGS,
    V2,
    Naming,
    agent_name,
    computed_name,
    fnv1a,
    last_name,
    naming_of,
    node_id,
    usual_names,
)
from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.workflow import Manifest, Node, Workflow, parse_time

ANNOTATION = "workflows.argoproj.io/"
NODE_ID = ANNOTATION + "node-id"
NODE_NAME = ANNOTATION + "node-name"
WORKFLOW_LABEL = ANNOTATION + "workflow"
COMPONENT_LABEL = ANNOTATION + "component"


class Pod(NamedTuple):
    """What the cluster said of one pod; the texts are the API server's own table cells, so kubectl's very words."""

    name: str
    namespace: str
    ready: str
    status: str
    restarts: str
    age: str
    ip: str
    host: str
    metadata: Manifest | None = None  # None: only the cells are known
    manifest: Manifest | None = None  # the whole pod, where it was asked for


class NodePod(NamedTuple):
    """A node and the pod it runs in: one row of the list. Either may be missing, not both."""

    workflow: Workflow
    node: Node | None
    pod: Pod | None
    name: str  # of the pod; "" for a node that has none
    name_from: str  # "annotation", "pod name", "node", "log artifact", "computed", or "" with no name
    kind: str  # "node", "agent", "artifact-gc" or "orphan"
    exists: bool | None = True  # whether the pod is there now; None where nobody could look


def had_pod(node: Node) -> bool:
    """Whether a node without a live pod must have had one: never memoized, waiting, skipped or never created ones."""
    if node.type != "Pod" or node.phase in ("Skipped", "Omitted", "Pending", ""):
        return False
    if (node.manifest.get("memoizationStatus") or {}).get("hit"):
        return False
    if (node.manifest.get("synchronizationStatus") or {}).get("waiting"):
        return False
    if node.phase in ("Succeeded", "Running"):
        return True
    # A node that failed without ever having been on a host may have failed before its pod could be created.
    outputs = node.manifest.get("outputs") or {}
    return bool(node.host or "exitCode" in outputs or "pod deleted" in node.message.lower())


def may_have_pod(node: Node) -> bool:
    """As `had_pod`, for someone who may not list pods: a pending node's pod is likely to be there already."""
    waiting = (node.manifest.get("synchronizationStatus") or {}).get("waiting")
    return had_pod(node) or (node.type == "Pod" and node.phase == "Pending" and not waiting)


# How kubectl writes an age (k8s.io/apimachinery/pkg/util/duration), in seconds.
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "y": 31536000}
_PRECISION = ((600, 1), (8 * 3600, 60), (8 * 86400, 3600), (8 * 31536000, 86400), (float("inf"), 31536000))


def span(age: str) -> tuple[float, float]:
    """The seconds that an age like `5m30s` may stand for, at least and at most; any number for what is no age."""
    total = 0
    digits = ""
    for letter in age:
        if letter.isdecimal():
            digits += letter
        elif digits and letter in _UNITS:
            total += int(digits) * _UNITS[letter]
            digits = ""
        else:
            return 0.0, float("inf")
    if not age or digits:
        return 0.0, float("inf")
    # What is cut off depends on the age alone: "5m" is five minutes and no seconds, "12m" up to a minute more.
    return total, total + next(unit for limit, unit in _PRECISION if total < limit)


# By then the garbage collector has at least begun to delete the pods of a workflow that is gone.
SETTLED = 600.0


def unexplained(workflow: Workflow, pods: Iterable[Pod], now: float) -> list[str]:
    """The pods whose metadata must be asked for, since their cells alone do not tell whose they are.

    A pod named as computed for a node is that node's, unless it may be one of a former workflow of the same name: it is
    older than this workflow, or may be, and its owner may just have been deleted. `now` is in epoch seconds.
    """
    known = usual_names(workflow)
    age = now - workflow.created_at if workflow.created_at is not None else 0.0
    bare = [pod for pod in pods if pod.metadata is None]
    # Thousands of pods share a few ages and states.
    seen = {(pod.age, pod.status) for pod in bare}
    former = {each for each in seen if _may_be_former(*each, age)}
    return [pod.name for pod in bare if pod.name not in known or (pod.age, pod.status) in former]


def _may_be_former(pod_age: str, status: str, workflow_age: float) -> bool:
    youngest, oldest = span(pod_age)
    if oldest <= workflow_age:
        return False
    return youngest > workflow_age or workflow_age < SETTLED or status == "Terminating" or oldest == float("inf")


def join(workflow: Workflow, pods: Iterable[Pod] | None) -> list[NodePod]:
    """Every node in graph order with its pods, then the other pods; `pods` is None where they cannot be listed."""
    listed = list(pods or ())
    if workflow.offloaded or workflow.unreadable:
        workflow = workflow._replace(nodes=nodes_from_pods(workflow, listed))
    matches = _match(workflow, listed)
    certain = may_have_pod if pods is None else had_pod
    gone = any(node.id not in matches and certain(node) for node in workflow.nodes.values())
    naming = naming_of(workflow, (pod.name for match in matches.values() for pod, _ in match)) if gone else V2
    agents = [pod for pod in listed if _component(workflow, pod) == "agent" and is_owned(workflow, pod)]
    rows: list[NodePod] = []
    for node in graph_order(workflow):
        rows.extend(_rows_of(workflow, node, matches, agents, naming, certain))
    rows.extend(_without_node(workflow, listed, matches))
    # A pod of that name may be there, if another workflow's: then nothing is gone, nor is it this node's.
    names = {pod.name for pod in listed}
    absent = None if pods is None else False
    return [row if row.pod else row._replace(exists=None if row.name in names else absent) for row in rows]


def nodes_from_pods(workflow: Workflow, pods: Iterable[Pod]) -> dict[str, Node]:
    """The nodes that the pods' annotations speak of, for a workflow whose own nodes cannot be read."""
    owned = (pod for pod in pods if pod.metadata is not None and is_owned(workflow, pod))
    nodes = (_node_from_pod(workflow, pod.name, pod.metadata) for pod in owned if pod.metadata)
    return {node.id: node for node in nodes if node.name}


def _node_from_pod(workflow: Workflow, pod: str, metadata: Manifest) -> Node:
    annotations = metadata.get("annotations") or {}
    name = annotations.get(NODE_NAME) or ""
    id_ = annotations.get(NODE_ID) or (node_id(workflow.name, name) if name else "")
    display_name = last_name(workflow.name, name)
    template = pod[len(workflow.name) + 1 : -len(str(fnv1a(name))) - 1] if pod != workflow.name else ""
    manifest = {"id": id_, "name": name, "displayName": display_name, "type": "Pod", "templateName": template}
    created = parse_time(metadata.get("creationTimestamp"))
    return Node(id_, name, display_name, "Pod", "", template, "", [], created, None, "", "", manifest)


Matches = dict[str, list[tuple[Pod, str]]]


def _match(workflow: Workflow, pods: list[Pod]) -> Matches:
    """The pods of each node id, each with how it was told."""
    by_name = usual_names(workflow)
    ids = {node.name: node.id for node in workflow.nodes.values()}
    matches: Matches = {}
    for pod in pods:
        if pod.metadata is None:
            found, source = by_name.get(pod.name), "pod name"
            id_ = found.id if found else ""
        elif is_owned(workflow, pod) and not _component(workflow, pod):
            id_, source = _node_id_of(pod.metadata, ids), "annotation"
        else:
            continue
        if id_ in workflow.nodes:
            matches.setdefault(id_, []).append((pod, source))
    for match in matches.values():
        if len(match) > 1:
            match.sort(key=lambda entry: _created(entry[0]))
    return matches


def _node_id_of(metadata: Manifest, ids: dict[str, str]) -> str:
    """As the controller does (woc.nodeID): by the node's id, before v3.2 by its name, else the pod's name is the id."""
    annotations = metadata.get("annotations") or {}
    id_: str = annotations.get(NODE_ID) or ""
    return id_ or ids.get(annotations.get(NODE_NAME) or "") or metadata.get("name") or ""


def _created(pod: Pod) -> float:
    return parse_time((pod.metadata or {}).get("creationTimestamp")) or 0.0


def is_owned(workflow: Workflow, pod: Pod) -> bool:
    """Whether this workflow owns the pod: not a former one of its name, nor the object of a resource template."""
    if pod.metadata is None or not workflow.uid:
        return True
    owners = pod.metadata.get("ownerReferences") or []
    if _labelled(pod, COMPONENT_LABEL) == "artifact-gc":
        return any(owner.get("kind") == "WorkflowArtifactGCTask" for owner in owners)
    if not owners and NODE_ID in (pod.metadata.get("annotations") or {}):
        # An owner that was deleted with --cascade=orphan: the controller takes such a pod over by its annotation.
        return True
    return any(owner.get("uid") == workflow.uid for owner in owners)


def _labelled(pod: Pod, label: str) -> str:
    value: str = ((pod.metadata or {}).get("labels") or {}).get(label) or ""
    return value


def _component(workflow: Workflow, pod: Pod) -> str:
    """`agent` or `artifact-gc` for Argo's own helpers; v3.2 did not yet label its agent."""
    if pod.name == agent_name(workflow):
        return "agent"
    return _labelled(pod, COMPONENT_LABEL)


def _rows_of(
    workflow: Workflow,
    node: Node,
    matches: Matches,
    agents: list[Pod],
    naming: Naming,
    certain: Callable[[Node], bool],
) -> list[NodePod]:
    if node.type == "Container" and node.boundary_id in workflow.nodes:
        boundary = workflow.nodes[node.boundary_id]
        shared = _rows_of(workflow, boundary, matches, agents, naming, had_pod)
        return [row._replace(node=node) for row in shared]
    if node.type in ("HTTP", "Plugin") and node.phase not in ("Pending", "Skipped", "Omitted", ""):
        agent = agents[0] if agents else None
        return [NodePod(workflow, node, agent, agent_name(workflow), "pod name" if agent else "computed", "node")]
    if node.id in matches:
        return [NodePod(workflow, node, pod, pod.name, source, "node") for pod, source in matches[node.id]]
    name, source = _gone_name(workflow, node, naming) if certain(node) else ("", "")
    return [NodePod(workflow, node, None, name, source, "node")]


def _gone_name(workflow: Workflow, node: Node, naming: Naming) -> tuple[str, str]:
    """The name of a pod that is not there, and where it was found: a log that it left knows better than a rule."""
    # No release writes `podName` into a node yet; where one does, it is the truth.
    if stated := node.manifest.get("podName"):
        return stated, "node"
    candidates = {computed_name(workflow, node, rule): rule for rule in NAMINGS}
    for artifact in (node.manifest.get("outputs") or {}).get("artifacts") or []:
        for part in _key(artifact).split("/"):
            if part in candidates and part != workflow.name:
                return part, "log artifact"
    return computed_name(workflow, node, naming), "computed"


def _key(artifact: Manifest) -> str:
    """The object key of an archived log, by default WORKFLOW/POD/main.log, whichever store keeps it."""
    if not str(artifact.get("name", "")).endswith("-logs"):
        return ""
    stores = (value for value in artifact.values() if isinstance(value, dict))
    return next((str(store.get("key") or store.get("blob") or "") for store in stores), "")


def _without_node(workflow: Workflow, pods: list[Pod], matches: Matches) -> Iterator[NodePod]:
    placed = {id(pod) for match in matches.values() for pod, _ in match}
    for pod in pods:
        if id(pod) in placed:
            continue
        component = _component(workflow, pod) if is_owned(workflow, pod) else ""
        kind = component if component in ("agent", "artifact-gc") else "orphan"
        yield NodePod(workflow, None, pod, pod.name, "annotation" if pod.metadata else "pod name", kind)


def steps(rows: Iterable[NodePod]) -> list[str]:
    """How each row's node is called: by its display name, or by its own name where two nodes share that.

    Pods without a node are called by their kind in parentheses, which no node's display name begins with.
    """
    listed = list(rows)
    bearers: dict[tuple[str, str, str], str] = {}
    shared = set()
    for row in listed:
        if row.node and bearers.setdefault(title := _title(row, row.node), row.node.id) != row.node.id:
            shared.add(title)
    return [_step(row, shared) for row in listed]


def _title(row: NodePod, node: Node) -> tuple[str, str, str]:
    return row.workflow.namespace, row.workflow.name, node.display_name


def _step(row: NodePod, shared: set[tuple[str, str, str]]) -> str:
    if row.node is None:
        return f"({row.kind})"
    if shared and _title(row, row.node) in shared:
        return _own_name(row.workflow, row.node)
    return row.node.display_name


def _own_name(workflow: Workflow, node: Node) -> str:
    return node.name.removeprefix(workflow.name).removeprefix(".") or node.name


def called(workflow: Workflow) -> dict[str, str]:
    """By node id, how a node is called among all of its workflow, whichever of them are shown."""
    bearers: dict[str, int] = {}
    for node in workflow.nodes.values():
        bearers[node.display_name] = bearers.get(node.display_name, 0) + 1
    return {
        node.id: node.display_name if bearers[node.display_name] == 1 else _own_name(workflow, node)
        for node in workflow.nodes.values()
    }
