"""From nodes to pods: the join by the pods' own annotations, and the names of pods that are gone.

The rules are those of the Argo controller (workflow/util/pod_name.go, workflow/controller/workflowpod.go): a pod carries the
id and the name of its node; its own name is computed from them, by rules that changed over the releases.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kubectl_argo_pods.workflow import Manifest, Node, Workflow, graph_order, parse_time

ANNOTATION = "workflows.argoproj.io/"
NODE_ID = ANNOTATION + "node-id"
NODE_NAME = ANNOTATION + "node-name"
POD_NAME_FORMAT = ANNOTATION + "pod-name-format"
WORKFLOW_LABEL = ANNOTATION + "workflow"
COMPONENT_LABEL = ANNOTATION + "component"

MAX_NAME_LENGTH = 253
HASH_LENGTH = 10
# FNV-1a of "agent": Argo names the agent pod by the id of a node of that name, whatever the pod name format.
AGENT_HASH = 1340600742


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


class Naming(NamedTuple):
    """A rule by which some releases of Argo name pods."""

    version: str
    era: str


V1 = Naming("v1", "")
V2 = Naming("v2", "3.5.9+")
# Between 3.2.0 and 3.5.8 a node without a template name got two dashes, and ".inline" in a node's name mattered.
V2_INLINE = Naming("v2", "3.4.8-3.5.8")
V2_DASHES = Naming("v2", "3.2-3.4.7")
NAMINGS = (V2, V1, V2_DASHES, V2_INLINE)


def fnv1a(text: str) -> int:
    """The 32 bit FNV-1a hash of the text's UTF-8 bytes, as Go's hash/fnv gives it."""
    value = 0x811C9DC5
    # JSON may hold lone surrogates, which Go has replaced by U+FFFD before it hashes.
    for byte in text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value


def node_id(workflow: str, node_name: str) -> str:
    return workflow if node_name == workflow else f"{workflow}-{fnv1a(node_name)}"


def pod_name(workflow: str, node_name: str, template: str, id_: str, naming: Naming = V2) -> str:
    """The name that Argo gives the pod of a node; the prefix is cut at a byte, as Go cuts it, even inside a character."""
    if naming.version == "v1":
        return id_
    if node_name == workflow:
        return workflow
    if naming is V2_DASHES:
        prefix = f"{workflow}-{template}"
    elif naming is V2_INLINE:
        prefix = workflow if ".inline" in node_name else f"{workflow}-{template}"
    else:
        prefix = f"{workflow}-{template}" if template else workflow
    cut = prefix.encode("utf-8", "surrogatepass")[: MAX_NAME_LENGTH - HASH_LENGTH - 1]
    return f"{cut.decode('utf-8', 'surrogateescape')}-{_hash(workflow, node_name, id_)}"


def _hash(workflow: str, node_name: str, id_: str) -> str:
    """The hash of the node's name, read off its id where the id is one that Argo made."""
    digits = id_[len(workflow) + 1 :]
    if digits.isdecimal() and id_.startswith(workflow + "-"):
        return digits
    return str(fnv1a(node_name))


def computed_name(workflow: Workflow, node: Node, naming: Naming) -> str:
    return pod_name(workflow.name, node.name, _template_name(node), node.id, naming)


def _template_name(node: Node) -> str:
    """The template's own name: of a templateRef only the second half counts (GetTemplateFromNode in Argo)."""
    ref = node.manifest.get("templateRef")
    return (ref.get("template") if ref else node.manifest.get("templateName")) or ""


def agent_name(workflow: Workflow) -> str:
    return f"{workflow.name}-{AGENT_HASH}-agent"


def naming_of(workflow: Workflow, pod_names: Iterable[str]) -> Naming:
    """The rule that explains most of the pods there are; where none tells, the workflow's annotation, else v2."""
    names = set(pod_names)
    stated = workflow.annotations.get(POD_NAME_FORMAT)
    order = (V1, *NAMINGS) if stated == "v1" else NAMINGS
    if not names:
        return order[0]
    # The root node's pod has the same name by every rule, so it is no evidence.
    pods = [node for node in workflow.nodes.values() if node.type == "Pod" and node.name != workflow.name]
    return max(order, key=lambda naming: sum(computed_name(workflow, node, naming) in names for node in pods))


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


def oldest(age: str) -> float:
    """The seconds that an age like `5m30s` may stand for at the most; infinite for what is no age."""
    total = 0
    digits = ""
    unit = 0
    for letter in age:
        if letter.isdecimal():
            digits += letter
        elif digits and letter in _UNITS:
            unit = _UNITS[letter]
            total += int(digits) * unit
            digits = ""
        else:
            return float("inf")
    return total + unit if unit and not digits else float("inf")


def unexplained(workflow: Workflow, pods: Iterable[Pod], now: float) -> list[str]:
    """The pods whose metadata must be asked for, since their cells alone do not tell which node of this workflow they run.

    A pod named as computed for a node is that node's, unless it may be older than the workflow: then it may have belonged
    to a former workflow of the same name.
    """
    known = _names_of_nodes(workflow, V2)
    known.update(_names_of_nodes(workflow, V1))
    age = now - workflow.created_at if workflow.created_at is not None else 0.0
    return [pod.name for pod in pods if pod.metadata is None and (pod.name not in known or oldest(pod.age) > age)]


def _names_of_nodes(workflow: Workflow, naming: Naming) -> dict[str, Node]:
    return {computed_name(workflow, node, naming): node for node in workflow.nodes.values() if node.type == "Pod"}


def join(workflow: Workflow, pods: Iterable[Pod] | None) -> list[NodePod]:
    """Every node in graph order with its pods, then the pods without a node; `pods` is None where they cannot be listed."""
    listed = list(pods or ())
    if workflow.offloaded:
        workflow = workflow._replace(nodes=nodes_from_pods(workflow, listed))
    matches = _match(workflow, listed)
    naming = naming_of(workflow, (pod.name for match in matches.values() for pod, _ in match))
    certain = may_have_pod if pods is None else had_pod
    agents = [pod for pod in listed if _component(workflow, pod) == "agent" and is_owned(workflow, pod)]
    rows: list[NodePod] = []
    for node in graph_order(workflow):
        rows.extend(_rows_of(workflow, node, matches, agents, naming, certain(node)))
    rows.extend(_without_node(workflow, listed, matches))
    return rows


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


def last_name(workflow: str, node_name: str) -> str:
    """The last part of a node's name: `train(0:a.b)(1)` of `wf.etl.train(0:a.b)(1)`."""
    stem, suffix = node_name, ""
    while stem.endswith(")") and "(" in stem:
        cut = stem.rindex("(")
        stem, suffix = stem[:cut], stem[cut:] + suffix
    return (node_name if stem == workflow else stem.rpartition(".")[2] + suffix) or node_name


Matches = dict[str, list[tuple[Pod, str]]]


def _match(workflow: Workflow, pods: list[Pod]) -> Matches:
    """The pods of each node id, each with how it was told."""
    by_name = _names_of_nodes(workflow, V1) | _names_of_nodes(workflow, V2)
    ids = {node.name: node.id for node in workflow.nodes.values()}
    matches: Matches = {}
    for pod in pods:
        if not is_owned(workflow, pod) or _component(workflow, pod):
            continue
        if pod.metadata is None:
            found, source = by_name.get(pod.name), "pod name"
            id_ = found.id if found else ""
        else:
            id_, source = _node_id_of(pod.metadata, ids), "annotation"
        if id_ in workflow.nodes:
            matches.setdefault(id_, []).append((pod, source))
    for match in matches.values():
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
    """Whether this workflow, not a former one of its name, owns the pod; a resource template's child is not owned either."""
    if pod.metadata is None or not workflow.uid:
        return True
    owners = pod.metadata.get("ownerReferences") or []
    if _labelled(pod, COMPONENT_LABEL) == "artifact-gc":
        return any(owner.get("kind") == "WorkflowArtifactGCTask" for owner in owners)
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
    workflow: Workflow, node: Node, matches: Matches, agents: list[Pod], naming: Naming, certain: bool
) -> Iterator[NodePod]:
    if node.type == "Container" and node.boundary_id in workflow.nodes:
        boundary = workflow.nodes[node.boundary_id]
        shared = _rows_of(workflow, boundary, matches, agents, naming, had_pod(boundary))
        yield from (row._replace(node=node) for row in shared)
    elif node.type in ("HTTP", "Plugin") and node.phase not in ("Pending", "Skipped", "Omitted", ""):
        agent = agents[0] if agents else None
        yield NodePod(workflow, node, agent, agent_name(workflow), "pod name" if agent else "computed", "node")
    elif node.id in matches:
        yield from (NodePod(workflow, node, pod, pod.name, source, "node") for pod, source in matches[node.id])
    else:
        name, source = _gone_name(workflow, node, naming) if certain else ("", "")
        yield NodePod(workflow, node, None, name, source, "node")


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
