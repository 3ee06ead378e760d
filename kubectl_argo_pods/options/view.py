"""How a list is shown."""

from __future__ import annotations

from typing import Annotated

from kubectl_argo_pods.options import Option
from kubectl_argo_pods.output.style import WHEN
from kubectl_argo_pods.record import NamedTuple


class View(NamedTuple):
    """What a list shows, and how."""

    all_nodes: Annotated[bool, Option(("--all-nodes",), "Show the nodes without pods, too.")] = False
    orphans: Annotated[
        bool, Option(("--orphans",), "Show the pods that carry the workflow's label but are of no node, too.")
    ] = False
    output: Annotated[
        str | None,
        Option(
            ("-o", "--output"),
            "The format: table, wide, name, json, yaml, csv, jsonpath=TEMPLATE, jsonpath-as-json=TEMPLATE, "
            "jsonpath-file=FILE, custom-columns=SPEC or custom-columns-file=FILE. [$KUBECTL_ARGO_PODS_OUTPUT]",
            "FORMAT",
            "format",
        ),
    ] = None
    gone: Annotated[bool, Option(("--gone",), "With -o name, print the pods that no longer exist, too.")] = False
    no_headers: Annotated[bool, Option(("--no-headers",), "Print no headers.")] = False
    sort_by: Annotated[str | None, Option(("--sort-by",), "Sort by this field, a JSONPath.", "JSONPATH", "field")] = (
        None
    )
    label_columns: Annotated[
        tuple[str, ...],
        Option(
            ("-L", "--label-columns"), "Show these labels as columns; several by commas or repeated.", "LABELS", "label"
        ),
    ] = ()
    show_labels: Annotated[bool, Option(("--show-labels",), "Show all labels in a last column.")] = False
    color: Annotated[
        str,
        Option(("--color",), "Whether to colour: auto, always or never. [$KUBECTL_ARGO_PODS_COLOR]", "WHEN", WHEN),
    ] = "auto"
    watch: Annotated[bool, Option(("-w", "--watch"), "Show changes as they come, until the workflows end.")] = False
