"""Requests about many objects: a list of what each is made of, or changed by, or named by."""

from collections.abc import Mapping
from typing import Any

from tidegate.simulator.answer import errors

BATCH_MAX = 1_000
"""One request is about so many objects at most."""


def batched(at: tuple[str, ...], values: Mapping[str, Any], body: Any) -> list[Mapping[str, Any]]:
    """The values for each object, at a place in the request; the whole body where that is the list.

    Raises errors.VendorError where there are too many, or one is no object and no id.
    """
    listed: Any = body if not at else values
    for name in at:
        listed = listed.get(name) if isinstance(listed, Mapping) else None
    items = listed if isinstance(listed, list) else []
    if len(items) > BATCH_MAX:
        raise errors.refused(
            f"{len(items)} objects in one request; {BATCH_MAX} are taken at most.", param=".".join(at) or None
        )
    for item in items:
        if not isinstance(item, Mapping):
            raise errors.refused("Each entry must be an object.", param=".".join(at) or None)
    return items
