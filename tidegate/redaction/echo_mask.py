"""Masks what a vendor echoes of our secrets, in bytes and at the same length, so that no framing has to change.

A vendor that echoes a request echoes it as it was sent, so the secret is looked for as a text may quote it, and not in
other encodings: each answer is searched. An ordinary one holds none: then this is one search for each quotation, for
most secrets one in all, and nothing is copied. An answer that comes in
pieces is masked over their borders; of a piece only that is held back which may be the beginning of a secret.
"""

from collections.abc import Iterable

from tidegate.redaction.spellings import quotations

ECHO_CHARS_MIN = 8
"""A shorter value is not masked in answers: it would take a vendor's words apart."""

_SHOWN = b"[redacted]"


class EchoMask:
    """The mask for `values`. It does not change."""

    def __init__(self, values: Iterable[str]) -> None:
        found = {text for value in values if len(value) >= ECHO_CHARS_MIN for text in quotations(value)}
        # Where a shorter one stands in it, a longer spelling is found by that; all of it is masked then, because the
        # longest is replaced first.
        needed = [text for text in found if not any(other != text and other in text for other in found)]
        self._needed = tuple(sorted(text.encode().decode("latin-1") for text in needed))
        self._spelled = tuple(sorted((text.encode() for text in found), key=lambda text: (-len(text), text)))
        self.length_max = len(self._spelled[0]) if self._spelled else 0
        """Bytes of the longest spelling."""

    def holds(self, data: bytes) -> bool:
        """True where one of the values stands in it."""
        text = data.decode("latin-1")  # a search in a text is cheaper than one in bytes
        for spelled in self._needed:  # noqa: SIM110 - a third faster
            if spelled in text:
                return True
        return False

    def masked(self, data: bytes) -> bytes:
        """The same bytes with each value masked, as long as before."""
        return self._masked(data) if self.holds(data) else data

    def held_back(self, data: bytes) -> int:
        """The bytes at the end that may be the beginning of a value whose rest is still to come."""
        tail = data[1 - self.length_max :] if self.length_max > 1 else b""
        longest = 0
        for spelled in self._spelled:
            at = tail.find(spelled[:1], max(len(tail) - len(spelled) + 1, 0))
            while 0 <= at < len(tail) - longest:
                if spelled.startswith(tail[at:]):
                    longest = len(tail) - at
                    break
                at = tail.find(spelled[:1], at + 1)
        return longest

    def _masked(self, data: bytes) -> bytes:
        for spelled in self._spelled:
            if spelled in data:
                data = data.replace(spelled, mask_of(len(spelled)))
        return data


class MaskedStream:
    """Masks an answer that comes in pieces: `feed` each, then take what `end` gives."""

    def __init__(self, mask: EchoMask) -> None:
        self._mask = mask
        self._held = b""

    def feed(self, piece: bytes) -> bytes:
        """What may go on now: as much as came, but for what may begin a value."""
        data = self._held + piece if self._held else piece
        masked, held = self._mask.masked(data), self._mask.held_back(data)
        rest = data
        if held and self._mask.masked(data[:-held]) != masked[:-held]:
            # A whole value reaches into what would be held back: it is masked now, and no more of it is held.
            held, rest = self._mask.held_back(masked), masked
        if not held:
            self._held = b""
            return masked
        self._held = rest[-held:]
        return masked[:-held]

    def end(self) -> bytes:
        """What was held back, and has no rest any more."""
        held, self._held = self._held, b""
        return self._mask.masked(held)


def mask_of(length: int) -> bytes:
    """A mask of so many bytes."""
    return _SHOWN.ljust(length, b"*") if length >= len(_SHOWN) else b"*" * length
