"""The names of pods, as the releases of Argo computed them (workflow/util/pod_name.go)."""

from __future__ import annotations

from collections.abc import Iterable

from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.workflow import Node, Workflow

POD_NAME_FORMAT = "workflows.argoproj.io/pod-name-format"

MAX_NAME_LENGTH = 253
HASH_LENGTH = 10
# FNV-1a of "agent": Argo names the agent pod by the id of a node of that name, whatever the pod name format.
AGENT_HASH = 1340600742


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
    """The name that Argo gives the pod of a node; Go cuts its prefix at a byte, even inside a character."""
    if naming.version == "v1":
        return id_
    if node_name == workflow:
        return workflow
    if naming is V2_DASHES:
        prefix = f"{workflow}-{template}"
    elif naming is V2_INLINE:
        prefix = workflow if ".inline" in node_name else f"{workflow}-{template}"
    else:
        prefix = _prefix(workflow, template)
    return f"{_cut(prefix)}-{_hash(workflow, node_name, id_)}"


def _prefix(workflow: str, template: str) -> str:
    return f"{workflow}-{template}" if template else workflow


def _cut(prefix: str) -> str:
    cut = prefix.encode("utf-8", "surrogatepass")[: MAX_NAME_LENGTH - HASH_LENGTH - 1]
    return cut.decode("utf-8", "surrogateescape")


def _hash(workflow: str, node_name: str, id_: str) -> str:
    """The hash of the node's name, read off its id where the id is one that Argo made."""
    owner, _, digits = id_.rpartition("-")
    if owner == workflow and digits.isdecimal():
        return digits
    return str(fnv1a(node_name))


def usual_names(workflow: Workflow) -> dict[str, Node]:
    """The nodes by the names that the rules v1 and v2 give their pods: `computed_name` of all of them in one go."""
    nodes = [node for node in workflow.nodes.values() if node.type == "Pod"]
    names = {node.id: node for node in nodes}
    # Thousands of nodes share a few templates.
    prefixes: dict[str, str] = {}
    for node in nodes:
        if node.name == workflow.name:
            names[workflow.name] = node
            continue
        template = _template_name(node)
        if template not in prefixes:
            prefixes[template] = _cut(_prefix(workflow.name, template))
        names[f"{prefixes[template]}-{_hash(workflow.name, node.name, node.id)}"] = node
    return names


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


def last_name(workflow: str, node_name: str) -> str:
    """The last part of a node's name: `train(0:a.b)(1)` of `wf.etl.train(0:a.b)(1)`."""
    stem, suffix = node_name, ""
    while stem.endswith(")") and "(" in stem:
        cut = stem.rindex("(")
        stem, suffix = stem[:cut], stem[cut:] + suffix
    return (node_name if stem == workflow else stem.rpartition(".")[2] + suffix) or node_name
