"""Requests about many objects: a list of what each is made of, or changed by, or named by."""

from collections.abc import Mapping
from typing import Any

from tidegate.simulator.answer import errors
from tidegate.simulator.document.resource_kind import ResourceKind

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
        return item
    if not isinstance(item, str | int) or isinstance(item, bool) or not kind.id_at:
        raise errors.refused("Each entry must be an object.", param=".".join(at) or None)
    return kind.with_id({}, item)
