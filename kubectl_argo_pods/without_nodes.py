"""What is said of a workflow that has no nodes: not its words are wrong, it has not come so far."""

from __future__ import annotations

from kubectl_argo_pods.errors import NoMatchError
from kubectl_argo_pods.workflow import Workflow


def nothing_found(what: str, workflow: Workflow, narrowed: str = "") -> str:
    """kubectl's sentence for an empty list, with what has narrowed it, and how a workflow without nodes stands."""
    why = "" if may_have_nodes(workflow) else f" I{state(workflow).removeprefix('i')}"
    return f'No {what} found for workflow "{workflow.name}" in {workflow.namespace} namespace{narrowed}.{why}'


def may_have_nodes(workflow: Workflow) -> bool:
    """Whether it has nodes, be it that they cannot be read."""
    return bool(workflow.nodes or workflow.offloaded or workflow.unreadable)


def waited_for(workflow: Workflow) -> str:
    """That the nodes of a workflow at work are waited for."""
    return f'workflow "{workflow.name}" has no nodes yet: {_standing(workflow)} (waiting for them)'


def no_node(word: str, workflow: Workflow, why: str = "") -> NoMatchError:
    """The error for a NODE of such a workflow."""
    return NoMatchError(f'no node "{word}" in workflow "{workflow.name}": {why or state(workflow)}')


def state(workflow: Workflow) -> str:
    """How the workflow stands, as a sentence goes on; the message of one that failed early is all there is."""
    known = workflow.message or not workflow.phase
    return _standing(workflow) if known else f"{_standing(workflow)} and has no nodes"


def _standing(workflow: Workflow) -> str:
    if not workflow.phase:
        return "it has not begun: no workflow controller has taken it up yet"
    return f"it is {workflow.phase}: {workflow.message}" if workflow.message else f"it is {workflow.phase}"
