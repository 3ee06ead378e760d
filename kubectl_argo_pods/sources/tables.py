"""The API server's own tables, which are what `kubectl get` prints (meta.k8s.io/v1 Table)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kubectl_argo_pods.cluster.http import Http
from kubectl_argo_pods.errors import ApiError, GoneError
from kubectl_argo_pods.shape import TABLE, check
from kubectl_argo_pods.workflow import Manifest

ACCEPT = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
METADATA_LIST = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json"
# A page costs a round trip, and 1,000 rows of a table are less than 500 of the objects that kubectl asks for at once.
PAGE = "1000"

Cell = Callable[[str], str]


def rows(table: Manifest) -> Iterator[tuple[Cell, Manifest]]:
    """Each row as its cells by column name ("" where there is no such column), and the object that came with it."""
    columns = _columns(table)
    for row in table.get("rows") or []:
        yield _cells(columns, row.get("cells") or []), row.get("object") or {}


def objects(table: Manifest) -> list[Manifest]:
    """The object that came with each row."""
    return [row.get("object") or {} for row in table.get("rows") or []]


def column(table: Manifest, name: str) -> list[str]:
    """The cells of one column ("" where there is none), which is quicker than row by row where there are thousands."""
    index = _columns(table).get(name)
    cells = (row.get("cells") or [] for row in table.get("rows") or [])
    found = [row[index] if index is not None and index < len(row) else None for row in cells]
    return ["" if cell is None else str(cell) for cell in found]


def _columns(table: Manifest) -> dict[str, int]:
    """Where each column stands; raises ApiError for what is no table."""
    if table.get("kind") != "Table":
        raise ApiError("the server did not answer with a table, as every Kubernetes since 1.15 does", code=200)
    return {column.get("name") or "": index for index, column in enumerate(table.get("columnDefinitions") or [])}


def _cells(columns: dict[str, int], cells: list[Any]) -> Cell:
    def cell(name: str) -> str:
        index = columns.get(name)
        value = cells[index] if index is not None and index < len(cells) else None
        return "" if value is None else str(value)

    return cell


def page(http: Http, path: str, query: Mapping[str, str], accept: str = ACCEPT) -> Manifest:
    """One table of a list."""
    return _checked(http.get_json(path, query, accept))


def goes_on(table: Manifest) -> str:
    """The token that the next page is asked for with; "" at the end of the list."""
    return (table.get("metadata") or {}).get("continue") or ""


def pages(http: Http, path: str, query: Mapping[str, str], accept: str = ACCEPT) -> Iterator[Manifest]:
    """The tables of a list, page by page."""
    table = page(http, path, query, accept)
    yield table
    while token := goes_on(table):
        table = page(http, path, {**query, "continue": token}, accept)
        yield table


def _checked(table: Manifest) -> Manifest:
    check(table, TABLE, "the list")
    return table


def whole(http: Http, path: str, query: Mapping[str, str]) -> list[Manifest]:
    """All pages of a list; one that grew too old in between is asked for again in one go, as client-go's pager does."""
    try:
        return list(pages(http, path, query))
    except GoneError:
        unpaged = {key: value for key, value in query.items() if key != "limit"}
        return list(pages(http, path, unpaged))
