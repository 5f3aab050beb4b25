"""The headers of a webhook that verification reads: each at most once, bounded, and of printable ASCII."""

import re

from tidegate.proxy.policies.webhooks.bounds import HEADER_BYTES_MAX, HEADERS_MAX, ID_BYTES_MAX
from tidegate.proxy.policies.webhooks.verdict import RawHeaders, WebhookFlaw

_PRINTABLE = re.compile(rb"[\x20-\x7e]+")


def header_value(headers: RawHeaders, name: bytes) -> bytes | WebhookFlaw:
    """The value of the only header of a name (small letters), without the spaces around it."""
    if len(headers) > HEADERS_MAX:
        return WebhookFlaw.TOO_MANY_HEADERS
    values = [value for header, value in headers if header.lower() == name]
    if not values:
        return WebhookFlaw.MISSING_HEADER
    if len(values) > 1:
        return WebhookFlaw.DUPLICATE_HEADER
    if len(values[0]) > HEADER_BYTES_MAX:
        return WebhookFlaw.HEADER_TOO_LARGE
    value = values[0].strip(b" \t")
    return value if _PRINTABLE.fullmatch(value) else WebhookFlaw.MALFORMED_HEADER


def id_value(headers: RawHeaders, name: bytes) -> bytes | WebhookFlaw:
    """The value of a header that holds an id."""
    value = header_value(headers, name)
    return WebhookFlaw.MALFORMED_HEADER if isinstance(value, bytes) and len(value) > ID_BYTES_MAX else value
