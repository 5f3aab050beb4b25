"""What changed between an answer on a cassette and the same asked again: status, headers, the shape of the body.

Values change with every call (ids, times), so they are compared only where that is asked for. Pure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from tidegate.cassette.hiding import answer_headers_shown
from tidegate.cassette.recorded_exchange import RecordedExchange
from tidegate.redaction.secret import REDACTED

CHANGES_MAX = 100
"""Of one answer so many are told."""

ITEMS_MAX = 100
"""Of a list so many items are looked at: all of them together have its shape."""

DEPTH_MAX = 60


@dataclass(frozen=True, slots=True)
class ExchangeChange:
    """`place` is `status`, a header's name, or a path in the body, items of lists taken together (`$.data[*].id`)."""

    place: str
    was: str
    now: str

    def __str__(self) -> str:
        return f"{self.place}: {self.was} is now {self.now}"


def changes(old: RecordedExchange, new: RecordedExchange, *, values: bool = False) -> list[ExchangeChange]:
    """What changed, CHANGES_MAX at most. With `values` also values that are others, where the shape is the same."""
    found: list[ExchangeChange] = []
    for change in _changes(old, new, values=values):
        if len(found) == CHANGES_MAX:
            break
        found.append(change)
    return found


def _changes(old: RecordedExchange, new: RecordedExchange, *, values: bool) -> Iterator[ExchangeChange]:
    if old.status != new.status:
        yield ExchangeChange("status", str(old.status), str(new.status))
    before, after = old.answer.headers, new.answer.headers
    yield from _headers(before, after)
    was, now = _json(old.answer.body), _json(new.answer.body)
    if was is None or now is None:
        if (was is None) != (now is None) or (values and old.answer.body != new.answer.body):
            yield ExchangeChange("body", _bytes(old.answer.body, was), _bytes(new.answer.body, now))
        return
    yield from _shapes("$", was, now, 0)
    if values:
        yield from _values("$", was[0], now[0], 0)


def _headers(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[ExchangeChange]:
    kind, other = (headers.get("content-type", "").partition(";")[0].strip().lower() for headers in (before, after))
    if kind != other:
        yield ExchangeChange("content-type", kind or "none", other or "none")
    for name in sorted(answer_headers_shown(before) ^ answer_headers_shown(after)):
        yield ExchangeChange(name, "there" if name in before else "none", "there" if name in after else "gone")


def _json(body: bytes) -> Any:
    """The value of a JSON body in a list of one; None for another body."""
    try:
        return [orjson.loads(body)]
    except orjson.JSONDecodeError:
        return None


def _bytes(body: bytes, value: Any) -> str:
    return "JSON" if value is not None else f"{len(body)} bytes that are no JSON" if body else "empty"


def _kinds(values: list[Any]) -> dict[str, None]:
    """The types of values, a hidden one aside: it may have been any."""
    return dict.fromkeys(sorted({_kind(value) for value in values if value != REDACTED}))


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    names = ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array"))
    return next((name for kind, name in names if isinstance(value, kind)), "object")


def _shapes(place: str, old: list[Any], new: list[Any], depth: int) -> Iterator[ExchangeChange]:
    """Differences between what some values and others have in common: their types and their fields."""
    if depth > DEPTH_MAX or not old or not new:
        return
    was, now = _kinds(old), _kinds(new)
    if was and now and was.keys().isdisjoint(now) and {*was, *now} != {"integer", "number"}:
        yield ExchangeChange(place, " or ".join(was), " or ".join(now))
        return
    before, after = ([value for value in values if isinstance(value, dict)] for values in (old, new))
    if before and after:
        yield from _fields(place, before, after, depth)
    yield from _shapes(f"{place}[*]", _items(old), _items(new), depth + 1)


def _items(values: list[Any]) -> list[Any]:
    return [item for value in values if isinstance(value, list) for item in value[:ITEMS_MAX]][:ITEMS_MAX]


def _fields(place: str, old: list[Any], new: list[Any], depth: int) -> Iterator[ExchangeChange]:
    names = dict.fromkeys(name for value in (*old, *new) for name in value)
    for name in names:
        before, after = ([value[name] for value in values if name in value] for values in (old, new))
        if not after:
            yield ExchangeChange(f"{place}.{name}", " or ".join(_kinds(before)) or "hidden", "gone")
        elif not before:
            yield ExchangeChange(f"{place}.{name}", "none", " or ".join(_kinds(after)) or "hidden")
        else:
            yield from _shapes(f"{place}.{name}", before, after, depth + 1)


def _values(place: str, was: Any, now: Any, depth: int) -> Iterator[ExchangeChange]:
    if depth > DEPTH_MAX or REDACTED in (was, now):
        return
    if isinstance(was, dict) and isinstance(now, dict):
        for name in was:
            if name in now:
                yield from _values(f"{place}.{name}", was[name], now[name], depth + 1)
    elif isinstance(was, list) and isinstance(now, list):
        if len(was) != len(now):
            yield ExchangeChange(place, f"{len(was)} items", f"{len(now)} items")
        for at, (before, after) in enumerate(zip(was, now, strict=False)):
            yield from _values(f"{place}[{at}]", before, after, depth + 1)
    elif was != now and _kind(was) == _kind(now):
        yield ExchangeChange(place, _shown(was), _shown(now))


def _shown(value: Any) -> str:
    return orjson.dumps(value).decode()[:80]
