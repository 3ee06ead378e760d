"""What a node must be besides being named: the filters that every command shares."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase

from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.pod import NodePod
from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.workflow import PHASES, TYPES, Node, parameters


class NodeFilters(NamedTuple):
    """What a node must be besides; an empty one lets every node pass."""

    phases: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    fields: str = ""


def narrow(node_pods: Iterable[NodePod], filters: NodeFilters) -> list[NodePod]:
    """The rows whose node passes every filter; rows without a node pass only where there is none."""
    if filters == NodeFilters():
        return list(node_pods)
    _refuse_unknown("--phase", filters.phases, PHASES)
    _refuse_unknown("--type", filters.types, TYPES)
    requirements = _parse_fields(filters.fields)
    return [row for row in node_pods if row.node and _passes(row.node, filters, requirements)]


def _refuse_unknown(flag: str, given: tuple[str, ...], known: tuple[str, ...]) -> None:
    for word in given:
        if word.lower() not in {each.lower() for each in known}:
            raise UsageError(f'unknown {flag} "{word}": it is one of {", ".join(known)}')


def _passes(node: Node, filters: NodeFilters, requirements: list[tuple[str, bool, str]]) -> bool:
    return (
        (not filters.phases or node.phase.lower() in {phase.lower() for phase in filters.phases})
        and (not filters.types or node.type.lower() in {type_.lower() for type_ in filters.types})
        and (not filters.templates or any(has_template(node, glob) for glob in filters.templates))
        and all((_field(node, key) == value) is equal for key, equal, value in requirements)
    )


def _parse_fields(text: str) -> list[tuple[str, bool, str]]:
    """The requirements KEY=VALUE, KEY==VALUE, KEY!=VALUE of `argo get --node-field-selector`."""
    requirements = []
    for part in filter(None, text.split(",")):
        for operator in ("!=", "==", "="):
            key, found, value = part.partition(operator)
            if found:
                requirements.append((_known_field(key), operator != "!=", value))
                break
        else:
            raise UsageError(f'invalid --node-field-selector "{part}": it must be KEY=VALUE or KEY!=VALUE')
    return requirements


FIELDS: dict[str, Callable[[Node], str]] = {
    "displayName": lambda node: node.display_name,
    "templateName": lambda node: node.manifest.get("templateName") or "",
    "templateRef.name": lambda node: (node.manifest.get("templateRef") or {}).get("name") or "",
    "templateRef.template": lambda node: (node.manifest.get("templateRef") or {}).get("template") or "",
    "phase": lambda node: node.phase,
    "name": lambda node: node.name,
    "id": lambda node: node.id,
    "type": lambda node: node.type,
    "hostNodeName": lambda node: node.host,
}


def _known_field(key: str) -> str:
    parts = key.split(".")
    if key in FIELDS or (parts[:2] == ["inputs", "parameters"] and len(parts) > 3 and parts[-1] == "value"):
        return key
    known = ", ".join([*FIELDS, "inputs.parameters.NAME.value"])
    raise UsageError(f'unknown key "{key}" in --node-field-selector; the keys are {known}')


def _field(node: Node, key: str) -> str:
    if read := FIELDS.get(key):
        return read(node)
    return parameters(node).get(key.removeprefix("inputs.parameters.").removesuffix(".value"), "")


def has_template(node: Node, glob: str) -> bool:
    """Whether the glob matches the template, with or without the WorkflowTemplate that it is of."""
    return fnmatchcase(node.template, glob) or fnmatchcase(node.template.rpartition("/")[2], glob)
