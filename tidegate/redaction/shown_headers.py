"""The headers whose values may be shown."""

HEADERS_SHOWN = frozenset(
    {
        "accept",
        "accept-encoding",
        "age",
        "cache-control",
        "content-encoding",
        "content-length",
        "content-type",
        "date",
        "etag",
        "host",
        "idempotency-replayed",
        "idempotent-replayed",
        "proxy-status",
        "ratelimit",
        "ratelimit-policy",
        "request-id",
        "retry-after",
        "server",
        "stripe-should-retry",
        "stripe-version",
        "tidegate-attempts",
        "tidegate-call",
        "tidegate-problem",
        "tidegate-timeout",
        "traceparent",
        "user-agent",
        "via",
        "x-request-id",
        "x-should-retry",
    }
)
"""Headers whose values may be shown. Every other value is hidden: a list of the dangerous ones is never complete."""
