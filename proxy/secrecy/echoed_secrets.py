"""What the app gets of an answer in which the vendor repeats our secret: the same answer, the secret masked.

A mask is as long as what it hides, so no length changes. A body whose coding hides a secret goes on without the coding;
one whose coding is not known, or that stands for more than READ_BYTES_MAX, goes on as it came. A coded stream does too:
it could be masked only by being decoded and coded again.
"""

from dataclasses import replace
from http import HTTPStatus

from tidegate.content_coding import coding_of, codings_in, decoded, decoder_of
from tidegate.proxy.call.reply import DIGESTS, Reply
from tidegate.proxy.wire.transport import VendorAnswer
from tidegate.redaction.echo_mask import EchoMask, MaskedStream

READ_BYTES_MAX = 1024 * 1024
"""A coded body is looked into up to this size."""

_FAILURE = HTTPStatus.BAD_REQUEST.value
_OF_THE_CODING = DIGESTS | {b"content-encoding", b"content-length"}
_PLAIN = frozenset((b"", b"identity"))


def mask_for(mask: EchoMask | None, status: int) -> EchoMask | None:
    """The mask for a vendor's answer with this status."""
    return mask if mask is None or status < _FAILURE else mask.for_failures()


def is_coded(reply: Reply) -> bool:
    """True where the body of a vendor's answer may be coded."""
    headers = reply.vendor_headers
    return "Content-Encoding" in headers if headers is not None else bool(_coding(reply))


def without_echo(mask: EchoMask, reply: Reply) -> Reply:
    """The same answer with our secrets masked; the very same where there are none."""
    mask = mask_for(mask, reply.status) or mask
    lines, body = reply.headers, reply.body
    coding = _coding(reply)
    if coding and body:
        plain = decoded(body, coding, READ_BYTES_MAX)
        if plain is not None and mask.holds(plain):
            body, lines = plain, [line for line in lines if line[0].lower() not in _OF_THE_CODING]
    body = mask.masked(body)
    if body is not reply.body:
        lines = [line for line in lines if line[0].lower() not in DIGESTS]
    shown = [(name, mask.masked(value)) for name, value in lines if not mask.holds(name)]
    phrase = reply.reason.encode("utf-8", "surrogateescape")
    if body is reply.body and shown == [*reply.headers] and not mask.holds(phrase):
        return reply
    reason = mask.masked(phrase).decode("utf-8", "surrogateescape")
    names = reply.vendor_headers
    if names is not None and body is not reply.body and coding:
        names = None  # it is not coded any more: whoever reads the body asks the lines
    return replace(reply, reason=reason, headers=shown, body=body, vendor_headers=names)


def masked_stream(mask: EchoMask | None, answer: VendorAnswer) -> MaskedStream | None:
    """What masks an answer that is passed on as it comes; None where nothing can, or is to be."""
    if mask is None or not mask.length_max:
        return None
    coding = coding_of(answer.headers)
    coded = bool(codings_in(coding)) and decoder_of(coding) is not None  # `none` and `utf-8` are names of no coding
    return None if coded else MaskedStream(mask)


def _coding(reply: Reply) -> str:
    lines = (value.strip().lower() for name, value in reply.headers if name.lower() == b"content-encoding")
    return b", ".join(line for line in lines if line not in _PLAIN).decode("latin-1")
