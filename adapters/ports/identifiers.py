"""Identifiers that name whose they are: `vendor:own`, so that no two vendors' ids meet, and each finds its way back.

The vendor's name is the one under which it is reached; what stands behind the colon is the vendor's own, unchanged.
"""

from typing import Final

from tidegate.adapters.ports.failures import Rejected

BETWEEN: Final = ":"


def qualified(vendor: str, own: str) -> str:
    """A vendor's own id with its name before it."""
    return f"{vendor}{BETWEEN}{own}"


def vendor_of(identifier: str) -> str:
    """The name of the vendor whose id it is; empty where it names none."""
    vendor, between, _ = identifier.partition(BETWEEN)
    return vendor if between else ""


def own_id(identifier: str, vendor: str, *, field: str) -> str:
    """The vendor's own id. Raises Rejected for an id of another vendor's, or of none."""
    named, between, own = identifier.partition(BETWEEN)
    if not between or named != vendor or not own:
        raise Rejected(f"{field} is no id of {vendor}'s: {vendor}{BETWEEN}… is expected", field=field)
    return own
