"""Stored answers for tests that care about a part of one."""

from multidict import CIMultiDict, CIMultiDictProxy

from tidegate.proxy.policies.caching import kept_lines, readable
from tidegate.proxy.policies.freshness import Stored, stored
from tidegate.proxy.policies.outcome import Verdict
from tidegate.proxy.policies.vary import Selecting
from tidegate.reads import Cache

WALL = 784_111_777.0
"""Sun, 06 Nov 1994 08:49:37 GMT."""
DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
PRIVATE, SHARED = Cache(), Cache(shared="credential")


def rules(**written: object) -> Cache:
    """The cache's settings as a vendor file has them."""
    return Cache.model_validate(written)


def headers(**lines: str) -> CIMultiDictProxy[str]:
    """Header lines; an underscore in a name stands for a hyphen."""
    return CIMultiDictProxy(CIMultiDict((name.replace("_", "-"), value) for name, value in lines.items()))


def kept(
    settings: Cache = PRIVATE,
    *,
    status: int = 200,
    body: bytes = b"body",
    varied: Selecting = (),
    asked: float = 0.0,
    came: float = 0.0,
    wall: float = WALL,
    **lines: str,
) -> Stored:
    """An answer that came at second `came`."""
    names = headers(**lines)
    raw = kept_lines(tuple((name.encode(), value.encode()) for name, value in names.items()))
    return stored(
        status=status, reason="", headers=raw, names=readable(raw), body=body, verdict=Verdict.SUCCESS, varied=varied,
        age_lines=names.getall("Age", ()), rules=settings, asked=asked, now=came, wall=wall,
    )  # fmt: skip
