"""Headers that the proxy writes into requests because a vendor file names them: their names and their values.

It knows no field of the vendor file.
"""

from typing import Annotated

from pydantic import AfterValidator

from tidegate.configfile.block import HeaderName

_OF_THE_MESSAGE = frozenset((
    "connection", "content-length", "expect", "host", "keep-alive", "proxy-connection", "te", "trailer",
    "transfer-encoding", "upgrade",
))  # fmt: skip


def _not_of_the_message(name: str) -> str:
    if name.lower() in _OF_THE_MESSAGE or name.lower().startswith("tidegate-"):
        raise ValueError(f"{name} is about the message itself, and nothing else can be sent in it; name another header")
    return name


SentHeaderName = Annotated[HeaderName, AfterValidator(_not_of_the_message)]
"""The name of a header that the proxy writes into requests: none by which they are framed, sent or told apart."""


def _in_a_line(text: str) -> str:
    if not (text.isascii() and text.isprintable() and text == text.strip()):
        raise ValueError("this goes into a header; write printable ASCII, with no line break and no space at its ends")
    return text


HeaderText = Annotated[str, AfterValidator(_in_a_line)]
"""A header's value (RFC 9110 §5.5)."""
