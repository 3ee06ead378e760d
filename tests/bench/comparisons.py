"""What is compared with what, and how many times the rival's time we allow ourselves."""

from __future__ import annotations

from typing import NamedTuple

from tests.bench.objects import LARGE, MANY, SMALL, Load

PODS_OF = "--selector=workflows.argoproj.io/workflow="


class Rival(NamedTuple):
    """A command that does the same or less; the goals are ratios of ours to it, None where it is only looked at."""

    command: tuple[str, ...]
    time: float | None = None
    memory: float | None = None


class Comparison(NamedTuple):
    title: str
    ours: tuple[str, ...]  # what comes after `kubectl-argo_pods`, and after `kubectl argo-pods`
    rivals: tuple[Rival, ...]
    rounds: int


def comparisons(rounds: int) -> tuple[Comparison, ...]:
    """All of them; those with a rival that takes many seconds have fewer rounds, at least three."""
    few = max(3, rounds // 5)
    many = f"--namespace={MANY.namespace}"
    return (
        Comparison("the version", ("--version",), (Rival(("kubectl", "version", "--client"), time=0.5),), rounds),
        _pods(SMALL, rounds, pods=Rival(_kubectl_pods(SMALL), time=1.3), nodes=Rival(_argo_get(SMALL))),
        _pods(LARGE, few, pods=Rival(_kubectl_pods(LARGE)), nodes=Rival(_argo_get(LARGE), time=0.6, memory=1)),
        Comparison(
            f"the newest of {MANY.workflows} workflows of {MANY.nodes} nodes",
            ("@latest", many),
            (Rival(("argo", "get", "@latest", many), time=0.02),),
            few,
        ),
        Comparison(
            f"the list of these {MANY.workflows} workflows",
            (many,),
            (Rival(("argo", "list", many), time=0.02), Rival(("kubectl", "get", "workflows", many))),
            few,
        ),
    )


def _pods(load: Load, rounds: int, *, pods: Rival, nodes: Rival) -> Comparison:
    ours = (f"{load.workflow}-0", f"--namespace={load.namespace}")
    return Comparison(f"the pods of a workflow, {load.nodes} of them", ours, (pods, nodes), rounds)


def _kubectl_pods(load: Load) -> tuple[str, ...]:
    return "kubectl", "get", "pods", f"{PODS_OF}{load.workflow}-0", f"--namespace={load.namespace}"


def _argo_get(load: Load) -> tuple[str, ...]:
    return "argo", "get", f"{load.workflow}-0", f"--namespace={load.namespace}"
