"""Idempotency keys as the vendor has them: what is kept, for how long, for whom, and what is refused.

The first answer under a key is kept where its class is one that the vendor keeps, and given again until the vendor
forgets the key. What failed validation, met a limit, or ran into the same key still running is not kept: nothing was
executed. Nothing here knows what a request does.
"""

from base64 import b64decode, b64encode
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tidegate.simulator.answer import errors
from tidegate.simulator.answer.answer import Answer
from tidegate.vendor.vendor import IdempotencyFacts


@dataclass(slots=True)
class _StoredAnswer:
    fingerprint: bytes
    began: float
    answer: Answer | None = None


class IdempotencyKeys:
    """The keys that the vendor remembers.

    `hint_header` is the header by which it says whether a resend makes sense, `id_header` the one that names a request.
    """

    def __init__(self, facts: IdempotencyFacts, hint_header: str | None, id_header: str = "Request-Id") -> None:
        self._facts = facts
        self._replays = {f"{status[0]}" for status in facts.replays}
        self._hint_header = hint_header
        self._id_header = id_header
        self._kept: OrderedDict[str, _StoredAnswer] = OrderedDict()

    def key_of(self, method: str, sent: str, values: Mapping[str, Any]) -> str:
        """The key that a request carries, in its header (`sent`) or in its body; empty where it counts for nothing.

        Raises errors.VendorError where the vendor insists on one.
        """
        facts = self._facts
        if method not in facts.methods:
            return ""
        key: Any = sent
        if facts.field is not None:
            key = values
            for step in facts.field.split("/")[1:]:
                key = key.get(step) if isinstance(key, Mapping) else None
        if not key:
            if facts.required:
                raise errors.key_missing((facts.field or facts.header).lstrip("/"))
            return ""
        return str(key)

    def place(self, key: str, credential: str, operation: str) -> str:
        """Where a key is kept: two that share no place are two keys."""
        return f"{key} {credential} {operation}" if self._facts.scope == "operation" else f"{key} {credential}"

    def begin(self, key: str, fingerprint: bytes, now: float, request_id: str, place: str = "") -> Answer | None:
        """The kept answer, or None where execution shall begin now; then `finish` or `free` must follow.

        Raises errors.VendorError: key too long, used for another request, still running.
        """
        if len(key) > self._facts.length_max:
            raise errors.key_too_long(self._facts.length_max)
        self._forget(now)
        kept = self._kept.get(place or key)
        if kept is None:
            self._kept[place or key] = _StoredAnswer(fingerprint, now)
            return None
        if kept.fingerprint != fingerprint and self._facts.mismatch == "refuse":
            raise errors.key_reused(key)
        if kept.answer is None:
            raise errors.key_in_use(self._hint_header)
        return self._again(kept.answer, request_id)

    def finish(self, key: str, answer: Answer) -> None:
        """Keep the answer, if it is of a class that the vendor keeps; else the key is free again."""
        kept = self._kept.get(key)
        if kept is not None and str(answer.status)[0] in self._replays:
            kept.answer = answer
        else:
            self.free(key)

    def free(self, key: str) -> None:
        """Nothing was executed: the key may be used again."""
        self._kept.pop(key, None)

    def reset(self) -> None:
        """Forget all keys."""
        self._kept.clear()

    def described(self, now: float) -> list[dict[str, Any]]:
        """Every key whose answer is kept, the oldest first, as data. What is still running is left out."""
        return [
            {
                "place": place,
                "fingerprint": kept.fingerprint.hex(),
                "age_s": round(now - kept.began, 6),
                "status": kept.answer.status,
                "headers": dict(kept.answer.headers),
                "body": b64encode(kept.answer.body).decode(),
                "events": [b64encode(event).decode() for event in kept.answer.events],
            }
            for place, kept in self._kept.items()
            if kept.answer is not None
        ]

    def put_back(self, described: Iterable[Mapping[str, Any]], now: float) -> None:
        """Replace all keys. Raises ValueError, and changes nothing, where these are not described keys."""
        found = OrderedDict[str, _StoredAnswer]()
        for one in described:
            events = (*(b64decode(event, validate=True) for event in one["events"]),)
            answer = Answer(one["status"], b64decode(one["body"], validate=True), one["headers"], events)
            found[one["place"]] = _StoredAnswer(bytes.fromhex(one["fingerprint"]), now - one["age_s"], answer)
        self._kept = found

    def _again(self, answer: Answer, request_id: str) -> Answer:
        headers = {**answer.headers, self._id_header: request_id}
        headers["Original-Request"] = answer.headers.get(self._id_header, "")
        if self._facts.replay_mark:
            headers[self._facts.replay_mark] = "true"
        if answer.status >= 500 and self._hint_header:
            headers[self._hint_header] = "false"
        return replace(answer, headers=headers)

    def _forget(self, now: float) -> None:
        """Keys stand in the order in which they began, so the oldest is always the first."""
        while self._kept:
            key, oldest = next(iter(self._kept.items()))
            if now - oldest.began < self._facts.remembers:
                return
            del self._kept[key]
