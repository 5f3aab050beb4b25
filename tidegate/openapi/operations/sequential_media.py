"""Media types whose content is one item after the other: of each, `itemSchema` is what an item is (OpenAPI 3.2).

Such a Media Type Object is read as one whose schema is a list of the items. Of an event stream it is the event, with
its `event`, `data`, `id` and `retry`; documents before 3.2 have the schema of the data alone there.
"""

from typing import Any

Json = dict[str, Any]

EVENTS = "text/event-stream"
_ITEM = "itemSchema"


class SequentialMedia:
    """The Media Type Objects of one document; each is written anew once."""

    def __init__(self) -> None:
        self._whole: dict[int, tuple[Json, Json]] = {}

    def whole(self, kind: str, media: Json) -> Json:
        """The Media Type Object with a schema of the whole content; of an event stream with that of one event."""
        if _ITEM not in media or "schema" in media:
            return media
        if id(media) not in self._whole:
            item = media[_ITEM]
            schema = item if is_stream(kind) else {"type": "array", "items": item}
            self._whole[id(media)] = (media, {**media, "schema": schema})
        return self._whole[id(media)][1]


def is_stream(kind: str) -> bool:
    """True for server-sent events."""
    return kind.partition(";")[0].strip().lower() == EVENTS


def is_framed(kind: str, media: Json) -> bool:
    """True where the schema is that of events and not of their data."""
    return is_stream(kind) and _ITEM in media and media.get("schema", media[_ITEM]) is media[_ITEM]
