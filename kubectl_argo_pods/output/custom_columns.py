"""`-o custom-columns`: a table whose columns the user names, by k8s.io/kubectl/pkg/cmd/get/customcolumn.go."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TextIO

from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.output.go_text import to_text
from kubectl_argo_pods.output.jsonpath import NOTHING, find
from kubectl_argo_pods.output.table import table
from kubectl_argo_pods.record import NamedTuple

_PATH = re.compile(r"\{\.?([^{}]+)\}|\.?([^{}]+)")


class Column(NamedTuple):
    header: str
    path: str  # a JSONPath expression in braces


def relaxed_path(path: str) -> str:
    """`name`, `.name`, `{name}` and `{.name}` all as `{.name}`; raises UsageError."""
    match = _PATH.fullmatch(path)
    if path and match is None:
        raise UsageError(
            f"unexpected path string {path!r}, expected a 'name1.name2' or '.name1.name2' or '{{name1.name2}}' or "
            "'{.name1.name2}'"
        )
    return f"{{.{match[1] or match[2]}}}" if match else ""


def parse_columns(spec: str) -> list[Column]:
    """The columns of `HEADER:PATH,...`; raises UsageError."""
    if not spec:
        raise UsageError("custom-columns format specified but no custom columns given")
    columns = []
    for part in spec.split(","):
        header, colon, path = part.partition(":")
        if not colon:
            raise UsageError(f"unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>")
        columns.append(Column(header, relaxed_path(path)))
    return columns


def parse_columns_file(text: str) -> list[Column]:
    """The columns of a file with a line of headers and a line of paths; raises UsageError."""
    lines = text.splitlines()
    if len(lines) < 2:
        missing = "spec" if lines else "header"
        raise UsageError(
            f"invalid template, missing {missing} line. Expected format is one line of space separated headers, "
            "one line of space separated column specs."
        )
    headers, paths = lines[0].split(), lines[1].split()
    if len(headers) != len(paths):
        raise UsageError(f"number of headers ({len(headers)}) and field specifications ({len(paths)}) don't match")
    return [Column(header, relaxed_path(path)) for header, path in zip(headers, paths, strict=True)]


def columns_of(kind: str, argument: str) -> list[Column]:
    """The columns that a format asks for, a file's text being its argument; raises UsageError."""
    parse = parse_columns_file if kind == "custom-columns-file" else parse_columns
    return parse(argument)


def print_custom_columns(
    stream: TextIO, columns: Sequence[Column], items: Sequence[Any], *, no_headers: bool = False
) -> None:
    """Print a line for each item, and the headers as they were written; raises UsageError."""
    headers = [column.header for column in columns]
    rows = [column_cells(columns, item) for item in items]
    stream.write(table(rows, headers, None if no_headers else headers))


def column_cells(columns: Sequence[Column], item: Any) -> tuple[str, ...]:
    """The cells of one item, `<none>` for what it does not have; raises UsageError."""
    return tuple(_cell(find(column.path, item)) for column in columns)


def _cell(found: list[list[Any]]) -> str:
    texts = [] if found and found[0] else ["<none>"]
    texts += ["<nil>" if value is NOTHING else to_text(value) for group in found for value in group]
    return ",".join(texts)
