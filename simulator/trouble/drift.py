"""Makes an answer drift from its document: changes the copy that is sent, and says what it changed.

Where the scenario names no place, one is drawn: by the document's schema, from the seed and the drift's number alone,
so that a drift hits the same field in every answer. What becomes of one value is trouble.mutations', where it stands
is trouble.spots'. The vendor's objects and kept answers are never touched: a body is read anew from its bytes.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from http import HTTPStatus
from typing import Any

import orjson

from tidegate.openapi.document import Document, DocumentError
from tidegate.scenario.drift import Drift
from tidegate.simulator.answer.answer import Answer, http_date
from tidegate.simulator.trouble import mutations
from tidegate.simulator.trouble.spots import Holder, Spot, named, spots

LIMIT_HEADERS = ("*ratelimit*", "retry-after*", "x-shopify-*-limit", "twilio-concurrent-requests")
"""Headers by which vendors tell their limits, as patterns in lower case."""

Changed = tuple[Answer, str]
"""The answer as it is sent, and the place that was changed."""


class Drifts:
    """The drift of one vendor. `letters(name, count)` are seeded."""

    def __init__(self, document: Document, letters: Callable[[str, int], str]) -> None:
        self._document = document
        self._letters = letters

    def apply(self, drift: Drift, n: int, answer: Answer, operation: str, began: float) -> Changed | None:
        """The drifted answer, None where there is nothing to change in it.

        `n` is the drift's number among the armed faults, `began` the vendor's wall clock when it set in.
        """
        if (answer.status >= 400) is not (drift.of == "refusals"):
            return None
        if drift.change == "status":
            return self._restatus(drift, answer)
        if drift.change == "header":
            return self._reheader(drift, answer)
        if drift.change == "deprecated":
            told = {"Deprecation": f"@{int(began)}"}
            if drift.sunset is not None:
                told["Sunset"] = http_date(int(began + drift.sunset))
            return replace(answer, headers={**answer.headers, **told}), " ".join(told)
        if answer.events:
            return self._events(drift, n, answer)
        if not answer.body or "json" not in answer.headers.get("Content-Type", ""):
            return None
        body = orjson.loads(answer.body)
        if drift.change == "envelope":
            return self._envelope(drift, answer, body)
        changed = self.change(drift, n, body, self._schema(operation, answer.status))
        return None if changed is None else (replace(answer, body=orjson.dumps(changed[0])), changed[1])

    def change(self, drift: Drift, n: int, body: Any, schema: Any) -> tuple[Any, str] | None:
        """The changed body, and the pointer to what was changed; None where there was nothing to change.

        The body that is given is used up.
        """
        pointer = drift.pointer if drift.pointer is not None else self._drawn(drift, n, body, schema)
        if pointer is None:
            return None
        known = self._known(body, schema, pointer)
        whole = {"": body}
        hits = [self._hit(drift, n, holder, place, known) for holder, place in list(named(whole, f"/{pointer}"))]
        return (whole[""], pointer) if any(hits) else None

    # --- one place -------------------------------------------------------------------------------------------------

    def _hit(self, drift: Drift, n: int, holder: Holder, place: str | int, schema: Mapping[str, Any]) -> bool:
        if drift.change == "added":
            return self._add(drift, holder, place)
        there = place in holder if isinstance(holder, dict) else isinstance(place, int) and place < len(holder)
        if not there:
            return False
        if drift.change in ("removed", "omitted", "renamed"):
            return _move(holder, place, str(drift.to or mutations.new_name(str(place))), drift.change)
        value = holder[place]  # type: ignore[index]  # a name for a dict, a number for a list: see named
        new = self._new(drift, n, value, schema)
        if drift.change == "null":
            if value is None:
                return False
        elif new is None or new == value:
            return False
        holder[place] = new  # type: ignore[index]  # as above
        if drift.change == "page_size" and isinstance(holder, dict) and isinstance(holder.get("has_more"), bool):
            holder["has_more"] = True
        return True

    def _new(self, drift: Drift, n: int, value: Any, schema: Mapping[str, Any]) -> Any:
        """What comes instead of a value; None for nothing new."""
        match drift.change:
            case "retyped":
                return mutations.retyped(value)
            case "enum":
                return drift.to if drift.to is not None else mutations.unlisted(value, schema.get("enum"))
            case "scaled":
                return mutations.scaled(value, drift.by)
            case "reformatted":
                return mutations.reformatted(value)
            case "id":
                letters = self._letters(f"drift {n} {value}", 8)
                return mutations.longer_id(value, drift.to if isinstance(drift.to, str) else None, letters)
            case "reordered":
                return value[::-1] if isinstance(value, list) else None
            case "page_size":
                most = drift.to if isinstance(drift.to, int) else max(len(value) // 2, 1) if value else 0
                return value[:most] if isinstance(value, list) else None
        return None

    def _add(self, drift: Drift, holder: Holder, place: str | int) -> bool:
        if not isinstance(holder, dict) or not isinstance(place, str) or place in holder:
            return False
        holder[place] = drift.to if drift.to is not None else self._letters(f"added {place}", drift.size)
        return True

    # --- where -----------------------------------------------------------------------------------------------------

    def _schema(self, operation: str, status: int) -> Any:
        found = self._document.operations.get(operation)
        try:
            return self._document.response_schema(found, status) if found is not None else None
        except DocumentError:
            return None

    def _spots(self, body: Any, schema: Any) -> list[Spot]:
        try:
            return list(spots(body, schema, self._document.schemas.plain))
        except DocumentError:
            return list(spots(body, None, self._document.schemas.plain))

    def _known(self, body: Any, schema: Any, pointer: str) -> Mapping[str, Any]:
        return next((spot.schema for spot in self._spots(body, schema) if spot.pointer == pointer), {})

    def _drawn(self, drift: Drift, n: int, body: Any, schema: Any) -> str | None:
        """The place that this drift hits in such bodies: the first in an order that its number alone decides."""
        if drift.change == "added":
            return f"/added_{self._letters(f'drift {n}', 4).lower()}" if isinstance(body, dict) else None
        if drift.change in ("reordered", "page_size") and isinstance(body, list):
            return ""
        found = self._spots(body, schema)
        fitting = [spot for spot in found if _fits(drift.change, spot)]
        usual = [spot for spot in fitting if spot.required is not (drift.change == "omitted")]
        among = usual if usual or drift.change == "omitted" else fitting
        chosen = min(among, key=lambda spot: (self._letters(f"drift {n} {spot.name}", 8), spot.pointer), default=None)
        return chosen.pointer if chosen is not None else None

    # --- the whole answer ------------------------------------------------------------------------------------------

    @staticmethod
    def _restatus(drift: Drift, answer: Answer) -> Changed | None:
        status = drift.to if isinstance(drift.to, int) else answer.status
        if status == answer.status:
            return None
        emptied = status in (204, 205) or (drift.of == "refusals" and status < 400)
        body = (b"" if status in (204, 205) else b"{}") if emptied else answer.body
        return replace(answer, status=status, body=body), f"{answer.status} {status}"

    def _reheader(self, drift: Drift, answer: Answer) -> Changed | None:
        wanted = (drift.header.lower(),) if drift.header is not None else LIMIT_HEADERS
        names = [name for name in answer.headers if any(fnmatchcase(name.lower(), one) for one in wanted)]
        if not names:
            return None
        old = names[0]
        headers = {name: value for name, value in answer.headers.items() if name != old}
        if isinstance(drift.to, str):
            headers[drift.to] = answer.headers[old]
        return replace(answer, headers=headers), f"{old} {drift.to}" if drift.to else old

    @staticmethod
    def _envelope(drift: Drift, answer: Answer, body: Any) -> Changed:
        if drift.of == "refusals" and not isinstance(drift.to, str):
            phrase = HTTPStatus(answer.status).phrase if answer.status in set(HTTPStatus) else "Error"
            problem = orjson.dumps(mutations.as_problem(body, answer.status, phrase))
            return replace(
                answer, body=problem, headers={**answer.headers, "Content-Type": "application/problem+json"}
            ), ""
        name = drift.to if isinstance(drift.to, str) else "result"
        return replace(answer, body=orjson.dumps({name: body})), f"/{name}"

    def _events(self, drift: Drift, n: int, answer: Answer) -> Changed | None:
        """Every event of a stream whose data is JSON."""
        sent, where = [], ""
        for event in answer.events:
            head, mark, data = event.partition(b"data: ")
            try:
                body = orjson.loads(data) if mark else None
            except ValueError:
                body = None
            changed = self.change(drift, n, body, None) if body is not None else None
            where = where or (changed[1] if changed else "")
            sent.append(head + mark + orjson.dumps(changed[0]) + b"\n\n" if changed else event)
        return (replace(answer, events=tuple(sent)), where) if where else None


def _move(holder: Holder, place: str | int, name: str, change: str) -> bool:
    """Take a member out, or give it another name at the same place."""
    if not isinstance(holder, dict):
        return False
    kept = {
        name if old == place else old: value for old, value in holder.items() if change == "renamed" or old != place
    }
    holder.clear()
    holder.update(kept)
    return True


def _fits(change: str, spot: Spot) -> bool:  # noqa: PLR0911 - one for each kind of change
    """Whether a change can be seen at a spot."""
    value, schema = spot.value, spot.schema
    if change in ("removed", "renamed", "omitted"):
        return True
    if change in ("reordered", "page_size"):
        return isinstance(value, list) and len(value) > 1
    if value is None:
        return False
    if change == "null":
        return "null" not in (schema.get("type") or ())
    if change == "retyped":
        return not isinstance(value, dict | list)
    if change == "enum":
        return "enum" in schema and mutations.unlisted(value, schema["enum"]) is not None
    if change == "scaled":
        return mutations.scaled(value, None) not in (None, value) and not spot.name.lower().endswith("id")
    if change == "reformatted":
        return mutations.reformatted(value) is not None
    return change == "id" and isinstance(value, str) and spot.name.lower().endswith("id")
