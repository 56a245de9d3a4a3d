# SPDX-License-Identifier: Apache-2.0
"""The few shapes a field of an entry or a bundle may have: each reads, prints, checks and describes itself.

Decides whether one JSON value is of its shape. Knows no kind of entry. A value read and printed again is the
same value: there is one spelling of everything. Refusals name the place, never what stood there.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Protocol, Self, get_type_hints

from beholden.ledger.canonical import Json
from beholden.refusals import Refusal

SMALLEST_COUNT = 10
"""Public counts of people are 0, or at least this many (ARCHITECTURE section 5)."""

BANDS: tuple[int, ...] = tuple(8**power for power in range(2, 10))
"""Upper edges of the bands in which other counts stand: 64, 512, 4 096, … 134 217 728."""

_TWO = "[0-9]{2}"  # in a published pattern: what `\d` matches differs from one library to the next
_DATE = f"[0-9]{{4}}-{_TWO}-{_TWO}"


class ShapeRefused(Refusal):
    """Says which field is not of its shape."""

    def __init__(self, where: str, sentence: str) -> None:
        super().__init__(
            "ledger.shape",
            f"{where}: {sentence}",
            next_step="Compare the field with its JSON Schema in docs/reference/schemas.",
            authority="ARCHITECTURE section 5: closed vocabulary, opaque ids, counts from 10 or banded, hashes",
        )


class Shape(Protocol):
    """How one field is read from JSON, printed to JSON and described. `read(show(x)) == x`."""

    def read(self, value: object, where: str) -> Any:
        """Return the typed value, or refuse."""

    def show(self, value: Any, where: str) -> Json:
        """Return the JSON value, or refuse what could not have been read."""

    def schema(self) -> dict[str, Json]:
        """Return the JSON Schema."""


@dataclass(frozen=True, slots=True)
class Hex:
    """Bytes of one length, as lowercase hexadecimal."""

    size: int

    def read(self, value: object, where: str) -> bytes:
        if not isinstance(value, str) or not re.fullmatch(f"[0-9a-f]{{{2 * self.size}}}", value):
            raise ShapeRefused(where, f"{self.size} bytes are expected, in lowercase hexadecimal.")
        return bytes.fromhex(value)

    def show(self, value: object, where: str) -> Json:
        if not isinstance(value, bytes) or len(value) != self.size:
            raise ShapeRefused(where, f"exactly {self.size} bytes are expected.")
        return value.hex()

    def schema(self) -> dict[str, Json]:
        return {"type": "string", "pattern": f"^[0-9a-f]{{{2 * self.size}}}$"}


@dataclass(frozen=True, slots=True)
class Same(ABC):
    """What is read as it is printed: the base of the shapes whose typed value is the JSON value itself."""

    @abstractmethod
    def accepts(self, value: object) -> bool:
        """Say whether a value is of this shape."""

    @abstractmethod
    def wants(self) -> str:
        """Say in words what is expected."""

    def read(self, value: object, where: str) -> Any:
        if not self.accepts(value):
            raise ShapeRefused(where, f"{self.wants()} is expected.")
        return value

    def show(self, value: Any, where: str) -> Json:
        found: Json = self.read(value, where)
        return found


@dataclass(frozen=True, slots=True)
class Word(Same):
    """A short code or opaque id: no space, so no sentence and no name with two parts can stand in it."""

    pattern: str = r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}"

    def accepts(self, value: object) -> bool:
        return isinstance(value, str) and re.fullmatch(self.pattern, value) is not None

    def wants(self) -> str:
        return "a code without spaces"

    def schema(self) -> dict[str, Json]:
        return {"type": "string", "pattern": f"^{self.pattern}$"}


@dataclass(frozen=True, slots=True)
class OneOf(Same):
    """One word, or one number, of a closed list."""

    values: tuple[str, ...] | tuple[int, ...]

    def accepts(self, value: object) -> bool:
        return isinstance(value, (str, int)) and not isinstance(value, bool) and value in self.values

    def wants(self) -> str:
        return "one of " + ", ".join(str(value) for value in self.values)

    def schema(self) -> dict[str, Json]:
        return {"enum": list(self.values)}


@dataclass(frozen=True, slots=True)
class Truth(Same):
    """True or false, and never 1 or 0: one answer has one spelling."""

    def accepts(self, value: object) -> bool:
        return isinstance(value, bool)

    def wants(self) -> str:
        return "true or false"

    def schema(self) -> dict[str, Json]:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Whole(Same):
    """A whole number between two limits, both included, optionally a multiple of `step`."""

    low: int = 0
    high: int = 2**53 - 1
    step: int = 1

    def accepts(self, value: object) -> bool:
        return (
            isinstance(value, int)
            and not isinstance(value, bool)
            and self.low <= value <= self.high
            and value % self.step == 0
        )

    def wants(self) -> str:
        return f"a whole number from {self.low} to {self.high}" + (
            f" that {self.step} divides" if self.step > 1 else ""
        )

    def schema(self) -> dict[str, Json]:
        return {"type": "integer", "minimum": self.low, "maximum": self.high, "multipleOf": self.step}


@dataclass(frozen=True, slots=True)
class Count(Same):
    """A public count of people: 0, or at least 10. One to nine would point at somebody."""

    high: int = 2**32 - 1

    def accepts(self, value: object) -> bool:
        return (
            isinstance(value, int)
            and not isinstance(value, bool)
            and (value == 0 or SMALLEST_COUNT <= value <= self.high)
        )

    def wants(self) -> str:
        return f"a count that is 0 or at least {SMALLEST_COUNT}"

    def schema(self) -> dict[str, Json]:
        some: dict[str, Json] = {"type": "integer", "minimum": SMALLEST_COUNT, "maximum": self.high}
        return {"anyOf": [{"const": 0}, some]}


class Moment:
    """An instant: RFC 3339, UTC, whole seconds, `Z`."""

    _FORM = "%Y-%m-%dT%H:%M:%SZ"

    def read(self, value: object, where: str) -> datetime:
        try:
            found = datetime.strptime(str(value), self._FORM).replace(tzinfo=UTC)
        except ValueError as cause:
            raise ShapeRefused(where, "an instant like 2026-11-23T09:30:00Z is expected.") from cause
        if not isinstance(value, str) or self.show(found, where) != value:
            raise ShapeRefused(where, "an instant like 2026-11-23T09:30:00Z is expected.")
        return found

    def show(self, value: object, where: str) -> Json:
        if not isinstance(value, datetime) or value.tzinfo is not UTC or value.microsecond:
            raise ShapeRefused(where, "an instant in UTC with whole seconds is expected.")
        return value.isoformat().removesuffix("+00:00") + "Z"

    def schema(self) -> dict[str, Json]:
        return {"type": "string", "pattern": f"^{_DATE}T{_TWO}:{_TWO}:{_TWO}Z$"}


class Day:
    """A day: RFC 3339 full-date."""

    def read(self, value: object, where: str) -> date:
        try:
            found = date.fromisoformat(value if isinstance(value, str) else "")
        except ValueError as cause:
            raise ShapeRefused(where, "a day like 2026-11-23 is expected.") from cause
        if found.isoformat() != value:
            raise ShapeRefused(where, "a day like 2026-11-23 is expected.")
        return found

    def show(self, value: object, where: str) -> Json:
        if not isinstance(value, date) or isinstance(value, datetime):
            raise ShapeRefused(where, "a day is expected.")
        return value.isoformat()

    def schema(self) -> dict[str, Json]:
        return {"type": "string", "pattern": f"^{_DATE}$"}


@dataclass(frozen=True, slots=True)
class Maybe:
    """A value that may be null, and then says so: a field is never left out."""

    inner: Shape

    def read(self, value: object, where: str) -> Any:
        return None if value is None else self.inner.read(value, where)

    def show(self, value: Any, where: str) -> Json:
        return None if value is None else self.inner.show(value, where)

    def schema(self) -> dict[str, Json]:
        return {"anyOf": [{"type": "null"}, self.inner.schema()]}


@dataclass(frozen=True, slots=True)
class Many:
    """A list of one shape, with a limit."""

    inner: Shape
    most: int

    def read(self, value: object, where: str) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) > self.most:
            raise ShapeRefused(where, f"a list of at most {self.most} is expected.")
        return tuple(self.inner.read(one, f"{where}[{at}]") for at, one in enumerate(value))

    def show(self, value: Any, where: str) -> Json:
        if not isinstance(value, tuple) or len(value) > self.most:
            raise ShapeRefused(where, f"a tuple of at most {self.most} is expected.")
        return [self.inner.show(one, f"{where}[{at}]") for at, one in enumerate(value)]

    def schema(self) -> dict[str, Json]:
        return {"type": "array", "items": self.inner.schema(), "maxItems": self.most}


@dataclass(frozen=True, slots=True)
class Text(Same):
    """Any string up to a length: for what has its own strict reader (a note, a verifier key, an entry)."""

    most: int = 65_535

    def accepts(self, value: object) -> bool:
        return isinstance(value, str) and len(value) <= self.most

    def wants(self) -> str:
        return f"a string of at most {self.most} characters"

    def schema(self) -> dict[str, Json]:
        return {"type": "string", "maxLength": self.most}


@dataclass(frozen=True, slots=True)
class Hexes:
    """Byte strings of one length, end to end, as one string of lowercase hexadecimal."""

    size: int
    most: int

    def read(self, value: object, where: str) -> tuple[bytes, ...]:
        digits = 2 * self.size
        whole = isinstance(value, str) and len(value) % digits == 0 and len(value) <= digits * self.most
        if not isinstance(value, str) or not whole or not re.fullmatch("[0-9a-f]*", value):
            raise ShapeRefused(where, f"at most {self.most} times {self.size} bytes in hex are expected.")
        raw = bytes.fromhex(value)
        return tuple(raw[at : at + self.size] for at in range(0, len(raw), self.size))

    def show(self, value: Any, where: str) -> Json:
        if not isinstance(value, tuple) or len(value) > self.most or {*map(len, value)} - {self.size}:
            raise ShapeRefused(where, f"at most {self.most} times {self.size} bytes are expected.")
        return b"".join(value).hex()

    def schema(self) -> dict[str, Json]:
        return {"type": "string", "pattern": f"^([0-9a-f]{{{2 * self.size}}})*$"}


@dataclass(frozen=True, slots=True)
class Part:
    """An object with exactly the fields of a `Shaped` class."""

    of: "type[Shaped]"

    def read(self, value: object, where: str) -> "Shaped":
        return self.of.from_json(value, where)

    def show(self, value: object, where: str) -> Json:
        if type(value) is not self.of:
            raise ShapeRefused(where, f"a {self.of.__name__} is expected.")
        return value.to_json()

    def schema(self) -> dict[str, Json]:
        shapes = shapes_of(self.of)
        return {
            "type": "object",
            "properties": {name: shape.schema() for name, shape in shapes.items()},
            "required": list(shapes),
            "additionalProperties": False,
        }


@dataclass(frozen=True, slots=True)
class Shaped:
    """A frozen value whose fields are `Annotated` with their shapes; nothing else can be built."""

    def __post_init__(self) -> None:
        """Refuse a field that is not of its shape, also where nothing was parsed."""
        at = type(self).__name__.lower()
        for name, shape in shapes_of(type(self)).items():
            _check(shape, getattr(self, name), f"{at}.{name}")

    @classmethod
    def from_json(cls, value: object, where: str = "") -> Self:
        """Read a JSON object that has exactly these fields."""
        shapes = shapes_of(cls)
        at = where or cls.__name__.lower()
        if not isinstance(value, Mapping) or set(value) != set(shapes):
            raise ShapeRefused(at, "exactly these fields are expected: " + ", ".join(shapes) + ".")
        return cls(**{name: shape.read(value[name], f"{at}.{name}") for name, shape in shapes.items()})

    def to_json(self) -> dict[str, Json]:
        """Return the JSON object."""
        at = type(self).__name__.lower()
        return {
            name: shape.show(getattr(self, name), f"{at}.{name}")
            for name, shape in shapes_of(type(self)).items()
        }


def _check(shape: Shape, value: object, where: str) -> None:
    """Refuse what could not be printed. A part was looked at when it was made: only that it is one is asked again."""
    if isinstance(shape, Part) and type(value) is shape.of:
        return
    if isinstance(shape, Many) and isinstance(value, tuple) and len(value) <= shape.most:
        for at, one in enumerate(value):
            _check(shape.inner, one, f"{where}[{at}]")
    elif isinstance(shape, Maybe):
        if value is not None:
            _check(shape.inner, value, where)
    else:
        shape.show(value, where)


def shapes_of(cls: type[Shaped]) -> dict[str, Shape]:
    """Return the shape of each field, in order."""
    return _shapes_of(cls)  # type: ignore[arg-type]  # mypy takes a class with __eq__ for an unhashable class


@cache
def _shapes_of(cls: type[Shaped]) -> dict[str, Shape]:
    hints = get_type_hints(cls, include_extras=True)
    found: dict[str, Shape] = {}
    for each in fields(cls):
        hint = hints[each.name]
        found[each.name] = hint.__metadata__[0] if hasattr(hint, "__metadata__") else Part(hint)
    return found
