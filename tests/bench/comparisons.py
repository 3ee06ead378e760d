"""What is compared with what, and how many times the rival's time we allow ourselves."""

from __future__ import annotations

from tests.bench import exec_comparisons, log_comparisons
from tests.bench.objects import CROWD, LARGE, MANY, SMALL, Load
from tests.bench.values import PLUGIN, Comparison, Rival

PODS_OF = "--selector=workflows.argoproj.io/workflow="


# A place where nothing can be kept, so that TAB asks the cluster each time.
NOTHING_KEPT = "--cache-dir=/dev/null"
# The namespace, and what stands behind `kubectl argo-pods`.
TYPED = {
    "TAB for a workflow": (SMALL, (NOTHING_KEPT, "")),
    "TAB for a node": (SMALL, (NOTHING_KEPT, f"{SMALL.workflow}-0", "")),
    "TAB for a workflow once more": (SMALL, ("",)),
    "TAB for a node once more": (SMALL, (f"{SMALL.workflow}-0", "")),
    f"TAB for one of {CROWD.workflows} workflows once more": (CROWD, ("",)),
}


def comparisons(rounds: int) -> tuple[Comparison, ...]:
    """All of them; those with a rival that takes many seconds have fewer rounds, at least three."""
    few = max(3, rounds // 5)
    many = f"--namespace={MANY.namespace}"
    return (
        Comparison("the version", _plugin("--version"), (Rival(("kubectl", "version", "--client"), time=0.5),), rounds),
        _pods(SMALL, rounds, pods=Rival(_kubectl_pods(SMALL), time=1.3), nodes=Rival(_argo_get(SMALL))),
        _pods(LARGE, few, pods=Rival(_kubectl_pods(LARGE)), nodes=Rival(_argo_get(LARGE), time=0.6, memory=1)),
        Comparison(
            f"the newest of {MANY.workflows} workflows of {MANY.nodes} nodes",
            _plugin("@latest", many),
            (Rival(("argo", "get", "@latest", many), time=0.02),),
            few,
        ),
        Comparison(
            f"the list of these {MANY.workflows} workflows",
            _plugin(many),
            (Rival(("argo", "list", many), time=0.02), Rival(("kubectl", "get", "workflows", many))),
            few,
        ),
        _tab_for_all(MANY, few, goal=0.02),
        _tab_for_all(CROWD, few, goal=0.1),
        *(_tab(what, load, words, rounds) for what, (load, words) in TYPED.items()),
        *exec_comparisons.comparisons(rounds),
        *log_comparisons.comparisons(),
    )


def _pods(load: Load, rounds: int, *, pods: Rival, nodes: Rival) -> Comparison:
    ours = _plugin(f"{load.workflow}-0", f"--namespace={load.namespace}")
    return Comparison(f"the pods of a workflow, {load.nodes} of them", ours, (pods, nodes), rounds)


def _kubectl_pods(load: Load) -> tuple[str, ...]:
    return "kubectl", "get", "pods", f"{PODS_OF}{load.workflow}-0", f"--namespace={load.namespace}"


def _argo_get(load: Load) -> tuple[str, ...]:
    return "argo", "get", f"{load.workflow}-0", f"--namespace={load.namespace}"


def _plugin(*arguments: str) -> tuple[tuple[str, ...], ...]:
    """The plugin, and the plugin behind kubectl."""
    return (PLUGIN, *arguments), ("kubectl", "argo-pods", *arguments)


def _tab(what: str, load: Load, words: tuple[str, ...], rounds: int) -> Comparison:
    """TAB behind `kubectl argo-pods`, and the completion of kubectl itself for a few pods; it keeps no names."""
    rival = Rival(_kubectl_tab("get", "pods", f"--namespace={SMALL.namespace}", ""), time=1.5)
    return Comparison(what, (_kubectl_tab("argo-pods", f"--namespace={load.namespace}", *words),), (rival,), rounds)


def _tab_for_all(load: Load, rounds: int, *, goal: float) -> Comparison:
    """TAB that asks the cluster, and the completion of kubectl itself for the same workflows."""
    namespace = f"--namespace={load.namespace}"
    rival = Rival(_kubectl_tab("get", "workflows", namespace, ""), time=goal)
    ours = _kubectl_tab("argo-pods", NOTHING_KEPT, namespace, "")
    return Comparison(f"TAB for one of {load.workflows} workflows", (ours,), (rival,), rounds)


def _kubectl_tab(*words: str) -> tuple[str, ...]:
    return "kubectl", "__complete", *words
