"""The content of a request as the app sends it: read whole, or up to the length from which it is passed on as it comes.

Here, where the request is received, it is decided if a request has content at all; how it is framed towards the vendor
then follows from the content alone (tidegate.proxy.call.content).
"""

from dataclasses import replace

from aiohttp import HttpVersion11, web
from aiohttp.http import RawRequestMessage
from aiohttp.streams import StreamReader
from multidict import MultiMapping

from tidegate.problems import PROBLEMS
from tidegate.proxy.call.content import (
    EMPTY_CONTENT,
    NO_CONTENT,
    Content,
    GarbledContent,
    StreamedContent,
    WholeContent,
)
from tidegate.proxy.call.reply import Reply, refused
from tidegate.world.world import World

METHODS_WITH_CONTENT = frozenset(("POST", "PUT", "PATCH"))
"""Methods that foresee content: without any they say so (RFC 9110 §8.6)."""


def absent(method: str) -> Content:
    """The content of a request that came without any."""
    return EMPTY_CONTENT if method in METHODS_WITH_CONTENT else NO_CONTENT


async def read_content(
    request: web.BaseRequest, world: World, deadline: float, *, kept_max: int, bytes_max: int, idle_s: float
) -> Content | Reply:
    """The whole content, or the beginning of a longer one than is kept, or why it is not taken.

    `deadline` is the monotonic second at which what is kept must have come; `idle_s` is for what comes after that.
    Raises ConnectionResetError where the app goes away meanwhile. A transfer coding that we do not undo is refused with
    501 (RFC 9112 §6.1): who takes Transfer-Encoding away and leaves a coding on sends the vendor other bytes.
    """
    reader, method = request.content, request.method
    if not is_undone(request.headers):
        return refused(
            replace(PROBLEMS["bad-request"], status=501), "The only Transfer-Encoding that is read is `chunked`."
        )
    if reader.is_eof():
        whole = reader.read_nowait()
        declared = request.content_length
        return _whole(whole, method, kept_max, declared) if len(whole) <= bytes_max else _too_large(bytes_max)
    length = request.content_length
    if length is not None and length > bytes_max:
        return _too_large(bytes_max)
    expects = request.headers.get("Expect", "").lower() == "100-continue"
    if expects and request.version >= HttpVersion11 and request.transport is not None:  # RFC 9110 §10.1.1
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    begun = await _begun(reader, world, deadline, kept_max)
    if isinstance(begun, Reply):
        return begun
    if len(begun) > bytes_max:
        return _too_large(bytes_max)
    if len(begun) <= kept_max or reader.at_eof():
        return _whole(begun, method, kept_max, length)
    return StreamedContent(world, begun, reader, length, kept_max=kept_max, bytes_max=bytes_max, idle_s=idle_s)


async def _begun(reader: StreamReader, world: World, deadline: float, kept_max: int) -> bytes | Reply:
    """The whole content, or as much of it as shows that it is not kept."""
    parts, size = list[bytes](), 0
    try:
        async with world.timeout(max(deadline - world.now(), 0.0)):
            while size <= kept_max and (part := await reader.readany()):
                parts.append(part)
                size += len(part)
    except TimeoutError:
        return refused(replace(PROBLEMS["bad-request"], status=408), "The body did not arrive in time.")
    except GarbledContent as error:
        return refused(PROBLEMS["bad-request"], f"The body cannot be read: {error}.")
    except web.RequestPayloadError as error:
        raise ConnectionResetError("the app went away") from error
    return b"".join(parts)


def asks_for_websocket(message: RawRequestMessage) -> bool:
    """Whether a WebSocket is among what it asks for (RFC 6455 §4.2.1). HTTP/1.0 cannot (RFC 9110 §7.8)."""
    if not message.upgrade or message.method != "GET" or message.version < HttpVersion11:
        return False
    protocols = ",".join(message.headers.getall("Upgrade", ())).split(",")
    return any(one.strip().lower() == "websocket" for one in protocols)


def is_undone(headers: MultiMapping[str]) -> bool:
    """True where no transfer coding is left on: there is none, or `chunked` alone, in one line."""
    codings = headers.getall("Transfer-Encoding", ())
    return not codings or (len(codings) == 1 and codings[0].lower() == "chunked")


def _whole(whole: bytes, method: str, kept_max: int, declared: int | None) -> Content:
    return WholeContent(whole, kept_max=kept_max, declared=declared) if whole else absent(method)


def _too_large(bytes_max: int) -> Reply:
    detail = f"The body is larger than body_max_bytes, {bytes_max}."
    return refused(replace(PROBLEMS["bad-request"], status=413), detail)
