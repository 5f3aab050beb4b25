"""Each failure of aiohttp's client has its RFC 9209 error type, and our own bounds are told apart."""

import ssl

import pytest
from aiohttp import ClientConnectionError, ClientPayloadError
from aiohttp.http_exceptions import BadHttpMessage, HttpProcessingError, LineTooLong

from tidegate.proxy.wire.exchange_errors import NoAnswer, TimerFired, Unbounded, no_answer, turned_away


def caused(error: BaseException, cause: BaseException) -> BaseException:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind", "type_"),
    [
        (TimerFired("http_response_timeout", "no answer"), NoAnswer, "http_response_timeout"),
        (TimeoutError(), NoAnswer, "connection_read_timeout"),
        (ClientPayloadError(), NoAnswer, "http_response_incomplete"),
        (caused(ClientPayloadError(), TimerFired("connection_read_timeout", "x")), NoAnswer, "connection_read_timeout"),
        (HttpProcessingError(message="nonsense"), NoAnswer, "http_protocol_error"),
        (caused(HttpProcessingError(message="x"), LineTooLong("a", 1)), Unbounded, "http_response_header_size"),
        (BadHttpMessage("Too many headers received"), Unbounded, "http_response_header_section_size"),
        (ClientConnectionError(), NoAnswer, "connection_terminated"),
    ],
)
def test_a_failure_has_its_type(error: BaseException, kind: type[NoAnswer], type_: str) -> None:
    result = no_answer(error)
    assert type(result) is kind
    assert result.error == type_


@pytest.mark.parametrize(
    ("reason", "refused"),
    [
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", True),
        ("SSLV3_ALERT_BAD_CERTIFICATE", True),
        ("TLSV1_ALERT_UNKNOWN_CA", True),
        ("DECRYPTION_FAILED_OR_BAD_RECORD_MAC", False),
        (None, False),
    ],
)
def test_only_an_alert_about_our_certificate_says_that_nothing_was_taken(reason: str | None, refused: bool) -> None:
    error = ssl.SSLError(1, "x")
    error.reason = reason  # type: ignore[assignment]  # None is what an error without one has
    found = turned_away(error)
    assert (found is not None) is refused
    assert found is None or found.error == "tls_alert_received"
    assert turned_away(ConnectionResetError()) is None
