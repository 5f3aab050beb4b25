"""The body of a message as it comes, in however many pieces, up to a bound."""

import aiohttp


async def read_body(content: aiohttp.StreamReader, bytes_max: int) -> bytes:
    """All of it, or its first `bytes_max` bytes. One `read` of aiohttp's gives no more than has come by then."""
    body = b""
    while len(body) < bytes_max and (part := await content.read(bytes_max - len(body))):
        body += part
    return body
