"""Changes of one value in a body: D1 to D7, D12 and D13."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from tidegate.simulator.trouble.drift.body_change import BodyChange, Json, present
from tidegate.simulator.trouble.drift.drift import Drift
from tidegate.simulator.trouble.places import Places
from tidegate.simulator.trouble.spots import Holder, Spot
from tidegate.values.string_values import iso_8601

UNIX_TIMES = range(1_000_000_000, 4_000_000_000)
"""Whole numbers of 2001 to 2096, when read as seconds since 1970."""

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_DECIMAL = re.compile(r"-?\d+\.\d+")


class _MemberChange(BodyChange):
    """A change of an object's member, whatever its value."""

    def fits(self, spot: Spot) -> bool:
        """Anywhere."""
        del spot
        return True

    def hit(self, drift: Drift, n: int, holder: Holder, place: str | int, schema: Json, places: Places) -> bool:
        """Take the member out, or give it the new name at the same place. A list has no members."""
        del n, schema, places
        if not present(holder, place) or not isinstance(holder, dict):
            return False
        new = self.renamed(drift, str(place))
        members = {new if name == place else name: value for name, value in holder.items() if new or name != place}
        holder.clear()
        holder.update(members)
        return True

    def renamed(self, drift: Drift, name: str) -> str:
        """The member's new name; empty where it is taken out."""
        del drift, name
        return ""


class Removed(_MemberChange):
    """D1: a field is gone."""

    name = "removed"
    number = 1


class Renamed(_MemberChange):
    """D2: a field has another name."""

    name = "renamed"
    number = 2
    takes: ClassVar[Mapping[str, tuple[type, ...]]] = {"to": (str,)}
    cure = "write the new name"

    def renamed(self, drift: Drift, name: str) -> str:
        """The drift's, or the old one in another case."""
        return str(drift.to or new_name(name))


class Omitted(_MemberChange):
    """D5: an optional field stops coming."""

    name = "omitted"
    number = 5

    def drawn(self, n: int, body: Any, schema: Any, places: Places) -> str | None:
        """A place that the document lets be left out."""
        return places.drawn(n, body, schema, self.fits, required=False)


class Retyped(BodyChange):
    """D3: a number comes as a text, or the like."""

    name = "retyped"
    number = 3

    def fits(self, spot: Spot) -> bool:
        """At a plain value."""
        return spot.value is not None and not isinstance(spot.value, dict | list)

    def value(self, drift: Drift, n: int, value: Any, schema: Json, places: Places) -> Any:
        """Another type that says the same."""
        del drift, n, schema, places
        return retyped(value)


class Null(BodyChange):
    """D4: null comes where it never came."""

    name = "null"
    number = 4

    def fits(self, spot: Spot) -> bool:
        """At a value for which the document knows no null."""
        return spot.value is not None and "null" not in (spot.schema.get("type") or ())

    def hit(self, drift: Drift, n: int, holder: Holder, place: str | int, schema: Json, places: Places) -> bool:
        """Null, where there was something else."""
        del drift, n, schema, places
        if not present(holder, place) or holder[place] is None:  # type: ignore[index]  # a name or a number: see spots.named
            return False
        holder[place] = None  # type: ignore[index]  # as above
        return True


class Enum(BodyChange):
    """D6: a value comes that no enumeration lists."""

    name = "enum"
    number = 6
    takes: ClassVar[Mapping[str, tuple[type, ...]]] = {"to": (str, int)}
    cure = "write the new value, a text or a whole number"

    def fits(self, spot: Spot) -> bool:
        """At a value of an enumeration."""
        value, schema = spot.value, spot.schema
        return value is not None and "enum" in schema and unlisted(value, schema["enum"]) is not None

    def value(self, drift: Drift, n: int, value: Any, schema: Json, places: Places) -> Any:
        """The drift's, or one that is not listed."""
        del n, places
        return drift.to if drift.to is not None else unlisted(value, schema.get("enum"))


class Scaled(BodyChange):
    """D7: a number comes in another unit."""

    name = "scaled"
    number = 7
    takes: ClassVar[Mapping[str, tuple[type, ...]]] = {"by": (float,)}

    def fits(self, spot: Spot) -> bool:
        """At a number that is no id."""
        value = spot.value
        return scaled(value, None) not in (None, value) and not spot.name.lower().endswith("id")

    def value(self, drift: Drift, n: int, value: Any, schema: Json, places: Places) -> Any:
        """The number times the factor."""
        del n, schema, places
        return scaled(value, drift.by)


class Reformatted(BodyChange):
    """D7: a moment, a date or a decimal is written in another way."""

    name = "reformatted"
    number = 7

    def fits(self, spot: Spot) -> bool:
        """At a value that can be written in another way."""
        return reformatted(spot.value) is not None

    def value(self, drift: Drift, n: int, value: Any, schema: Json, places: Places) -> Any:
        """The other way."""
        del drift, n, schema, places
        return reformatted(value)


class Added(BodyChange):
    """D12: a field is new."""

    name = "added"
    number = 12
    takes: ClassVar[Mapping[str, tuple[type, ...]]] = {"to": (str, int, float, bool, dict, list), "size": (int,)}
    cure = "write the value of the new field"

    def drawn(self, n: int, body: Any, schema: Any, places: Places) -> str | None:
        """A member of the whole, with a name that the drift's number decides."""
        del schema
        return f"/added_{places.letters(f'drift {n}', 4).lower()}" if isinstance(body, dict) else None

    def hit(self, drift: Drift, n: int, holder: Holder, place: str | int, schema: Json, places: Places) -> bool:
        """The new member, where there is none of its name."""
        del n, schema
        if not isinstance(holder, dict) or not isinstance(place, str) or place in holder:
            return False
        holder[place] = drift.to if drift.to is not None else places.letters(f"added {place}", drift.size)
        return True


class Id(BodyChange):
    """D13: an id is longer, or has another prefix."""

    name = "id"
    number = 13
    takes: ClassVar[Mapping[str, tuple[type, ...]]] = {"to": (str,)}
    cure = "write the new prefix"

    def fits(self, spot: Spot) -> bool:
        """At a text that is called an id."""
        return isinstance(spot.value, str) and spot.name.lower().endswith("id")

    def value(self, drift: Drift, n: int, value: Any, schema: Json, places: Places) -> Any:
        """The id with the drift's prefix, and eight letters more."""
        del schema
        letters = places.letters(f"drift {n} {value}", 8)
        return longer_id(value, drift.to if isinstance(drift.to, str) else None, letters)


def retyped(value: Any) -> Any:
    """Another type that says the same: 100 → "100", "100" → 100, true → "true", text and objects into a list."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        return int(value) if value.isdecimal() and len(value) < 16 else [value]
    if isinstance(value, list):
        return {str(place): item for place, item in enumerate(value)}
    return [value]


def unlisted(value: Any, listed: Any) -> Any:
    """A value of an enumeration that the enumeration does not list."""
    known = listed if isinstance(listed, list) else [value]
    if isinstance(value, str):
        made = f"{value}_extended" if value.islower() or not value.isupper() else f"{value}_EXTENDED"
        while made in known:
            made += "_2"
        return made
    if isinstance(value, int) and not isinstance(value, bool):
        return max((number for number in known if isinstance(number, int)), default=value) + 1
    return None


def scaled(value: Any, by: float | None) -> Any:
    """Another unit: seconds since 1970 become milliseconds, any other number its hundredth; or times `by`."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if by is None:
        return value * 1000 if value in UNIX_TIMES else value / 100
    product = value * by
    return int(product) if isinstance(value, int) and float(by).is_integer() else round(product, 9)


def reformatted(value: Any) -> Any:
    """Another way of writing: seconds since 1970 ↔ ISO 8601, another order of a date, a comma in a decimal."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return iso_8601(value) if value in UNIX_TIMES else None
    if not isinstance(value, str):
        return None
    if date := _DATE.fullmatch(value):
        return f"{date[3]}/{date[2]}/{date[1]}"
    if _DECIMAL.fullmatch(value):
        return value.replace(".", ",")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return int(moment.timestamp()) if "T" in value or " " in value else None


def longer_id(value: Any, prefix: str | None, letters: str) -> Any:
    """An id of another shape: a new prefix, or the old one, and so many letters more."""
    if not isinstance(value, str) or not value:
        return None
    old, mark, rest = value.rpartition("_")
    head = prefix if prefix is not None else old + mark
    return f"{head}{rest}{letters}"


def new_name(name: str) -> str:
    """A field's new name: in camel case, or with a word more where it has only one."""
    first, *rest = name.split("_")
    if first and any(rest):
        return first + "".join(word[:1].upper() + word[1:] for word in rest)
    return f"{name}_value"
