"""Makes a reply of a stored answer: its age, what the cache did, and the app's own conditions answered.

Knows the shape of a reply and the header lines that go with a 304 and a 206; what is fresh it is told.
"""

from tidegate.proxy.call.call import Call
from tidegate.proxy.call.reply import RawHeaders, Reply
from tidegate.proxy.policies.caching.freshness import StoredAnswer
from tidegate.proxy.policies.caching.preconditions import not_modified, span

_WITH_304 = frozenset((
    b"cache-control", b"content-location", b"date", b"etag", b"expires", b"last-modified", b"set-cookie", b"vary",
))  # fmt: skip
"""RFC 9110 §15.4.5; Last-Modified does no harm and helps who has no tag."""


def cached_reply(
    call: Call,
    stored: StoredAnswer,
    now: float,
    disposition: str,
    cache_status: bytes,
    proxy_status: bytes = b"tidegate",
    *,
    fresh: bool = False,
) -> Reply:
    """The reply. `disposition` is for the log, the two statuses are header values. `fresh`: it came just now."""
    extra: RawHeaders = ((b"Cache-Status", cache_status),)
    if not fresh:
        extra = ((b"Age", b"%d" % min(stored.age_s(now), 2**31)), *extra)
    status, reason, lines, body = stored.status, stored.reason, stored.headers, stored.body
    if status == 200:
        requested = call.headers
        if not_modified(requested, stored.names, stored.received_wall):
            status, reason, body = 304, "", b""
            lines = tuple(line for line in lines if line[0].lower() in _WITH_304)
        elif call.method == "GET" and "Range" in requested and (part := span(requested, len(body))) is not None:
            if part:
                first, last = part
                extra = (*extra, (b"Content-Range", b"bytes %d-%d/%d" % (first, last, len(body))))
                status, reason, body = 206, "", body[first : last + 1]
            else:
                extra = (*extra, (b"Content-Range", b"bytes */%d" % len(body)))
                status, reason, body = 416, "", b""
                lines = tuple(line for line in lines if line[0].lower() == b"date")
    if call.method == "HEAD":
        extra = (*extra, (b"Content-Length", b"%d" % len(body)))
    return Reply(
        status=status,
        reason=reason,
        headers=(*lines, *extra),
        body=body,
        verdict=stored.verdict,
        cache=disposition,
        proxy_status=proxy_status,
    )


def with_cache_status(reply: Reply, disposition: str, cache_status: bytes) -> Reply:
    """The vendor's reply with our Cache-Status after any other's (RFC 9211 §2)."""
    if reply.problem is not None or reply.streamed:
        return reply
    reply.headers, reply.cache = (*reply.headers, (b"Cache-Status", cache_status)), disposition
    return reply
