"""Requests about many objects: a list of what each is made of, or changed by, or named by."""

from collections.abc import Mapping
from typing import Any

from tidegate.simulator.answer import errors
from tidegate.simulator.document.path_template import singular
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.values.json_value import NOTHING
from tidegate.values.string_values import plain_name

BATCH_MAX = 1_000
"""One request is about so many objects at most."""


def batched(at: tuple[str, ...], values: Mapping[str, Any], body: Any, kind: ResourceKind) -> list[Mapping[str, Any]]:
    """The values for each object, at a place in the request; the whole body where that is the list.

    Of an entry that is an id, an object of the kind with this id. Raises errors.VendorError where there are too many.
    """
    listed: Any = body if not at else values
    for name in at:
        listed = listed.get(name) if isinstance(listed, Mapping) else None
    listed = [part.strip() for part in listed.split(",")] if isinstance(listed, str) else listed
    items = listed if isinstance(listed, list) else []
    if len(items) > BATCH_MAX:
        raise errors.refused(
            f"{len(items)} objects in one request; {BATCH_MAX} are taken at most.", param=".".join(at) or None
        )
    return [_entry(item, at, kind) for item in items]


def _entry(item: Any, at: tuple[str, ...], kind: ResourceKind) -> Mapping[str, Any]:
    if isinstance(item, Mapping):
        return _unwrapped(item, kind)
    if not isinstance(item, str | int) or isinstance(item, bool) or not kind.id_at:
        raise errors.refused("Each entry must be an object.", param=".".join(at) or None)
    return kind.with_id({}, kind.bare_id(item))


def _unwrapped(item: Mapping[str, Any], kind: ResourceKind) -> Mapping[str, Any]:
    """An entry without its wrapper: `{"book": {…}, "bookId": "b1"}` has the id beside the object (AIP-233)."""
    inner = next((one for one in item.values() if isinstance(one, dict) and one.keys() & kind.fields.keys()), None)
    if inner is None or item.keys() & kind.fields.keys():
        return item
    wanted = f"{plain_name(singular(kind.name.rpartition('/')[2].lower()))}id"
    given = next((value for name, value in item.items() if plain_name(name) == wanted), None)
    if given is not None:
        return kind.with_id(inner, given)
    told = kind.id_of(inner)
    return inner if told is NOTHING else kind.with_id(inner, kind.bare_id(told))
