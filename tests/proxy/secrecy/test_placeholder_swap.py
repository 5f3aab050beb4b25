"""The call keeps its placeholders; a copy of it has the secrets, framed anew."""

from typing import Any

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from tests.proxy.examples import call as example
from tidegate.policy.privacy.placeholders import PlaceholderPlaces
from tidegate.proxy.call.call import Call
from tidegate.proxy.call.content import WholeContent
from tidegate.proxy.secrecy.placeholder_swap import PlaceholderSwap, swapping
from tidegate.proxy.secrecy.placeholder_texts import PlaceholderRefused
from tidegate.proxy.wire.exchange_errors import NotSent
from tidegate.redaction.secret import Secret

PLACES = PlaceholderPlaces(headers=("X-Key",), query=("key",), fields=("/key",), form=("key",))
JSON = ("Content-Type", "application/json; charset=utf-8")
FORM = ("Content-Type", "application/x-www-form-urlencoded")


def grant(placeholder: str) -> Secret | None:
    return Secret("a much longer secret") if placeholder == "tg_key" else None


def call(path: str = "/v1/things", *lines: tuple[str, str], body: bytes = b"") -> Call:
    changes: dict[str, Any] = {
        "path": path,
        "headers": CIMultiDictProxy(CIMultiDict(lines)),
        "raw_headers": tuple((name.encode(), value.encode()) for name, value in lines),
    }
    return example(**changes, **({"content": WholeContent(body)} if body else {}))


def sent(made: Call) -> tuple[str, list[tuple[bytes, bytes]], bytes | None, bytes]:
    made = PlaceholderSwap(PLACES).swapped(made, grant)
    return made.path, [*made.raw_headers], made.content.whole, made.content.framing


def test_a_call_without_a_placeholder_is_the_very_same() -> None:
    made = call("/v1/things?key=1", ("X-Key", "plain"), JSON, body=b'{"key": "x"}')
    assert PlaceholderSwap(PLACES).swapped(made, grant) is made


def test_each_place_has_its_secret_and_the_call_keeps_its_placeholders() -> None:
    made = call(
        "/v1/things?a=tg_key&key=tg_key", ("x-key", "tg_key"), ("X-Other", "tg_key"), JSON, body=b'{"key":"tg_key"}'
    )
    path, lines, body, framing = sent(made)
    assert path == "/v1/things?a=tg_key&key=a%20much%20longer%20secret"
    assert lines == [(b"x-key", b"a much longer secret"), (b"X-Other", b"tg_key"), (b"Content-Type", JSON[1].encode())]
    assert (body, framing) == (b'{"key":"a much longer secret"}', b"Content-Length: 30\r\n")
    assert (made.path, made.content.whole) == ("/v1/things?a=tg_key&key=tg_key", b'{"key":"tg_key"}')
    assert made.raw_headers[0] == (b"x-key", b"tg_key")


def test_a_form_has_it_encoded() -> None:
    *_, body, framing = sent(call("/", FORM, body=b"a=1&key=tg%5fkey"))
    assert (body, framing) == (b"a=1&key=a+much+longer+secret", b"Content-Length: 28\r\n")


def test_a_digest_of_the_body_does_not_outlive_its_change() -> None:
    _, lines, *_ = sent(call("/", JSON, ("Content-MD5", "x"), ("Digest", "y"), body=b'{"key":"tg_key"}'))
    assert [name for name, _ in lines] == [b"Content-Type"]


@pytest.mark.parametrize("line", [("Content-Type", "text/plain"), ("Content-Type", "multipart/form-data; boundary=x")])
def test_another_media_type_is_not_read(line: tuple[str, str]) -> None:
    made = call("/", line, body=b'{"key":"tg_key"}')
    assert PlaceholderSwap(PLACES).swapped(made, grant) is made


def test_a_coded_body_is_not_read() -> None:
    made = call("/", JSON, ("Content-Encoding", "gzip"), body=b'{"key":"tg_key"}')
    assert PlaceholderSwap(PLACES).swapped(made, grant) is made


@pytest.mark.parametrize(
    "made",
    [
        call("/?key=tg_other"),
        call("/", ("X-Key", "tg_other")),
        call("/", JSON, body=b'{"key":"tg_other"}'),
        call("/", FORM, body=b"key=tg_other"),
    ],
)
def test_one_that_is_not_granted_is_refused_and_never_written(made: Call) -> None:
    with pytest.raises(PlaceholderRefused):
        PlaceholderSwap(PLACES).swapped(made, grant)
    with pytest.raises(NotSent, match="not known, or not granted"):
        swapping(PLACES, lambda _: grant, lambda _: b"")(made)


def test_what_is_written_is_the_copy() -> None:
    write = swapping(PLACES, lambda _: grant, lambda made: made.path.encode())
    assert write(call("/?key=tg_key")) == b"/?key=a%20much%20longer%20secret"
