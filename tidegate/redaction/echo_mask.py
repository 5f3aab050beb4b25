"""Masks what a vendor echoes of our secrets, in bytes and at the same length, so that no framing has to change.

A vendor that echoes a request echoes it as it was sent, quoted, escaped, in hex or in base64, and each answer is
searched for all of these. An ordinary one holds none: then this is one search for each spelling, for most secrets five
in all, and nothing is copied. An answer that comes in pieces is masked over their borders; of a piece only that is held
back which may be the beginning of a secret.
"""

from collections.abc import Iterable

from tidegate.redaction.spellings import disguises, spellings

ECHO_CHARS_MIN = 8
"""A shorter value is not masked in answers: it would take a vendor's words apart."""

HEAD_CHARS = 4
"""A beginning of a value that is as long is searched for in the end of a piece; shorter ones are compared."""

_ESCAPED = ("%", "\\")
"""What a spelling begins with that an ordinary answer need not be searched for."""
RARE = "QZXJYWVUBLFqjzAEKxkHvOwIPDRNGMSCT8967354bfgy2"
"""Characters from the rarest in answers on: a search for one costs a tenth of one for a spelling."""

_SHOWN = b"[redacted]"


class EchoMask:
    """The mask for `values`. It does not change."""

    _thorough: "EchoMask | None" = None

    def __init__(self, values: Iterable[str]) -> None:
        self._values = tuple(value for value in values if len(value) >= ECHO_CHARS_MIN)
        found = {text for value in self._values for text in spellings(value)}
        # Where a shorter one stands in it, a longer spelling is found by that; all of it is masked then, because the
        # longest is replaced first.
        needed = [text for text in found if not any(other != text and other in text for other in found)]
        searched = sorted(text.encode().decode("latin-1") for text in needed)
        self._needed = tuple((*_rarest(text), text) for text in searched if not text.startswith(_ESCAPED))
        self._escaped = tuple(text for text in searched if text.startswith(_ESCAPED))
        self._spelled = tuple(sorted((text.encode() for text in found), key=lambda text: (-len(text), text)))
        self.length_max = len(self._spelled[0]) if self._spelled else 0
        """Bytes of the longest spelling."""
        self._begin = frozenset(text[:size] for text in self._spelled for size in range(1, HEAD_CHARS))

    def for_failures(self) -> "EchoMask":
        """The mask for answers of failure: few, and they say what was wrong with a credential."""
        if self._thorough is None:
            self._thorough = ThoroughMask(self._values)
        return self._thorough

    def holds(self, data: bytes) -> bool:
        """True where one of the values stands in it."""
        text = data.decode("latin-1")  # a search in a text is cheaper than one in bytes
        for rare, other, spelled in self._needed:
            if rare in text and other in text and spelled in text:
                return True
        return ("%" in text or "\\" in text) and any(spelled in text for spelled in self._escaped)

    def masked(self, data: bytes) -> bytes:
        """The same bytes with each value masked, as long as before."""
        return self._masked(data) if self.holds(data) else data

    def held_back(self, data: bytes) -> int:
        """The bytes at the end that may be the beginning of a value whose rest is still to come."""
        size = len(data)
        longest = next((short for short in range(HEAD_CHARS - 1, 0, -1) if data[-short:] in self._begin), 0)
        for spelled in self._spelled:
            head = spelled[:HEAD_CHARS]
            at = data.find(head, max(size - len(spelled) + 1, 0))
            while 0 <= at < size - longest:
                if spelled.startswith(data[at:]):
                    longest = size - at
                    break
                at = data.find(head, at + 1)
        return longest

    def _masked(self, data: bytes) -> bytes:
        for spelled in self._spelled:
            if spelled in data:
                data = data.replace(spelled, mask_of(len(spelled)))
        return data


class ThoroughMask(EchoMask):
    """Masks disguised values too: in other letters, in base32, in UTF-16. It is made when the first failure comes."""

    def __init__(self, values: Iterable[str]) -> None:
        super().__init__(values)
        self._disguised = sorted({text for value in self._values for text in disguises(value)}, key=len, reverse=True)

    def for_failures(self) -> EchoMask:
        """It is that one."""
        return self

    def holds(self, data: bytes) -> bool:
        """See EchoMask.holds."""
        lowered = data.lower()
        return super().holds(data) or any(text in lowered for text in self._disguised)

    def _masked(self, data: bytes) -> bytes:
        masked = bytearray(super()._masked(data))
        for text in self._disguised:
            lowered, size, at = bytes(masked.lower()), len(text), 0
            mask = (b"*\0" * size)[:size] if b"\0" in text else mask_of(size)
            while (at := lowered.find(text, at)) >= 0:
                masked[at : at + size] = mask
                at += size
        return bytes(masked)


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


def _rarest(text: str) -> tuple[str, str]:
    """Two characters of a text, the rarest in answers."""
    ranks = sorted(set(text), key=lambda char: (RARE.find(char) % (len(RARE) + 1), char))
    return ranks[0], ranks[min(1, len(ranks) - 1)]
