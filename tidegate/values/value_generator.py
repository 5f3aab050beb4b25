"""The value generator: values that nobody sent, each valid by its schema, the same for the same seed and name.

An id is a digest of the seed and of what made the object (its idempotency key, or its request), never a draw from one
stream, so that requests that run side by side do not change each other's ids. One attempt at a value is
values.generation_attempt; here the first attempt of each schema is checked, and a candidate that does not fit is
rejected for good.
"""

from binascii import b2a_base64
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Literal

from tidegate.json_pointer import token_of
from tidegate.openapi.schemas import Schemas
from tidegate.openapi.validator import Flaw
from tidegate.values.candidates import GenerationMode, RejectedCandidates, UsedCandidate
from tidegate.values.conditions import Conditions
from tidegate.values.generation_attempt import (
    VALUES_MAX,
    GenerationAttempt,
)
from tidegate.values.json_value import NOTHING, Value
from tidegate.values.regex_strings import Pick, matching
from tidegate.values.string_values import StringValues

ROUNDS_MAX = 60
"""The number of attempts at one schema before the last is taken as it is."""

SETTLING_MAX = 50_000
"""The attempts at one schema make so many values together."""

ANSWER = GenerationMode()
FULL = GenerationMode(full=True)
FAILED = GenerationMode(failed=True)
REQUEST = GenerationMode("request")

_LETTERS = bytes.maketrans(b"+/", b"xQ")


class ValueGenerator:
    """Seeded values. `schemas` reads the document's; `nulls` is ResourceFacts'."""

    def __init__(self, seed: int, schemas: Schemas, nulls: Literal["said", "meant"] = "said") -> None:
        self._nulls = nulls
        self._digest = blake2b(key=str(seed).encode()[:64], digest_size=48)
        self._draw = blake2b(key=str(seed).encode()[:64], digest_size=20)
        self._schemas = schemas
        self._conditions = Conditions(schemas)
        self._strings = StringValues(seed)
        self._settled: dict[tuple[int, GenerationMode, int], tuple[Any, Any, RejectedCandidates]] = {}
        self.unfit: list[str] = []
        """Schemas for which no valid value was found, with the reason."""

    def letters(self, name: str, count: int) -> str:
        """A text of so many letters and digits, the same for the same seed and name."""
        text = b""
        while len(text) < count:
            digest = self._digest.copy()
            digest.update(b"%d:%s" % (len(text), name.encode()))
            text += b2a_base64(digest.digest(), newline=False).translate(_LETTERS)
        return text[:count].decode()

    def identifier(self, example: str, name: str) -> str:
        """An id of the shape of `example`: its prefix up to the last underscore, and as many letters after it."""
        prefix, mark, rest = example.rpartition("_")
        return prefix + mark + self.letters(f"{prefix}:{name}", len(rest) or 16)

    def pick(self, name: str) -> Pick:
        """Draws that belong to this name: the n-th is always the same."""
        drawn = 0

        def draw(count: int) -> int:
            nonlocal drawn
            drawn += 1
            return self._drawn_number(name, drawn, count)

        return draw

    def first_pick(self, name: str, count: int) -> int:
        """The first draw that belongs to this name."""
        return self._drawn_number(name, 1, count)

    def _drawn_number(self, name: str, turn: int, count: int) -> int:
        digest = self._draw.copy()
        digest.update(b"%d:%s" % (turn, name.encode()))
        return int.from_bytes(digest.digest(), "big") % count

    def patterned(self, pattern: str, name: str) -> str | None:
        """A text that the pattern matches, None where none was found."""
        return matching(pattern, self.pick(name))

    def value(self, field: str, node: Any, name: str, mode: GenerationMode = ANSWER, hint: Any = NOTHING) -> Value:
        """A value that fits the schema; `hint` is the document's example of the whole, followed as far as it fits.

        In an answer an object has every field of its schema, and its parts have those that they must.
        """
        return self._attempted(field, node, name, mode, hint, 0, self._rejected(field, node, mode, hint))[0]

    def inner(
        self, field: str, node: Any, name: str, mode: GenerationMode = ANSWER, *, of: Any = None, around: Any = NOTHING
    ) -> Value:
        """A value of one field of an object with the schema `of`, as `value` makes it with the example `around`."""
        hint = around.get(field, NOTHING) if isinstance(around, dict) else NOTHING
        rejected = self._rejected("", of, mode, around) if of is not None else RejectedCandidates()
        return self._attempted(field, node, name, mode, hint, 1, rejected)[0]

    def _rejected(self, field: str, node: Any, mode: GenerationMode, hint: Any) -> RejectedCandidates:
        """The candidates that do not fit this schema, found out when it is first met."""
        mark = (id(node), mode, id(hint))
        settled = self._settled.get(mark)
        if settled is None:
            # The schema and the hint are stored too: while they live, no other object can have their ids.
            settled = self._settled[mark] = (node, hint, RejectedCandidates())
            self._settle(field, node, mode, hint, settled[2])
        return settled[2]

    def _attempted(
        self,
        field: str,
        node: Any,
        name: str,
        mode: GenerationMode,
        hint: Any,
        depth: int,
        rejected: RejectedCandidates,
    ) -> tuple[Value, list[UsedCandidate]]:
        pick = self.pick(f"{field}:{name}")
        attempt = GenerationAttempt(self._schemas, self._conditions, self._strings, rejected, pick, mode, self._nulls)
        return attempt.value(field, node, "", hint, depth, None), attempt.used

    def _settle(self, field: str, node: Any, mode: GenerationMode, hint: Any, rejected: RejectedCandidates) -> None:
        strictly = mode.of == "answer" and self._nulls == "said"
        check = self._schemas.validator(node, of="strict" if strictly else mode.of)
        flaws, made = [], 0
        for _ in range(ROUNDS_MAX):
            value, used = self._attempted(field, node, "settling", mode, hint, 0, rejected)
            flaws = check.errors(value)
            made += len(used)
            if not flaws:
                return
            by_pointer: dict[str, list[UsedCandidate]] = {}
            for candidate in used:
                by_pointer.setdefault(candidate.pointer, []).append(candidate)
            pointers = dict.fromkeys(_blamed(flaw, by_pointer, rejected) for flaw in flaws)
            gone: set[str] = set()
            rejections = [_reject(by_pointer, pointer, rejected, gone) for pointer in pointers]  # each, not the first
            if not any(rejections) or len(used) >= VALUES_MAX or made >= SETTLING_MAX:
                break
        self.unfit.append(f"{field or 'a value'}{flaws[0].pointer}: {flaws[0].sentence}")


def _blamed(flaw: Flaw, used: Mapping[str, list[UsedCandidate]], rejected: RejectedCandidates) -> str:
    """The place of a flaw; where `not` refuses a whole object by one of its properties, that of the property."""
    asked = flaw.expected if flaw.keyword == "not" and isinstance(flaw.expected, Mapping) else {}
    for name in asked.get("properties", ()):
        pointer = f"{flaw.pointer}/{token_of(name)}"
        if any(rejected.candidates.get(one.node, 0) + 1 < one.count for one in used.get(pointer, ())):
            return pointer
    return flaw.pointer


def _reject(
    used: Mapping[str, list[UsedCandidate]], pointer: str, rejected: RejectedCandidates, places: set[str]
) -> bool:
    """Reject a candidate at this place, or around it; False where nothing else is left to try.

    `places` are those where one was rejected in this round: several flaws of one candidate are one reason.
    """
    while True:
        if pointer in places:
            return True
        if pointer in used:
            places.add(pointer)
        for candidate in used.get(pointer, ()):
            gone = rejected.candidates.get(candidate.node, 0)
            if gone + 1 < candidate.count:
                rejected.candidates[candidate.node] = gone + 1
                return True
            if candidate.owner is not None and candidate.owner not in rejected.properties:
                rejected.properties.add(candidate.owner)
                return True
        if not pointer:
            return False
        pointer = pointer.rpartition("/")[0]
