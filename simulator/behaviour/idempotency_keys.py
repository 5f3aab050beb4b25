"""Idempotency keys as the vendor has them: what is stored, for how long, for whom, and what is refused.

The first answer under a key is kept where its class is one that the vendor keeps, and given again until the vendor
forgets the key. What failed validation, met a limit, or ran into the same key still running is not kept: nothing was
executed. Nothing here knows what a request does.
"""

from base64 import b64decode, b64encode
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tidegate.json_pointer import at_pointer
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
    `by_account`: a key is known again under any credential.
    """

    def __init__(
        self,
        facts: IdempotencyFacts,
        hint_header: str | None,
        id_header: str = "Request-Id",
        *,
        by_account: bool = False,
    ) -> None:
        self._facts = facts
        self._by_account = by_account
        self._replays = {status[0] for status in facts.replays}
        self._hint_header = hint_header
        self._id_header = id_header
        self._stored: OrderedDict[str, _StoredAnswer] = OrderedDict()

    def key_of(self, method: str, sent: str, values: Mapping[str, Any]) -> str:
        """The key that a request carries, in its header (`sent`) or in its body; empty where it counts for nothing.

        Raises errors.VendorError where the vendor insists on one.
        """
        facts = self._facts
        if method not in facts.methods:
            return ""
        key: Any = sent if facts.field is None else at_pointer(values, facts.field)
        if not key:
            if facts.required:
                raise errors.key_missing((facts.field or facts.header).lstrip("/"))
            return ""
        return str(key)

    def place(self, key: str, credential: str, operation: str) -> str:
        """The place where a key is stored: in two places, the same key is two keys."""
        whose = key if self._by_account else f"{key} {credential}"
        return f"{whose} {operation}" if self._facts.scope == "operation" else whose

    def begin(self, key: str, fingerprint: bytes, now: float, request_id: str, place: str = "") -> Answer | None:
        """The stored answer, or None where execution shall begin now; then `finish` or `free` must follow.

        `place` is where it is stored, the key itself where none is given. Raises errors.VendorError: key too long, used
        for another request, still running.
        """
        if len(key) > self._facts.length_max:
            raise errors.key_too_long(self._facts.length_max)
        self._forget(now)
        place = place or key
        stored = self._stored.get(place)
        if stored is None:
            self._stored[place] = _StoredAnswer(fingerprint, now)
            return None
        if stored.fingerprint != fingerprint and self._facts.mismatch == "refuse":
            raise errors.key_reused(key)
        if stored.answer is None:
            raise errors.key_in_use(self._hint_header)
        return self._again(stored.answer, request_id)

    def finish(self, place: str, answer: Answer, done: Answer | None = None) -> None:
        """Keep the answer, if it is of a class that the vendor keeps; else its place is free again.

        `done` is what the vendor had done when it failed to say so: that is kept in the failure's place.
        """
        stored = self._stored.get(place)
        kept = next((one for one in (answer, done) if one and str(one.status)[0] in self._replays), None)
        if stored is not None and kept is not None:
            stored.answer = kept
        else:
            self.free(place)

    def free(self, place: str) -> None:
        """Nothing was executed: the key may be used again."""
        self._stored.pop(place, None)

    def reset(self) -> None:
        """Forget all keys."""
        self._stored.clear()

    def described(self, now: float) -> list[dict[str, Any]]:
        """Every key whose answer is stored, the oldest first, as data. What is still running is left out."""
        return [
            {
                "place": place,
                "fingerprint": stored.fingerprint.hex(),
                "age_s": round(now - stored.began, 6),
                "status": stored.answer.status,
                "headers": dict(stored.answer.headers),
                "body": b64encode(stored.answer.body).decode(),
                "events": [b64encode(event).decode() for event in stored.answer.events],
            }
            for place, stored in self._stored.items()
            if stored.answer is not None
        ]

    def restore(self, described: Iterable[Mapping[str, Any]], now: float) -> None:
        """Replace all keys. Raises ValueError, and changes nothing, where these are not described keys."""
        keys = OrderedDict[str, _StoredAnswer]()
        for key in described:
            events = (*(b64decode(event, validate=True) for event in key["events"]),)
            answer = Answer(key["status"], b64decode(key["body"], validate=True), key["headers"], events)
            keys[key["place"]] = _StoredAnswer(bytes.fromhex(key["fingerprint"]), now - key["age_s"], answer)
        self._stored = keys

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
        while self._stored:
            place, oldest = next(iter(self._stored.items()))
            if now - oldest.began < self._facts.remembers:
                return
            del self._stored[place]
