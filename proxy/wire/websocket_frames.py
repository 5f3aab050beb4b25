"""Follows the frames of a WebSocket (RFC 6455 §5.2): where one ends, and whether a close has passed. Reads no payload.

So something of ours can be put between two frames, and an end without a close is seen for what it is.
"""

CLOSE = 8
"""The opcode of a close frame (§5.2)."""

GOING_AWAY = 1001
"""The status code of an end that is coming down (§7.4.1)."""


class FrameReader:
    """One way of a connection."""

    __slots__ = ("_closing", "_head", "_left", "closed")

    def __init__(self) -> None:
        self.closed = False
        """A close frame has passed: no other follows (§5.5.1)."""
        self._closing = False
        self._head = bytearray()
        self._left = 0

    @property
    def between(self) -> bool:
        """True where the bytes so far end with a whole frame."""
        return not self._head and not self._left

    def feed(self, data: bytes) -> None:
        """This passes."""
        at = 0
        while at < len(data):
            at = self.feed_one(data, at)

    def feed_one(self, data: bytes, at: int = 0) -> int:
        """This passes, from `at` to the end of the first frame in it. Returns where that is."""
        while not self._left:
            if at == len(data):
                return at
            self._head.append(data[at])
            at += 1
            if len(self._head) >= 2 and len(self._head) == self._head_bytes():
                self._left, self._closing = self._payload_bytes(), self._head[0] & 0x0F == CLOSE
                self._head.clear()
                if not self._left:
                    self.closed = self.closed or self._closing
                    return at
        passed = min(self._left, len(data) - at)
        self._left -= passed
        if not self._left:
            self.closed = self.closed or self._closing
        return at + passed

    def _head_bytes(self) -> int:
        length = self._head[1] & 0x7F
        return 2 + {126: 2, 127: 8}.get(length, 0) + (4 if self._head[1] & 0x80 else 0)

    def _payload_bytes(self) -> int:
        length = self._head[1] & 0x7F
        if length < 126:
            return length
        return int.from_bytes(self._head[2 : 4 if length == 126 else 10], "big")


def close_frame(code: int, mask: bytes = b"") -> bytes:
    """A close frame without a reason. A client masks what it sends with four bytes (§5.3), a server does not."""
    payload = code.to_bytes(2, "big")
    if not mask:
        return bytes((0x80 | CLOSE, len(payload))) + payload
    masked = bytes(byte ^ key for byte, key in zip(payload, mask, strict=False))
    return bytes((0x80 | CLOSE, 0x80 | len(payload))) + mask + masked
