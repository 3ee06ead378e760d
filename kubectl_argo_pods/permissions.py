"""What each command must be allowed to do, as rules of Kubernetes' RBAC; and what a refusal says is lacking."""

from __future__ import annotations

from collections.abc import Iterable

from kubectl_argo_pods.record import NamedTuple

ARGO = "argoproj.io"


class Need(NamedTuple):
    """One thing to be allowed; the resource is written as in a Role, `pods/log` with its subresource."""

    verb: str
    resource: str
    group: str = ""
    names: tuple[str, ...] = ()  # of the objects that are meant; () for all
    namespace: str = ""  # where it is always the same, wherever the workflows are

    @property
    def qualified(self) -> str:
        """What Kubernetes' messages call the resource: `workflows.argoproj.io`, `pods/log`."""
        return f"{self.resource}.{self.group}" if self.group else self.resource


def _workflows(*verbs: str) -> tuple[Need, ...]:
    return tuple(Need(verb, "workflows", ARGO) for verb in verbs)


def _pods(*verbs: str) -> tuple[Need, ...]:
    return tuple(Need(verb, "pods") for verb in verbs)


# A websocket's handshake is a GET; from Kubernetes 1.35 on it must be allowed to create, too (KEP 5495, gate
# AuthorizePodWebsocketUpgradeCreatePermission).
EXEC = (Need("get", "pods/exec"), Need("create", "pods/exec"))
_FIND = (*_workflows("get", "list"), *_pods("get", "list"))
_WATCH = (*_workflows("get", "list", "watch"), *_pods("get", "list", "watch"))

# In the order of the README. What else `run` needs depends on the kubectl command that it hands over to.
NEEDS: dict[str, tuple[Need, ...]] = {
    "list": _WATCH,
    "logs": (*_WATCH, Need("get", "pods/log")),
    "exec": (*_WATCH, *EXEC),
    "shell": (*_WATCH, *EXEC),
    "run": _FIND,
}


def rules(needs: Iterable[Need]) -> list[str]:
    """The needs as rules of a Role, each a line of YAML; those of one resource are one rule."""
    verbs: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for need in needs:
        verbs.setdefault((need.group, need.resource, need.names), []).append(need.verb)
    return [_rule(*what, list(dict.fromkeys(each))) for what, each in verbs.items()]


def _rule(group: str, resource: str, names: tuple[str, ...], verbs: list[str]) -> str:
    named = f", resourceNames: [{', '.join(map(_quoted, names))}]" if names else ""
    return f"{{apiGroups: [{group or _quoted('')}], resources: [{resource}]{named}, verbs: [{', '.join(verbs)}]}}"


def _quoted(text: str) -> str:
    return f'"{text}"'


def roles(needs: Iterable[Need], namespace: str | None) -> str:
    """The manifests of the roles that grant the needs in a namespace; in all of them for None."""
    by_namespace: dict[str, list[Need]] = {}
    for need in needs:
        by_namespace.setdefault(need.namespace or namespace or "", []).append(need)
    return "---\n".join(_role(where, each) for where, each in by_namespace.items())


def _role(namespace: str, needs: list[Need]) -> str:
    kind, where = ("Role", f", namespace: {namespace}") if namespace else ("ClusterRole", "")
    head = f"apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: argo-pods{where}}}\n"
    return f"{head}rules:\n" + "".join(f"- {rule}\n" for rule in rules(needs))


def by_need(commands: Iterable[str]) -> dict[Need, list[str]]:
    """What the commands need, each with those that need it."""
    found: dict[Need, list[str]] = {}
    for command in commands:
        for need in NEEDS[command]:
            found.setdefault(need, []).append(command)
    return found


def refusal(message: str) -> str:
    """What to add to which role, for the message of a 403; "" where it is not about roles.

    The sentences are those of k8s.io/apiserver (endpoints/handlers/responsewriters/errors.go) and of the Argo Server
    (server/workflow/workflow_server.go).
    """
    import re

    said = re.search(
        r'cannot ([a-z]+) resource "([^"]+)" in API group "([^"]*)" '
        r'(?:in the namespace "([^"]+)"|at the cluster scope)',
        message,
    )
    if said:
        verb, resource, group, namespace = said.groups()
        return _addition(Need(verb, resource, group, _names(resource, message)), namespace)
    argo = re.search(r'you are not allowed to ([a-z]+) workflows in namespace "([^"]*)"', message)
    return _addition(Need(argo[1], "workflows", ARGO), argo[2]) if argo else ""


def _names(resource: str, message: str) -> tuple[str, ...]:
    """A proxy is allowed by name, since it lets its user through to whatever answers there."""
    return (message.partition('"')[2].partition('"')[0],) if resource == "services/proxy" else ()


def _addition(need: Need, namespace: str | None) -> str:
    return addition([need], namespace)


def addition(needs: Iterable[Need], namespace: str | None) -> str:
    """What a role has to grant, as a part of a sentence."""
    where = f'a Role in namespace "{namespace}"' if namespace else "a ClusterRole"
    return f"{where} has to grant {' and '.join(rules(needs))}"
