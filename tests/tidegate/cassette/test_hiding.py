"""What a cassette hides, and what it must keep so that it can be played."""

import pytest

from tidegate.cassette.hiding import answer_headers_shown, hidden, hidden_body, hidden_path
from tidegate.cassette.recorded_exchange import Message, RecordedExchange
from tidegate.redaction.redactor import Redactor

MULTIPART = "multipart/form-data; boundary=B"
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    "name", ["pageToken", "page_token", "PageToken", "NextToken", "next_page_token", "continuation-token", "syncToken"]
)
def test_marks_of_pages_are_kept(name: str) -> None:
    assert hidden_path(f"/l?{name}=p1") == f"/l?{name}=p1"
    assert hidden_body(f'{{"{name}": "p1"}}'.encode(), "application/json") == f'{{"{name}": "p1"}}'.encode()
    assert hidden_body(f"{name}=p1".encode(), FORM) == f"{name}=p1".encode()


@pytest.mark.parametrize("name", ["access_token", "client_secret", "api_key", "refreshToken", "password"])
def test_secrets_are_hidden_wherever_they_are_named(name: str) -> None:
    assert hidden_path(f"/l?{name}=hush") == f"/l?{name}=[redacted]"
    part = f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\nhush\r\n--B--\r\n'
    stream = f'data: {{"{name}": "hush"}}\n\n'
    bodies = ((f"{name}=hush", FORM), (f'{{"{name}": "hush"}}', "application/json"), (part, MULTIPART), (stream, ""))
    for body, media in bodies:
        shown = hidden_body(body.encode(), media)
        assert b"hush" not in shown
        assert shown.count(b"[redacted]") == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_tokens", "100"), ("totalTokenCount", "7"), ("token_limit", "9"), ("token_type", "bearer"),
        ("token_type_hint", "refresh_token"), ("refresh_token_expires_in", "3600"), ("tokenExpiresAt", "2026-01-01"),
        ("token_endpoint", "https://x.test/token"), ("signature_version", "v2"),
    ],
)  # fmt: skip
def test_what_is_counted_or_said_about_a_secret_is_none(name: str, value: str) -> None:
    written = value if value.isdecimal() else f'"{value}"'
    part = f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n--B--\r\n'
    for body, media in ((f"{name}={value}", FORM), (f'{{"{name}": {written}}}', "application/json"), (part, MULTIPART)):
        assert hidden_body(body.encode(), media).decode() == body
    assert hidden_path(f"/l?{name}={value}") == f"/l?{name}={value}"


def test_the_code_of_a_country_or_a_currency_is_none() -> None:
    path = "/l?code=USD&country[code]=DE&key=en"
    assert hidden_path(path) == path
    assert (
        hidden_path("/l?code=4242&key=hush&access_key=abc") == "/l?code=[redacted]&key=[redacted]&access_key=[redacted]"
    )


@pytest.mark.parametrize("body", ['{"token": 123456}', '{"max_tokens": "hush"}', '{"api_key_type_x": "hush"}'])
def test_a_number_alone_is_no_count_nor_a_text_one(body: str) -> None:
    assert hidden_body(body.encode(), "application/json").endswith(b'"[redacted]"}')


def test_other_parts_of_a_multipart_body_stay_to_the_byte() -> None:
    body = b'--B\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n\x89\xff\r\n--B--\r\n'
    assert hidden_body(body, MULTIPART) == body


def test_headers_that_tell_an_app_how_to_go_on_are_kept() -> None:
    names = [
        "link", "location", "operation-location", "x-ratelimit-remaining", "ratelimit-limit", "x-rate-limit-reset",
        "x-total-count", "x-next-page", "x-per-page", "www-authenticate", "last-modified", "sunset", "deprecation",
        "x-ratelimit-remaining-tokens", "anthropic-ratelimit-input-tokens-limit", "x-next-token", "upload-offset",
        "x-ms-continuationtoken", "x-ms-continuation", "x-goog-next-page-token", "accept-ranges",
        "x-shopify-shop-api-call-limit", "anthropic-ratelimit-requests-remaining", "retry-after-ms", "x-request-id",
    ]  # fmt: skip
    assert answer_headers_shown(names) == set(names)


@pytest.mark.parametrize(
    "name",
    [
        "set-cookie",
        "x-auth-token",
        "authorization",
        "x-session-id",
        "x-csrf-token",
        "x-user-email",
        "x-api-key",
        "x-tokens",
        "x-token",
    ],
)
def test_other_headers_are_not(name: str) -> None:
    assert answer_headers_shown([name]) == frozenset()


def test_an_address_in_a_header_is_shown_without_its_secrets() -> None:
    link = '<https://a:b@x.test/l?access_token=hush&pageToken=p2&account=known>; rel="next"'
    exchange = RecordedExchange("GET", "/l?u=known", Message({"x-page": "3"}), 200, Message({"link": link}))
    shown = hidden(exchange, Redactor(["known"]))
    said = '<https://[redacted]@x.test/l?access_token=[redacted]&pageToken=p2&account=[redacted]>; rel="next"'
    assert shown.answer.headers == {"link": said}
    assert shown.path == "/l?u=[redacted]"
    assert shown.request.headers == {"x-page": "[redacted]"}, "what an app sent is compared by no header"
