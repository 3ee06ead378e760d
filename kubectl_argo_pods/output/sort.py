"""`--sort-by`: the order of items by one of their fields, by k8s.io/kubectl/pkg/cmd/get/sorter.go."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.output.custom_columns import relaxed_path
from kubectl_argo_pods.output.jsonpath import NOTHING, find

_SUFFIXES = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}
_QUANTITY = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?[0-9]{1,3})?")


def sorted_by(items: Sequence[Any], expression: str) -> list[int]:
    """The places of the items in the order of a field, those without it first; raises UsageError."""
    path = relaxed_path(expression)
    keys = [_field(path, item) for item in items]
    if items and all(key is NOTHING for key in keys):
        raise UsageError(f'couldn\'t find any field with path "{path}" in the list of objects')
    order_of = _rule(path, [key for key in keys if key is not NOTHING and key is not None])
    present = [place for place, key in enumerate(keys) if key is not NOTHING and key is not None]
    missing = [place for place, key in enumerate(keys) if key is NOTHING or key is None]
    return missing + sorted(present, key=lambda place: order_of(keys[place]))


def _field(path: str, item: Any) -> Any:
    found = find(path, item)
    return found[0][0] if found and found[0] else NOTHING


def _rule(path: str, keys: Sequence[Any]) -> Any:
    """What to compare values by: numbers by size, texts that are all quantities by size, others by letters."""
    if all(isinstance(key, str) for key in keys):
        return quantity if all(quantity(key) is not None for key in keys) else str
    if all(isinstance(key, int | float) and not isinstance(key, bool) for key in keys):
        return lambda key: key
    kinds = ", ".join(sorted({_KINDS[type(key)] for key in keys}))
    raise UsageError(f'cannot sort by "{path}": it is of an unsortable type: {kinds}')


_KINDS = {str: "text", int: "number", float: "number", bool: "boolean", dict: "map", list: "list"}


def quantity(text: str) -> Decimal | None:
    """The size of a Kubernetes quantity such as `100m`, `2Gi` or `1e3`; None for other texts."""
    match = _QUANTITY.fullmatch(text)
    if match is None:
        return None
    number, suffix = Decimal(match[1]), match[2] or ""
    if suffix in _BINARY:
        return number * Decimal(1024) ** _BINARY[suffix]
    exponent = _SUFFIXES[suffix] if suffix in _SUFFIXES else int(suffix[1:])
    return number.scaleb(exponent)
