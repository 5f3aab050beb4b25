"""A line of the mitmproxy addon, read: an exchange as a cassette holds it, where it went, and the credentials in it."""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from tidegate.cassette.recorded_exchange import Message, RecordedExchange, lowered
from tidegate.content_coding import saved
from tidegate.redaction.secret_names import sounds_secret

BODY_BYTES_MAX = 1 << 24
"""A body is decoded up to so many bytes."""

CREDENTIAL_CHARS_MIN = 8
"""A shorter value is no credential, and hiding it would take ordinary words apart."""


@dataclass(frozen=True, slots=True)
class WireExchange:
    """`began_s` is the wall clock's second in which the request came."""

    url: str
    began_s: float
    exchange: RecordedExchange


def read_line(line: bytes) -> WireExchange | str | int:
    """What a line tells: an exchange; why one was left out; or the port that is listened on.

    Raises ValueError for a line that the addon did not write.
    """
    try:
        told = orjson.loads(line)
        if "port" in told:
            return int(told["port"])
        if "left_out" in told:
            return str(told["left_out"])
        request, answer = told["request"], told["answer"]
        return WireExchange(
            str(told["url"]),
            float(told["began_s"]),
            RecordedExchange(
                str(told["method"]),
                str(told["path"]),
                _message(request),
                int(told["status"]),
                _message(answer),
                float(told["took_s"]),
            ),
        )
    except (KeyError, TypeError, AttributeError, Base64Error, orjson.JSONDecodeError) as error:
        raise ValueError(f"this is no line of the recorder's addon: {line[:80]!r}") from error


def _message(told: Any) -> Message:
    headers = lowered((str(name), str(value)) for name, value in told["headers"] if not str(name).startswith(":"))
    body = b64decode(told["body"], validate=True)  # mitmproxy undoes one coding, by its usual name
    return Message(headers, saved(body, headers.get("content-encoding", ""), BODY_BYTES_MAX))


def credentials(headers: Mapping[str, str]) -> Iterator[str]:
    """The values of a request's headers that are credentials, and the parts of them: they may be echoed anywhere."""
    for name, value in headers.items():
        if name not in {"authorization", "cookie"} and not sounds_secret(name):
            continue
        scheme, _, rest = value.partition(" ")
        values = {value, rest or scheme}
        if scheme.lower() == "basic":
            values |= set(_basic(rest))
        yield from sorted(one for one in values if len(one) >= CREDENTIAL_CHARS_MIN)


def _basic(written: str) -> Iterator[str]:
    """User and password (RFC 7617)."""
    try:
        yield from b64decode(written, validate=True).decode().split(":", 1)
    except ValueError:
        return
