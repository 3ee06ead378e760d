"""exec beside kubectl's: how soon it begins, how fast bytes pass, and many pods at a time."""

from __future__ import annotations

from tests.bench.objects import RUNNING
from tests.bench.shapes import first_pod_name
from tests.bench.values import PLUGIN, Comparison, Rival

SIZE = 300_000_000
NAMESPACE = f"--namespace={RUNNING.namespace}"
WORKFLOW = f"{RUNNING.workflow}-0"
POD = first_pod_name(WORKFLOW)
# What kubectl has to be told to do the same in many pods: one after the other.
IN_TURN = f"for pod in $(kubectl get pods {NAMESPACE} -o name); do kubectl exec $pod {NAMESPACE} -- hostname; done"


def comparisons(rounds: int) -> tuple[Comparison, ...]:
    few = max(3, rounds // 5)
    megabytes = SIZE // 1_000_000
    read, write = ("head", "-c", str(SIZE), "/dev/zero"), ("wc", "-c")
    # 0.8 of the throughput is 1.25 times the time.
    bulk = {"time": 1.25, "memory": 1.0}
    into = f"{megabytes} MB into a container"
    return (
        Comparison("a command in a container", _ours("echo", "x"), (Rival(_theirs("echo", "x"), time=1.5),), rounds),
        Comparison(f"{megabytes} MB out of a container", _ours(*read), (Rival(_theirs(*read), **bulk),), few),
        Comparison(into, _ours(*write, i=True), (Rival(_theirs(*write, i=True), **bulk),), few, SIZE),
        Comparison(
            f"a command in {RUNNING.nodes} pods",
            ((PLUGIN, "exec", WORKFLOW, NAMESPACE, "--all", "--", "hostname"),),
            (Rival(("sh", "-c", IN_TURN), time=0.2),),
            few,
        ),
    )


def _ours(*command: str, i: bool = False) -> tuple[tuple[str, ...], ...]:
    return ((PLUGIN, "exec", *(["-i"] * i), WORKFLOW, POD, NAMESPACE, "--", *command),)


def _theirs(*command: str, i: bool = False) -> tuple[str, ...]:
    return "kubectl", "exec", *(["-i"] * i), POD, NAMESPACE, "--", *command
