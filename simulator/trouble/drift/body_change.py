"""The change at one place of a body: where the place is, and how JSON and event streams are changed there."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from tidegate.simulator.answer.answer import Answer
from tidegate.simulator.answer.media_types import is_lines
from tidegate.simulator.trouble.drift.drift import Drift, DriftChange
from tidegate.simulator.trouble.fault_scope import AnswerScope, Changed
from tidegate.simulator.trouble.places import Places
from tidegate.simulator.trouble.spots import Holder, Spot, named

Json = Mapping[str, Any]


class BodyChange(DriftChange):
    """A change at one place in a body. Without a `pointer` the place is drawn by the document's schema."""

    def fits(self, spot: Spot) -> bool:
        """True where the change can be seen at a spot. A place is drawn among those."""
        raise NotImplementedError

    def value(self, drift: Drift, n: int, value: Any, schema: Json, places: Places) -> Any:
        """The value that comes instead; None for nothing new."""
        raise NotImplementedError

    def drawn(self, n: int, body: Any, schema: Any, places: Places) -> str | None:
        """The place that the drift of this number hits, None where there is none."""
        return places.drawn(n, body, schema, self.fits, required=True)

    def hit(self, drift: Drift, n: int, holder: Holder, place: str | int, schema: Json, places: Places) -> bool:
        """Change what stands at a place of this object or list. True where there was something to change."""
        if not present(holder, place):
            return False
        old = holder[place]  # type: ignore[index]  # a name for a dict, a number for a list: see spots.named
        new = self.value(drift, n, old, schema, places)
        if new is None or new == old:
            return False
        holder[place] = new  # type: ignore[index]  # as above
        return True

    def of_body(self, drift: Drift, n: int, body: Any, schema: Any, places: Places) -> tuple[Any, str] | None:
        """Every place that the pointer names is changed."""
        pointer = drift.pointer if drift.pointer is not None else self.drawn(n, body, schema, places)
        if pointer is None:
            return None
        level = places.level(body, schema, pointer)
        whole = {"": body}
        # All are changed, and only then it is asked whether any was.
        hits = [self.hit(drift, n, *spot, level, places) for spot in list(named(whole, f"/{pointer}"))]
        return (whole[""], pointer) if any(hits) else None

    def of_answer(self, drift: Drift, answer: Answer, scope: AnswerScope) -> Changed | None:
        """A change of its JSON, or of every line, or every event of a stream whose data is JSON."""
        if answer.events:
            return self._events(drift, answer, scope)
        schema = scope.places.schema(scope.operation, answer.status)
        if is_lines(answer.headers.get("Content-Type", "")):
            return self._lines(drift, answer, scope, schema)
        body = json_of(answer)
        if body is None:
            return None
        changed = self.of_body(drift, scope.n, body[0], schema, scope.places)
        return None if changed is None else (replace(answer, body=orjson.dumps(changed[0])), changed[1])

    def _lines(self, drift: Drift, answer: Answer, scope: AnswerScope, schema: Any) -> Changed | None:
        """Lines are a list where the document has one; else each is changed by itself."""
        lines = json_lines(answer.body)
        whole = [lines] if scope.places.is_list(schema) else lines or []
        changed = [self.of_body(drift, scope.n, one, schema, scope.places) for one in whole]
        where = next((one[1] for one in changed if one is not None), None)
        if lines is None or where is None:
            return None
        after = [new[0] if new is not None else old for old, new in zip(whole, changed, strict=True)]
        begin = answer.body[:1] if answer.body[:1] == b"\x1e" else b""
        written = after[0] if whole[0] is lines else after
        return replace(answer, body=b"".join(begin + orjson.dumps(one) + b"\n" for one in written)), where

    def _events(self, drift: Drift, answer: Answer, scope: AnswerScope) -> Changed | None:
        sent, where = [], ""
        for event in answer.events:
            head, mark, data = event.partition(b"data: ")
            try:
                body = orjson.loads(data) if mark else None
            except ValueError:
                body = None
            changed = self.of_body(drift, scope.n, body, None, scope.places) if body is not None else None
            where = where or (changed[1] if changed else "")
            sent.append(head + mark + orjson.dumps(changed[0]) + b"\n\n" if changed else event)
        return (replace(answer, events=tuple(sent)), where) if where else None


def present(holder: Holder, place: str | int) -> bool:
    """True where something stands there."""
    return place in holder if isinstance(holder, dict) else isinstance(place, int) and place < len(holder)


def json_of(answer: Answer) -> tuple[Any] | None:
    """The body, read anew from its bytes; None where it is no JSON, as a recorded one may be whatever it says."""
    media = answer.headers.get("Content-Type", "")
    try:
        return (orjson.loads(answer.body),) if "json" in media and not is_lines(media) else None
    except ValueError:
        return None


def json_lines(body: bytes) -> list[Any] | None:
    """The values of lines of JSON, read anew; None where one is none (RFC 7464: a separator may be before each)."""
    try:
        return [orjson.loads(line) for line in body.replace(b"\x1e", b"").split(b"\n") if line.strip()]
    except ValueError:
        return None
