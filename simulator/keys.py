"""Idempotency keys as the vendor has them (docs.stripe.com/api/idempotent_requests).

The first answer under a key is kept once execution began, a 500 included, and given again until the vendor forgets the
key. What failed validation, met a limit, or ran into the same key still running is not kept. The key belongs to the
account, so another path or other parameters under it are an error. Nothing here knows what a request does.
"""

from collections import OrderedDict
from dataclasses import dataclass

from tidegate.simulator import errors
from tidegate.simulator.answer import Answer
from tidegate.vendor import IdempotencyFacts

LENGTH_MAX = 255
"""Characters in a key."""


@dataclass(slots=True)
class _Kept:
    fingerprint: bytes
    began: float
    answer: Answer | None = None


class Keys:
    """The keys that the vendor remembers. `hint_header` is the header by which it says whether a resend makes sense."""

    def __init__(self, facts: IdempotencyFacts, hint_header: str | None) -> None:
        self._remembers_s = facts.remembers
        self._replays = {f"{status[0]}" for status in facts.replays}
        self._replay_mark = facts.replay_mark
        self._hint_header = hint_header
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def begin(self, key: str, fingerprint: bytes, now: float, request_id: str) -> Answer | None:
        """The kept answer, or None where execution shall begin now; then `finish` or `free` must follow.

        Raises errors.VendorError: key too long (400), used for another request (400), still running (409).
        """
        if len(key) > LENGTH_MAX:
            raise errors.key_too_long(LENGTH_MAX)
        self._forget(now)
        kept = self._kept.get(key)
        if kept is None:
            self._kept[key] = _Kept(fingerprint, now)
            return None
        if kept.fingerprint != fingerprint:
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

    def _again(self, answer: Answer, request_id: str) -> Answer:
        headers = {**answer.headers, "Request-Id": request_id}
        headers["Original-Request"] = answer.headers.get("Request-Id", "")
        if self._replay_mark:
            headers[self._replay_mark] = "true"
        if answer.status >= 500 and self._hint_header:
            headers[self._hint_header] = "false"
        return Answer(answer.status, answer.body, headers)

    def _forget(self, now: float) -> None:
        """Keys stand in the order in which they began, so the oldest is always the first."""
        while self._kept:
            key, oldest = next(iter(self._kept.items()))
            if now - oldest.began < self._remembers_s:
                return
            del self._kept[key]
