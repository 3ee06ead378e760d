"""The cells of a pod: the rules of the API server's printer (kubernetes, pkg/printers/internalversion, printPod)."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.cluster.ages import age, human_duration, parse_time

Manifest = dict[str, Any]


class Count(NamedTuple):
    """What the statuses of some containers add up to; `reason` is empty where they leave the pod's own."""

    reason: str = ""
    ready: int = 0
    restarts: int = 0
    last_restart: float = 0.0
    initializing: bool = False


def pod_cells(pod: Manifest, now: float) -> list[str]:
    spec, status = pod.get("spec", {}), pod.get("status", {})
    sidecars = {each["name"] for each in spec.get("initContainers", ()) if each.get("restartPolicy") == "Always"}
    init = _count_init(status.get("initContainerStatuses", ()), len(spec.get("initContainers", ())), sidecars)
    shown = init
    if not init.initializing or _condition(status, "Initialized"):
        own = _own_reason(status)
        main = _count_main(status, init.reason or own)
        kept = _sidecar_restarts(status, sidecars)
        last = max(main.last_restart, kept.last_restart)
        shown = Count(main.reason, init.ready + main.ready, kept.restarts + main.restarts, last)
    return [
        pod["metadata"]["name"],
        f"{shown.ready}/{len(spec.get('containers', ())) + len(sidecars)}",
        _deletion_reason(pod) or shown.reason or _own_reason(status),
        _restarts(shown, now),
        age(pod["metadata"].get("creationTimestamp"), now),
        next((each["ip"] for each in status.get("podIPs", ())), "<none>"),
        spec.get("nodeName") or "<none>",
        status.get("nominatedNodeName") or "<none>",
        _readiness_gates(spec, status),
    ]


def _own_reason(status: Manifest) -> str:
    gated = any(
        each.get("type") == "PodScheduled" and each.get("reason") == "SchedulingGated"
        for each in status.get("conditions", ())
    )
    return "SchedulingGated" if gated else str(status.get("reason") or status.get("phase") or "")


def _deletion_reason(pod: Manifest) -> str:
    status = pod.get("status", {})
    if "deletionTimestamp" not in pod["metadata"]:
        return ""
    if status.get("reason") == "NodeLost":
        return "Unknown"
    return "" if status.get("phase") in ("Succeeded", "Failed") else "Terminating"


def _count_init(statuses: Any, total: int, sidecars: set[str]) -> Count:
    """Stops at the first init container that is not done: what it says is the pod's reason."""
    count = Count()
    for index, container in enumerate(statuses):
        count = _with_restarts(count, container)
        state = container.get("state", {})
        terminated, waiting = state.get("terminated"), state.get("waiting", {})
        if terminated and terminated.get("exitCode", 0) == 0:
            continue
        if container["name"] in sidecars and container.get("started"):
            count = count._replace(ready=count.ready + bool(container.get("ready")))
            continue
        if terminated:
            return count._replace(reason=f"Init:{_terminated_reason(terminated)}", initializing=True)
        reason = waiting.get("reason", "")
        shown = reason if reason not in ("", "PodInitializing") else f"{index}/{total}"
        return count._replace(reason=f"Init:{shown}", initializing=True)
    return count


def _count_main(status: Manifest, reason: str) -> Count:
    """The last container speaks first and the first one has the last word."""
    count, running, error = Count(reason), False, ""
    for container in reversed(status.get("containerStatuses", ())):
        count = _with_restarts(count, container)
        state = container.get("state", {})
        if waiting := state.get("waiting", {}).get("reason"):
            count = count._replace(reason=waiting)
        elif terminated := state.get("terminated"):
            count = count._replace(reason=_terminated_reason(terminated))
            error = count.reason if terminated.get("exitCode", 0) else error
        elif container.get("ready") and "running" in state:
            running = True
            count = count._replace(ready=count.ready + 1)
    if count.reason == "Completed" and running and _condition(status, "Ready"):
        return count._replace(reason="Running")
    if count.reason == "Completed":
        return count._replace(reason=error or ("NotReady" if running else "Completed"))
    return count


def _sidecar_restarts(status: Manifest, sidecars: set[str]) -> Count:
    count = Count()
    for container in status.get("initContainerStatuses", ()):
        if container["name"] in sidecars:
            count = _with_restarts(count, container)
    return count


def _terminated_reason(terminated: Manifest) -> str:
    if reason := terminated.get("reason"):
        return str(reason)
    return f"Signal:{terminated['signal']}" if terminated.get("signal") else f"ExitCode:{terminated.get('exitCode', 0)}"


def _with_restarts(count: Count, container: Manifest) -> Count:
    ended = parse_time(container.get("lastState", {}).get("terminated", {}).get("finishedAt"))
    restarts = count.restarts + container.get("restartCount", 0)
    return count._replace(restarts=restarts, last_restart=max(count.last_restart, ended or 0.0))


def _restarts(count: Count, now: float) -> str:
    if not count.restarts or not count.last_restart:
        return str(count.restarts)
    return f"{count.restarts} ({human_duration(int(now - count.last_restart))} ago)"


def _condition(status: Manifest, type_: str) -> bool:
    return any(each["type"] == type_ and each["status"] == "True" for each in status.get("conditions", ()))


def _readiness_gates(spec: Manifest, status: Manifest) -> str:
    gates = [each["conditionType"] for each in spec.get("readinessGates", ())]
    return f"{sum(_condition(status, gate) for gate in gates)}/{len(gates)}" if gates else "<none>"
