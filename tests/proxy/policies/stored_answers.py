"""Stored answers for tests that care about a part of one."""

from typing import Any

from multidict import CIMultiDict, CIMultiDictProxy

from tidegate.policy.cache import Cache
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.policies.caching.cache_rules import readable, stored_lines
from tidegate.proxy.policies.caching.freshness import StoredAnswer, stored

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


def kept(settings: Cache = PRIVATE, **said: Any) -> StoredAnswer:
    """An answer that came at second `received_at`; what is not an argument of `stored` is a header line."""
    facts: dict[str, Any] = {
        "status": 200, "body": b"body", "varied": (), "requested_at": 0.0, "received_at": 0.0, "wall": WALL,
    }  # fmt: skip
    facts |= {name: said.pop(name) for name in tuple(said) if name in facts}
    names = headers(**said)
    raw = stored_lines(tuple((name.encode(), value.encode()) for name, value in names.items()))
    return stored(
        reason="", headers=raw, names=readable(raw), verdict=Verdict.SUCCESS, age_lines=names.getall("Age", ()),
        rules=settings, now=facts.pop("received_at"), **facts,
    )  # fmt: skip
