"""The ways in which an exchange with the vendor fails, and what the failures of aiohttp's client mean.

Each names an RFC 9209 §2.3 error type. Whose fault it is, and what follows, is for the stages to say.
"""

import re
import ssl

from aiohttp import ClientPayloadError, ClientResponseError
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong

_QUOTED = re.compile(r"\n| b?['\"]")

_OF_A_CERTIFICATE = re.compile(r"ALERT_.*(?:CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)")

HEAD_LINE_BYTES_MAX = 128 * 1024
HEAD_LINES_MAX = 1000
HEAD_BYTES_MAX = 1024 * 1024
"""Of an answer's head, interim answers included. urllib3 takes 100 lines of 64 KiB, curl 300 KiB in all."""


class NotSent(Exception):
    """Nothing of the request left: a resend is always safe. `error` is an RFC 9209 §2.3 error type."""

    def __init__(self, error: str, detail: str) -> None:
        super().__init__(detail)
        self.error = error


class OutOfMeans(NotSent):
    """There was no connection because we lack descriptors, memory or ports: our trouble, and none of the vendor's."""

    def __init__(self, detail: str) -> None:
        super().__init__("connection_limit_reached", detail)


class NoAnswer(Exception):
    """The request may have reached the vendor, and no whole answer came. `error` is an RFC 9209 §2.3 error type."""

    stale = False
    """The connection had waited, and ended before anything of an answer came. A vendor may end one at any time (RFC
    9112 §9.5), and this one most likely has not read the request."""

    def __init__(self, error: str, detail: str) -> None:
        super().__init__(detail)
        self.error = error


class Unbounded(NoAnswer):
    """The vendor answers with more than we take: our bound, and no failure of the vendor's."""


class TimerFired(Exception):
    """Set on a connection by one of our timers. `args` are an RFC 9209 error type and what was waited for."""


def no_answer(error: BaseException) -> NoAnswer:
    """The NoAnswer for a failure of aiohttp's."""
    if isinstance(error, TimerFired):
        return NoAnswer(*error.args)
    if isinstance(error, TimeoutError):
        return NoAnswer("connection_read_timeout", "the answer stopped coming")
    if isinstance(error, ClientPayloadError):
        cause = error.__cause__
        if isinstance(cause, TimerFired):
            return NoAnswer(*cause.args)
        return NoAnswer("http_response_incomplete", "the answer broke off")
    if isinstance(error, HttpProcessingError | ClientResponseError):
        return _not_read(error)
    return NoAnswer("connection_terminated", "the connection was lost before the answer")


def turned_away(error: BaseException | None) -> NotSent | None:
    """What it means that a TLS alert about our certificate ended a new connection before anything of an answer came.

    In TLS 1.3 a server looks at it when our side's handshake is over, and the request on its way: it takes nothing of
    that (RFC 8446 §4.4.2.4).
    """
    if not isinstance(error, ssl.SSLError) or not _OF_A_CERTIFICATE.search(error.reason or ""):
        return None
    said = error.reason.lower().replace("_", " ")
    return NotSent("tls_alert_received", f"our TLS certificate, or the want of one, was refused: {said}")


def _not_read(error: HttpProcessingError | ClientResponseError) -> NoAnswer:
    """What aiohttp's parser gave up on: too much of it, or no HTTP."""
    if isinstance(error.__cause__, LineTooLong) or error.message.startswith("Got more than"):
        return Unbounded("http_response_header_size", f"a header line of more than {HEAD_LINE_BYTES_MAX} bytes")
    if error.message.startswith("Too many headers"):
        return Unbounded("http_response_header_section_size", f"more than {HEAD_LINES_MAX} header lines")
    # The parser's own words go on to the app, and not what it quotes: that is the vendor's, and may be our secret.
    words = _QUOTED.split(error.message, maxsplit=1)[0].rstrip(": ")
    return NoAnswer("http_protocol_error", f"the answer is not HTTP: {words}")
