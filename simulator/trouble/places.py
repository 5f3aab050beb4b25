"""Places in the bodies of one vendor: drawn by its document's schemas, always the same for the same seed.

Where places stand in a body is trouble.spots'; what is done at one, trouble.drift's.
"""

from collections.abc import Callable, Mapping
from typing import Any

from tidegate.openapi.document import Document, DocumentError
from tidegate.openapi.schema_types import types_of
from tidegate.simulator.trouble.spots import Spot, spots


class Places:
    """The places of one vendor. `letters(name, count)` are letters that its seed decides."""

    def __init__(self, document: Document, letters: Callable[[str, int], str]) -> None:
        self._document = document
        self.letters = letters

    def schema(self, operation: str, status: int) -> Any:
        """The schema of an operation's answer, None where the document has none."""
        known = self._document.operations.get(operation)
        try:
            return self._document.response_schema(known, status) if known is not None else None
        except DocumentError:
            return None

    def is_list(self, schema: Any) -> bool:
        """True for the schema of a list."""
        try:
            return schema is not None and "array" in types_of(self._document.schemas.plain(schema))
        except DocumentError:
            return False

    def level(self, body: Any, schema: Any, pointer: str) -> Mapping[str, Any]:
        """The schema's level at a place, empty where nothing is known of it."""
        return next((spot.schema for spot in self._spots(body, schema) if spot.pointer == pointer), {})

    def drawn(self, n: int, body: Any, schema: Any, fits: Callable[[Spot], bool], *, required: bool) -> str | None:
        """The place that the drift of this number hits in such bodies, as a JSON Pointer; None where no place fits.

        It is the first in an order that the number alone decides. True for `required` prefers places that always come,
        False takes only others.
        """
        fitting = [spot for spot in self._spots(body, schema) if fits(spot)]
        usual = [spot for spot in fitting if spot.required is required]
        among = usual if usual or not required else fitting
        chosen = min(among, key=lambda spot: (self.letters(f"drift {n} {spot.name}", 8), spot.pointer), default=None)
        return chosen.pointer if chosen is not None else None

    def _spots(self, body: Any, schema: Any) -> list[Spot]:
        try:
            return list(spots(body, schema, self._document.schemas.plain))
        except DocumentError:
            return list(spots(body, None, self._document.schemas.plain))
