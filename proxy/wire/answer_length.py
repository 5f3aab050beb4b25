"""Where the first whole answer among some bytes ends (RFC 9112 §6.3). For what aiohttp's parser gives up on.

Some servers send a body to HEAD, the end of chunks after a 204, or a byte too many. Their answer is whole all the same;
what follows it is no answer to anything, and goes with the connection.
"""

import re

_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9])(?: |\r|$)")
_LENGTH = re.compile(rb"\r\ncontent-length[ \t]*:[ \t]*([0-9]{1,15})[ \t]*(?=\r\n|$)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding[ \t]*:[^\r]*chunked[ \t]*(?=\r\n|$)", re.IGNORECASE)
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,12})(?:[ \t]*;[^\r\n]*)?\r\n")


def answer_length(data: bytes, *, to_head: bool) -> int | None:
    """How many of these bytes are interim answers and the final one; None where that is not whole, or not clear.

    `to_head`: it answers a HEAD.
    """
    begin = 0
    while (end := data.find(b"\r\n\r\n", begin)) >= 0:
        head, body = data[begin:end], end + 4
        status = _STATUS.match(head)
        if status is None:
            return None
        code = int(status[1])
        if code == 101:
            return None
        if code >= 200:
            return body if to_head or code in (204, 304) else _end_of_body(head, data, body)
        begin = body
    return None


def _end_of_body(head: bytes, data: bytes, begin: int) -> int | None:
    lengths = {int(found) for found in _LENGTH.findall(head)}
    chunked = _CHUNKED.search(head) is not None
    if chunked and not lengths:
        return _end_of_chunks(data, begin)
    if chunked or len(lengths) != 1:
        return None  # two ways to frame one body: nobody knows which is meant
    end = begin + lengths.pop()
    return end if end <= len(data) else None


def _end_of_chunks(data: bytes, begin: int) -> int | None:
    while (chunk := _CHUNK.match(data, begin)) is not None:
        size = int(chunk[1], 16)
        begin = chunk.end() + size
        if size == 0:
            end = data.find(b"\r\n\r\n", begin - 2)  # trailers may stand in between
            return end + 4 if end >= 0 else None
        if data[begin : begin + 2] != b"\r\n":
            return None
        begin += 2
    return None
