"""The body of a message as it comes, in however many pieces, up to a bound."""

import aiohttp


async def read_body(content: aiohttp.StreamReader, bytes_max: int) -> bytes:
    """All of it, or its first `bytes_max` bytes. One `read` of aiohttp's gives no more than has come by then."""
    parts, left = [], bytes_max
    while left > 0 and (part := await content.read(left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
