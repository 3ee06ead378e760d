"""Records are what typing.NamedTuple makes: whatever is done with both gives the same."""

from __future__ import annotations

import copy
import pickle
import typing
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import pytest

from kubectl_argo_pods import record

T = TypeVar("T")


class Ours:
    class Step(record.NamedTuple):
        """A step."""

        name: str
        phase: str = "Pending"
        attempts: tuple[int, ...] = ()

        @property
        def title(self) -> str:
            return f"{self.name} is {self.phase}"

        @classmethod
        def failed(cls, name: str) -> Any:
            return cls(name, "Failed")

    class Box(record.NamedTuple, Generic[T]):
        content: T

    class Empty(record.NamedTuple):
        pass


class Theirs:
    class Step(typing.NamedTuple):
        """A step."""

        name: str
        phase: str = "Pending"
        attempts: tuple[int, ...] = ()

        @property
        def title(self) -> str:
            return f"{self.name} is {self.phase}"

        @classmethod
        def failed(cls, name: str) -> Any:
            return cls(name, "Failed")

    class Box(typing.NamedTuple, Generic[T]):
        content: T

    class Empty(typing.NamedTuple):
        pass


def _matched(step: Any, kind: Any) -> object:
    match step:
        case kind.Step(name, phase="Failed"):
            return name
        case kind.Step(name, phase, attempts):
            return name, phase, attempts
    return None


USES: dict[str, Callable[[Any], object]] = {
    "defaults": lambda kind: kind.Step("a"),
    "by position": lambda kind: kind.Step("a", "Failed", (1,)),
    "by name": lambda kind: kind.Step(attempts=(2,), name="a"),
    "both": lambda kind: kind.Step("a", attempts=(2,)),
    "too few": lambda kind: kind.Step(),
    "too many": lambda kind: kind.Step("a", "b", (), 4),
    "twice": lambda kind: kind.Step("a", name="b"),
    "an unknown name": lambda kind: kind.Step("a", color="red"),
    "no fields": lambda kind: kind.Empty(),
    "no fields but a value": lambda kind: kind.Empty(1),
    "generic": lambda kind: kind.Box[int](1),
    "a field": lambda kind: kind.Step("a").phase,
    "an index": lambda kind: kind.Step("a")[1],
    "unpacking": lambda kind: [*kind.Step("a")],
    "a property": lambda kind: kind.Step("a").title,
    "a class method": lambda kind: kind.Step.failed("a"),
    "setting": lambda kind: setattr(kind.Step("a"), "name", "b"),
    "setting something else": lambda kind: setattr(kind.Step("a"), "color", "red"),
    "_replace": lambda kind: kind.Step("a")._replace(phase="Running"),
    "_replace of an unknown name": lambda kind: kind.Step("a")._replace(color="red"),
    "_make": lambda kind: kind.Step._make(["a", "b", ()]),
    "_make of too few": lambda kind: kind.Step._make(["a"]),
    "_asdict": lambda kind: kind.Step("a")._asdict(),
    "_fields": lambda kind: kind.Step._fields,
    "_field_defaults": lambda kind: kind.Step._field_defaults,
    "annotations": lambda kind: kind.Step.__annotations__.keys(),
    "repr": lambda kind: repr(kind.Step("a", attempts=(1, 2))),
    "equality": lambda kind: (kind.Step("a") == kind.Step("a"), kind.Step("a") == ("a", "Pending", ())),
    "order": lambda kind: kind.Step("a") < kind.Step("b"),
    "hash": lambda kind: hash(kind.Step("a")),
    "copy": lambda kind: copy.copy(kind.Step("a")),
    "pickle": lambda kind: pickle.loads(pickle.dumps(kind.Step("a"))),
    "match by position": lambda kind: _matched(kind.Step("a"), kind),
    "match by name": lambda kind: _matched(kind.Step("a", "Failed"), kind),
    "doc": lambda kind: kind.Step.__doc__,
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_record_is_a_named_tuple(use: Callable[[Any], object]) -> None:
    assert _outcome(use, Ours) == _outcome(use, Theirs)


def _outcome(use: Callable[[Any], object], kind: type) -> object:
    """What comes of it, down to its class; of an error its class, since its words are nobody's business."""
    try:
        result = use(kind)
    except Exception as error:
        return type(error)
    return type(result).__name__, result
