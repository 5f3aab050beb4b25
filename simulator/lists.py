"""One page of a list: cursors, limit, filters and the envelope, from the request's checked values."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tidegate.simulator import errors
from tidegate.simulator.resources import Obj, Query, Resources, UnknownCursorError
from tidegate.simulator.shapes import Kind

LIMIT = 10
"""Objects on a page where the request names no limit."""

Expand = Callable[[str, Obj, Sequence[str]], Obj]


def page_of(resources: Resources, kind: Kind, url: str, values: Mapping[str, Any], expand: Expand) -> Obj:
    """The list's body. Raises errors.VendorError where a cursor names nothing or a field cannot be expanded."""
    if values.get("starting_after") and values.get("ending_before"):
        raise errors.refused("Give starting_after or ending_before, not both.", param="ending_before")
    try:
        found, more = resources.page(kind.name, _query(resources, kind, values))
    except UnknownCursorError as error:
        raise errors.no_such(kind.name, error.identifier, error.param, status=400) from None
    paths = [_inside(path) for path in values.get("expand", ())]
    data = [expand(kind.name, thing, paths) for thing in found] if paths else found
    return {"object": "list", "data": data, "has_more": more, "url": url}


def _inside(path: str) -> str:
    if not path.startswith("data."):
        raise errors.refused(f"This property cannot be expanded: {path}. In a list, begin with `data.`", param="expand")
    return path.removeprefix("data.")


def _query(resources: Resources, kind: Kind, values: Mapping[str, Any]) -> Query:
    filters: dict[str, Sequence[str]] = {}
    for param, name in kind.filters.items():
        if param in values:
            wanted = values[param] if isinstance(values[param], list) else [values[param]]
            filters[name] = [match for value in wanted for match in _matches(resources, kind.name, name, value)]
    since, before = _created(values.get("created"))
    return Query(
        limit=values.get("limit", LIMIT),
        after=values.get("starting_after"),
        ending=values.get("ending_before"),
        filters=filters,
        since=since,
        before=before,
    )


def _matches(resources: Resources, kind: str, field_name: str, value: str) -> list[str]:
    """The values that a filter lets through: itself, or for a type like `payment_intent.*` all that begin so."""
    if field_name != "type" or not value.endswith("*"):
        return [value]
    return [known for known in resources.values(kind, field_name) if known.startswith(value[:-1])]


def _created(given: object) -> tuple[float | None, float | None]:
    """The bounds of `created` in whole seconds: included below, excluded above."""
    if isinstance(given, int):
        return given, given + 1
    if not isinstance(given, Mapping):
        return None, None
    lows = [bound for bound in (given.get("gte"), _next(given.get("gt"))) if bound is not None]
    highs = [bound for bound in (given.get("lt"), _next(given.get("lte"))) if bound is not None]
    return (max(lows) if lows else None), (min(highs) if highs else None)


def _next(second: int | None) -> int | None:
    return None if second is None else second + 1
