"""Lists for programs: json, yaml, csv and templates. A list stays a list, be it of one item."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TextIO

from kubectl_argo_pods.output.formats import Format
from kubectl_argo_pods.workflow import Manifest


def as_list(items: Sequence[Manifest]) -> Manifest:
    """The List that kubectl wraps several items in; here it is always there, so that a script need not ask."""
    return {"apiVersion": "v1", "kind": "List", "items": list(items), "metadata": {"resourceVersion": ""}}


def print_items(stream: TextIO, items: Sequence[Manifest], format_: Format, *, no_headers: bool = False) -> None:
    """Print the items in any format that is not made of our own rows; raises UsageError for a wrong template."""
    if format_.kind == "json":
        print_json(stream, items)
    elif format_.kind == "yaml":
        print_yaml(stream, items)
    elif format_.kind.startswith("custom-columns"):
        from kubectl_argo_pods.output.custom_columns import columns_of, print_custom_columns

        print_custom_columns(stream, columns_of(*format_), items, no_headers=no_headers)
    else:
        from kubectl_argo_pods.output.jsonpath import print_jsonpath, print_jsonpath_as_json

        print_ = print_jsonpath_as_json if format_.kind == "jsonpath-as-json" else print_jsonpath
        print_(stream, format_.argument, as_list(items))


def print_json(stream: TextIO, items: Sequence[Manifest]) -> None:
    """Print a List as `kubectl -o json`: indented by 4, keys sorted."""
    from kubectl_argo_pods.output.go_text import to_indented_json

    stream.write(to_indented_json(as_list(items)) + "\n")


def print_yaml(stream: TextIO, items: Sequence[Manifest]) -> None:
    """Print a List as `kubectl -o yaml`."""
    from kubectl_argo_pods.output.go_yaml import write_yaml

    write_yaml(stream, as_list(items))


def print_csv(stream: TextIO, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows by RFC 4180; no headers, no first line. The stream must not translate line ends."""
    import csv

    writer = csv.writer(stream)
    if headers:
        writer.writerow(headers)
    writer.writerows(rows)
