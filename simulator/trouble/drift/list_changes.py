"""Changes of a list in a body: D8."""

from collections.abc import Mapping
from typing import Any, ClassVar

from tidegate.simulator.trouble.drift.body_change import BodyChange, Json
from tidegate.simulator.trouble.drift.drift import Drift
from tidegate.simulator.trouble.places import Places
from tidegate.simulator.trouble.spots import Holder, Spot


class _ListChange(BodyChange):
    """A change of a list with more than one item; of the whole body where that is a list."""

    subject = "list"
    number = 8

    def fits(self, spot: Spot) -> bool:
        """At such a list."""
        return isinstance(spot.value, list) and len(spot.value) > 1

    def drawn(self, n: int, body: Any, schema: Any, places: Places) -> str | None:
        """The whole where it is a list, else a list in it."""
        return "" if isinstance(body, list) else super().drawn(n, body, schema, places)


class Reordered(_ListChange):
    """D8: a list is turned round."""

    name = "reordered"

    def value(self, drift: Drift, n: int, value: Any, schema: Json, places: Places) -> Any:
        """The items from the last to the first."""
        del drift, n, schema, places
        return value[::-1] if isinstance(value, list) else None


class PageSize(_ListChange):
    """D8: a page holds less than was asked for."""

    name = "page_size"
    takes: ClassVar[Mapping[str, tuple[type, ...]]] = {"to": (int,)}
    cure = "write how many come at most"

    def value(self, drift: Drift, n: int, value: Any, schema: Json, places: Places) -> Any:
        """The first items: as many as the drift says, or half of them."""
        del n, schema, places
        most = drift.to if isinstance(drift.to, int) else max(len(value) // 2, 1) if value else 0
        return value[:most] if isinstance(value, list) else None

    def hit(self, drift: Drift, n: int, holder: Holder, place: str | int, schema: Json, places: Places) -> bool:
        """A page that says whether there are more says that there are."""
        hit = super().hit(drift, n, holder, place, schema, places)
        if hit and isinstance(holder, dict) and isinstance(holder.get("has_more"), bool):
            holder["has_more"] = True
        return hit
