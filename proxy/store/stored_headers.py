"""Header lines as every store has them: JSON, a list of pairs, each byte a character (Latin-1)."""

import orjson

from tidegate.proxy.call.reply import RawHeaders


def stored_headers(headers: RawHeaders) -> bytes:
    """Header lines as they are stored."""
    return orjson.dumps([(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers])


def headers_from(stored: bytes) -> RawHeaders:
    """Stored header lines as they were; none where nothing is stored."""
    lines = orjson.loads(stored) if stored else ()
    return tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in lines)
