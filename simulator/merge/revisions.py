"""Revisions of objects, where whoever changes them counts: an older one than the object has is refused.

The same one is taken again, so that a request that is repeated does no harm.
"""

from collections.abc import Mapping
from typing import Any, Final

from tidegate.simulator.answer import errors
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.values.json_value import Obj

NUMBERS: Final = (int, float)


def check(kind: ResourceKind, thing: Obj, values: Mapping[str, Any]) -> None:
    """Raises errors.VendorError where the request's revision is older than the object's."""
    field = kind.facts.revision
    if field is None:
        return
    known, given = thing.get(field), values.get(field)
    if isinstance(known, NUMBERS) and isinstance(given, NUMBERS) and given < known:
        raise errors.outdated(kind.name, int(known), int(given))
