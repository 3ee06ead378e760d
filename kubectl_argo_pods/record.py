"""`typing.NamedTuple` at a tenth of what it takes to make one.

It compiles each annotation, which nobody reads here, and `collections.namedtuple` a function for each class: together
a fifth of all that this program did until its first request was out.
"""

from __future__ import annotations

from _collections import _tuplegetter  # type: ignore[import-not-found]  # what namedtuple makes its fields of
from types import CodeType, FunctionType

# mypy knows this name; importing `typing` takes time as well.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Self
    from typing import NamedTuple as NamedTuple

_CONSTRUCTORS: dict[int, CodeType] = {}


class _Records(type):
    """Makes a class of the annotations in its body, which are its fields, and of the values that stand there."""

    def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> _Records:
        if bases[0] is tuple:
            return super().__new__(cls, name, bases, body)
        fields = tuple(body.get("__annotations__", ()))
        defaults = {field: body[field] for field in fields if field in body}
        getters = {field: _tuplegetter(index, "") for index, field in enumerate(fields)}
        own = {"_fields": fields, "_field_defaults": defaults, "__match_args__": fields, "__slots__": ()}
        made = {**body, **getters, **own, "__new__": _constructor(fields, tuple(defaults.values()))}
        return super().__new__(cls, name, bases, made)


def _constructor(fields: tuple[str, ...], defaults: tuple[Any, ...]) -> FunctionType:
    """What is called with the values. Those of all classes with so many fields differ in the names of these alone."""
    code = _CONSTRUCTORS.get(len(fields)) or _compiled(len(fields))
    return FunctionType(code.replace(co_varnames=("_cls", *fields)), {"_new": tuple.__new__}, "__new__", defaults)


def _compiled(count: int) -> CodeType:
    values = "".join(f"_{index}, " for index in range(count))
    code: CodeType = eval(f"lambda _cls, {values}: _new(_cls, ({values}))").__code__
    _CONSTRUCTORS[count] = code
    return code


class _Record(tuple["Any", ...], metaclass=_Records):
    """What all records can do (collections.namedtuple)."""

    __slots__ = ()
    # Not annotated, since whoever reads the annotations of a class reads those of its bases, too.
    _fields = tuple[str, ...]()
    _field_defaults = dict[str, object]()

    @classmethod
    def _make(cls, values: Iterable[Any]) -> Self:
        made = tuple.__new__(cls, values)
        if len(made) != len(cls._fields):
            raise TypeError(f"{cls.__name__} has {len(cls._fields)} fields, not {len(made)}")
        return made

    def _replace(self, /, **values: Any) -> Self:
        made = self._make(map(values.pop, self._fields, self))
        if values:
            raise ValueError(f"{type(self).__name__} has no fields {list(values)}")
        return made

    def _asdict(self) -> dict[str, Any]:
        return dict(zip(self._fields, self, strict=True))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self._asdict().items())})"

    def __getnewargs__(self) -> tuple[Any, ...]:
        return tuple(self)


if not TYPE_CHECKING:
    NamedTuple = _Record
