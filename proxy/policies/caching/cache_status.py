"""The header in which an answer says what the cache did: the Cache-Status field (RFC 9211), as one member of ours.

It writes what it is told; the parameters and their order are those of RFC 9211 §2.
"""

NAME = b"tidegate"


def hit(ttl_s: float, detail: str = "") -> bytes:
    """Answered from what is held, without asking. `ttl_s` is negative where it is stale."""
    return NAME + b"; hit; ttl=%d" % _whole(ttl_s) + _detail(detail)


def forwarded(
    why: str,
    *,
    status: int = 0,
    stored: bool = False,
    collapsed: bool = False,
    ttl_s: float | None = None,
    detail: str = "",
) -> bytes:
    """The vendor was asked, for `why` (a token of RFC 9211 §2.2). `status` is what it answered, 0 for nothing."""
    parts = [NAME, b"; fwd=", why.encode()]
    if status:
        parts.append(b"; fwd-status=%d" % status)
    if ttl_s is not None:
        parts.append(b"; ttl=%d" % _whole(ttl_s))
    if stored:
        parts.append(b"; stored")
    if collapsed:
        parts.append(b"; collapsed")
    return b"".join(parts) + _detail(detail)


def _whole(ttl_s: float) -> int:
    """Whole seconds within what a structured field's integer may be (RFC 9651 §3.3.1)."""
    return int(max(min(ttl_s, 999_999_999_999_999), -999_999_999_999_999))


def _detail(word: str) -> bytes:
    return b"; detail=" + word.encode() if word else b""
