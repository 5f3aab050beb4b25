"""Addresses in answers lead through the gateway where the vendor file says so, and nothing else is touched."""

import json

import pytest

from tidegate.proxy.upstream.url_rewriting import UrlRewriter

HERE = "http://127.0.0.1:8080"
JSON = {"Content-Type": "application/json; charset=utf-8"}


def led(body: bytes, headers: dict[str, str] | None = None) -> bytes:
    return UrlRewriter("https://api.vendor.example", "vendor").led_through(
        body, JSON if headers is None else headers, HERE
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"https://api.vendor.example/a/1"', b'"http://127.0.0.1:8080/vendor/a/1"'),
        (b'"https://API.vendor.example/a"', b'"http://127.0.0.1:8080/vendor/a"'),
        (b'"https://api.vendor.example"', b'"http://127.0.0.1:8080/vendor"'),
        (b'"https://api.vendor.example?a=b"', b'"http://127.0.0.1:8080/vendor?a=b"'),
        (rb'"https:\/\/api.vendor.example\/a"', rb'"http:\/\/127.0.0.1:8080\/vendor\/a"'),
    ],
)
def test_an_address_leads_through_the_gateway(before: bytes, after: bytes) -> None:
    assert led(b"[%b,1]" % before) == b"[%b,1]" % after
    assert json.loads(led(b"[%b]" % before)) == json.loads(b"[%b]" % after)


@pytest.mark.parametrize(
    "body",
    [
        b'"https://api.vendor.example.evil.test/a"',
        b'"https://api.vendor.example:444/a"',
        b'"see https://api.vendor.example/a"',
        b'"https://uploads.vendor.example/a"',
        b'"http://api.vendor.example/a"',
        b"",
    ],
)
def test_another_host_and_an_address_within_a_text_are_left_alone(body: bytes) -> None:
    assert led(body) == body


@pytest.mark.parametrize("headers", [{"Content-Type": "text/html"}, {}, {**JSON, "Content-Encoding": "gzip"}])
def test_what_is_no_plain_json_is_left_alone(headers: dict[str, str]) -> None:
    body = b'"https://api.vendor.example/a"'
    assert led(body, headers) == body


@pytest.mark.parametrize(
    ("headers", "reads"),
    [(JSON, True), ({"Content-Type": "application/hal+json"}, True), ({}, False), (None, False),
     ({**JSON, "Content-Encoding": "br"}, False)],
)  # fmt: skip
def test_it_looks_into_plain_json_alone(headers: dict[str, str] | None, reads: bool) -> None:
    assert UrlRewriter.reads(headers) is reads
