"""Lines of the mitmproxy addon."""

import gzip
import json
from base64 import b64encode

import brotli
import pytest

from tidegate.contracts.recording.wire_exchange import WireExchange, credentials, read_line


def test_a_line_tells_a_port_or_what_was_left_out() -> None:
    assert read_line(b'{"port": 9300}') == 9300
    assert read_line(b'{"left_out": "GET /: too large"}') == "GET /: too large"


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", b'{"a": 1}'),
        ("x-gzip", gzip.compress(b'{"a": 1}')),
        ("br, gzip", gzip.compress(brotli.compress(b'{"a": 1}'))),
    ],
)
def test_codings_that_the_addon_does_not_undo_are_undone_here(coding: str, body: bytes) -> None:
    answer = {"headers": [["Content-Encoding", coding]], "body": b64encode(body).decode()}
    line = {"url": "http://x", "path": "/", "method": "GET", "request": {"headers": [], "body": ""}, "status": 200}
    told = read_line(json.dumps({**line, "answer": answer, "began_s": 1.0, "took_s": 0.1}).encode())
    assert isinstance(told, WireExchange)
    assert told.exchange.answer.body == b'{"a": 1}'


BASIC = "c2tfbGl2ZV8xMjM0Og=="


@pytest.mark.parametrize("line", [b"", b"[]", b"{}", b'{"port": "x"}', b'{"url": 1}', b"Listening on 8080"])
def test_another_line_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"no line of the recorder|invalid literal"):
        read_line(line)


@pytest.mark.parametrize(
    ("name", "value", "known"),
    [
        ("authorization", "Bearer sk_live_1234", ["Bearer sk_live_1234", "sk_live_1234"]),
        (
            "authorization",
            "Basic c2tfbGl2ZV8xMjM0Og==",
            ["Basic c2tfbGl2ZV8xMjM0Og==", "c2tfbGl2ZV8xMjM0Og==", "sk_live_1234"],
        ),
        ("authorization", "Basic not-base64!", ["Basic not-base64!", "not-base64!"]),
        ("cookie", "sid=of-somebody", ["sid=of-somebody"]),
        ("x-api-key", "sk_live_1234", ["sk_live_1234"]),
        ("x-api-key", "short", []),
        ("accept", "application/json", []),
    ],
)
def test_the_credentials_that_an_app_sends_are_known(name: str, value: str, known: list[str]) -> None:
    assert sorted(set(credentials({name: value}))) == sorted(known)
