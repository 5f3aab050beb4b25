"""The rules by which a private or shared cache keeps answers and uses them (RFC 9111 §3, §4; RFC 5861).

Each rule is a function of a request, a stored answer, the vendor file's settings and `now`, and returns a decision. It
refuses to know where answers are kept, who asks, and how the vendor is reached.
"""

from dataclasses import dataclass
from typing import Literal

from multidict import CIMultiDict, CIMultiDictProxy

from tidegate.policy.cache import Cache
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.call.reply import RawHeaders, Reply
from tidegate.proxy.policies.caching.cache_control import NONE, Directives, parse_cache_control, seconds
from tidegate.proxy.policies.caching.freshness import HEURISTIC_STATUSES, StoredAnswer, effective

ForwardReason = Literal["uri-miss", "stale", "request"]
"""Why a request goes on to the vendor: the `fwd` of RFC 9211 §2.2."""

UNDERSTOOD = frozenset((
    *range(200, 206), 300, 301, 302, 303, 307, 308, *range(400, 418), 421, 422, 423, 424, 425, 426, 428, 429, 431, 451,
    *range(500, 506), 507, 508, 510, 511,
))  # fmt: skip
"""Final statuses with a meaning that we know, for `must-understand` (RFC 9111 §5.2.2.3)."""

OF_A_RANGE = (206, 416)
"""Statuses of an answer to a range alone: it says nothing to who asks for the whole, or for another range."""

_NOT_KEPT = frozenset(
    b"connection keep-alive proxy-connection proxy-authenticate proxy-authentication-info proxy-authorization te "
    b"trailer transfer-encoding upgrade content-length age".split()
)
"""RFC 9111 §3.1, and what is counted anew."""
_NOT_RENEWED = _NOT_KEPT | frozenset((b"content-encoding", b"content-md5", b"content-range", b"etag"))
"""RFC 9111 §3.2: what a 304 says of these is about a body that it does not carry."""

_NEVER_KEPT = (Verdict.CREDENTIAL, Verdict.CONTENTION, Verdict.THROTTLED)


@dataclass(frozen=True, slots=True)
class UseStored:
    """Answer with the stored one. `renew` asks for a new one to be fetched meanwhile (stale-while-revalidate)."""

    renew: bool = False


@dataclass(frozen=True, slots=True)
class ForwardRequest:
    """Ask the vendor. `validators` are conditional request headers under which the stored answer may be confirmed."""

    reason: ForwardReason
    validators: RawHeaders = ()


@dataclass(frozen=True, slots=True)
class Unsatisfiable:
    """`only-if-cached`, and nothing is: 504 (RFC 9111 §5.2.1.7)."""


USE, USE_AND_RENEW, UNSATISFIABLE = UseStored(), UseStored(renew=True), Unsatisfiable()
MISS, ON_REQUEST = ForwardRequest("uri-miss"), ForwardRequest("request")

Decision = UseStored | ForwardRequest | Unsatisfiable


def request_control(headers: CIMultiDictProxy[str]) -> Directives:
    """The app's directives. `Pragma: no-cache` counts where there is no Cache-Control (RFC 9111 §5.4)."""
    lines = headers.getall("Cache-Control", None)
    if lines is not None:
        return parse_cache_control(",".join(lines))
    pragma = headers.get("Pragma")
    return {"no-cache": None} if pragma is not None and "no-cache" in pragma.lower() else NONE


def decide(requested: Directives, stored: StoredAnswer | None, rules: Cache, now: float) -> Decision:
    """The decision on a request, given the stored answer that it selects."""
    if "no-store" in requested:
        return ON_REQUEST
    only = "only-if-cached" in requested
    if stored is None:
        return UNSATISFIABLE if only else MISS
    if "no-cache" in requested:
        return UNSATISFIABLE if only else ForwardRequest("request", validators(stored))
    decision = _by_freshness(requested, stored, rules, now)
    return UNSATISFIABLE if only and not isinstance(decision, UseStored) else decision


def _by_freshness(requested: Directives, stored: StoredAnswer, rules: Cache, now: float) -> Decision:
    age_s = stored.age_s(now)
    late_s = age_s - stored.lifetime_s
    max_age = seconds(requested, "max-age")
    fresh = (max_age is None or age_s < max_age) and late_s + (seconds(requested, "min-fresh") or 0) < 0
    if fresh and "no-cache" not in stored.control:
        return USE
    if late_s >= 0 and not stale_forbidden(stored, rules):
        if "max-stale" in requested and (
            requested["max-stale"] is None or late_s < (seconds(requested, "max-stale") or 0)
        ):
            return USE
        if (
            max_age is None
            and "min-fresh" not in requested
            and late_s < _window_s(stored, rules, "stale-while-revalidate")
        ):
            return USE_AND_RENEW
    return ForwardRequest("stale" if late_s >= 0 else "request", validators(stored))


def stale_forbidden(stored: StoredAnswer, rules: Cache) -> bool:
    """True where the vendor forbids any use of this answer once it is stale (RFC 9111 §4.2.4)."""
    control = stored.control
    if "no-cache" in control or "must-revalidate" in control:
        return True
    return rules.shared == "credential" and ("proxy-revalidate" in control or "s-maxage" in control)


def stale_if_error(requested: Directives, stored: StoredAnswer, rules: Cache, now: float) -> bool:
    """True where a stale answer may stand in for an error (RFC 5861 §4): the vendor, the app or our file say so."""
    if stale_forbidden(stored, rules) or "no-store" in requested or "no-cache" in requested:
        return False
    window_s = max(_window_s(stored, rules, "stale-if-error"), float(seconds(requested, "stale-if-error") or 0))
    return stored.age_s(now) - stored.lifetime_s < window_s


def _window_s(stored: StoredAnswer, rules: Cache, name: Literal["stale-if-error", "stale-while-revalidate"]) -> float:
    value = seconds(stored.control, name)
    if value is not None:
        return float(value)
    return (rules.stale_if_error if name == "stale-if-error" else rules.stale_while_revalidate) or 0.0


def validators(stored: StoredAnswer) -> RawHeaders:
    """The conditional headers that ask whether this answer is still good (RFC 9111 §4.3.1)."""
    lines: list[tuple[bytes, bytes]] = []
    if stored.status in OF_A_RANGE:
        return ()  # a condition asks about the whole
    if (tag := stored.names.get("ETag")) is not None:
        lines.append((b"If-None-Match", tag.encode("utf-8", "surrogateescape")))
    if (modified := stored.names.get("Last-Modified")) is not None:
        lines.append((b"If-Modified-Since", modified.encode("utf-8", "surrogateescape")))
    return tuple(lines)


def outdates(method: str, reply: Reply, stored: StoredAnswer) -> bool:
    """True where an answer that is not kept shows all the same that the stored one is past (for HEAD: RFC 9111 §4.3.5).

    Otherwise an app that has seen what is new would be given what was before it.
    """
    received = reply.vendor_headers
    if received is None or reply.status != 200 or reply.verdict is not Verdict.SUCCESS:
        return reply.status in (404, 410)
    if method == "GET" or received.get("Content-Length", str(len(stored.body))) != str(len(stored.body)):
        return True
    return any(name in received and received[name] != stored.names.get(name) for name in ("ETag", "Last-Modified"))


def storable(requested: Directives, status: int, names: CIMultiDictProxy[str], verdict: Verdict, rules: Cache) -> bool:
    """True where the answer to a GET may be kept (RFC 9111 §3).

    A refusal of our credential or for rate (RFC 6585 §4) never is, nor an error that comes with a status of success.
    """
    if status == 304 or status < 200 or "no-store" in requested or verdict in _NEVER_KEPT:
        return False
    if status < 400 and verdict is not Verdict.SUCCESS:
        return False
    control = effective(names, rules)
    understood = "must-understand" in control
    if understood and status not in UNDERSTOOD:
        return False
    shared = rules.shared == "credential"
    if ("no-store" in control and not understood) or ("private" in control and shared):
        return False
    return (
        "public" in control
        or "private" in control
        or "max-age" in control
        or (shared and "s-maxage" in control)
        or "Expires" in names
        or status in HEURISTIC_STATUSES
    )


def worth_keeping(stored: StoredAnswer, rules: Cache) -> bool:
    """True where it could ever be used again: it is fresh for a while, can be confirmed, or may be used when stale."""
    if stored.lifetime_s > stored.initial_age_s or "ETag" in stored.names or "Last-Modified" in stored.names:
        return True
    return not stale_forbidden(stored, rules) and bool(rules.stale_if_error or rules.stale_while_revalidate)


def stored_lines(headers: RawHeaders) -> RawHeaders:
    """The header lines of an answer that are kept with it (RFC 9111 §3.1)."""
    named = {
        part.strip().lower() for name, value in headers if name.lower() == b"connection" for part in value.split(b",")
    }
    gone = _NOT_KEPT | named if named else _NOT_KEPT
    return tuple((name, value) for name, value in headers if name.lower() not in gone)


def renewed_lines(stored: RawHeaders, received: RawHeaders) -> RawHeaders:
    """The stored lines, with those that a 304 brought in place of their namesakes (RFC 9111 §3.2)."""
    fresh = [(name, value) for name, value in stored_lines(received) if name.lower() not in _NOT_RENEWED]
    replaced = {name.lower() for name, _ in fresh}
    return (*((name, value) for name, value in stored if name.lower() not in replaced), *fresh)


def readable(headers: RawHeaders) -> CIMultiDictProxy[str]:
    """Header lines, as aiohttp would read them."""
    return CIMultiDictProxy(
        CIMultiDict((name.decode("latin-1"), value.decode("utf-8", "surrogateescape")) for name, value in headers)
    )
