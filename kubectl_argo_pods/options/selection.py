"""Which workflows, nodes and pods are meant."""

from __future__ import annotations

from typing import Annotated

from kubectl_argo_pods.options import Option
from kubectl_argo_pods.record import NamedTuple

FILES = "Read the workflows from a file, a directory, or - for standard input; several by commas or repeated."


class Manifests(NamedTuple):
    """Where workflows are read from, if not from a cluster."""

    filename: Annotated[tuple[str, ...], Option(("-f", "--filename"), FILES, "FILE", "file")] = ()


class LogManifests(NamedTuple):
    """As Manifests, for a command whose -f is --follow."""

    filename: Annotated[tuple[str, ...], Option(("--filename",), FILES, "FILE", "file")] = ()


ALL_NAMESPACES = Option(("-A", "--all-namespaces"), "Look in all namespaces.")


class Everywhere(NamedTuple):
    """Where one may do something."""

    all_namespaces: Annotated[bool, ALL_NAMESPACES] = False


class Filters(NamedTuple):
    """Which workflows, nodes and pods are meant, besides what the words say."""

    all_namespaces: Annotated[bool, ALL_NAMESPACES] = False
    workflow_selector: Annotated[
        str | None,
        Option(("--workflow-selector",), "The workflows with these labels; WORKFLOW may be left out.", "LABELS"),
    ] = None
    selector: Annotated[
        str | None,
        Option(("-l", "--selector"), "The pods with these labels; in a list of workflows, the workflows.", "LABELS"),
    ] = None
    field_selector: Annotated[str | None, Option(("--field-selector",), "The pods with these fields.", "FIELDS")] = None
    node_field_selector: Annotated[
        str | None, Option(("--node-field-selector",), "The nodes with these fields, as `argo get` has it.", "FIELDS")
    ] = None
    phase: Annotated[
        tuple[str, ...],
        Option(("--phase",), "The nodes in this phase; several by commas or repeated.", "PHASE", "phase"),
    ] = ()
    type: Annotated[
        tuple[str, ...], Option(("--type",), "The nodes of this type; several by commas or repeated.", "TYPE", "type")
    ] = ()
    template: Annotated[
        tuple[str, ...], Option(("--template",), "The nodes of the templates named so; repeatable.", "GLOB", "template")
    ] = ()
