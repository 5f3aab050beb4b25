"""Replies as bytes: one message, its length right, nothing of the vendor's connection in it."""

from pathlib import Path
from typing import cast

import http_sf
import pytest

from tests.proxy.examples import call, reply
from tests.proxy.town import VENDOR, Answer, Step, Town, play
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.onramp.reply_writer import NO_HEADERS, AppExchange, ReplyWriter, _status_line, proxy_status


async def read(town: Town) -> Answer:
    return await town.ask("GET", "/things/things/1")


async def head(town: Town) -> Answer:
    return await town.ask("HEAD", "/things/things/1")


def test_lines_that_belong_to_the_vendors_connection_stay_there(tmp_path: Path) -> None:
    lines = {"Keep-Alive": "timeout=5", "Upgrade": "h2c", "Tidegate-Problem": "forged", "X-Kept": "a, b"}
    got = play(tmp_path, [(200, lines, b"{}")], read)
    assert got.headers["X-Kept"] == "a, b"
    assert not {"Keep-Alive", "Upgrade", "Tidegate-Problem"} & set(got.headers)


@pytest.mark.parametrize("status", [204, 304])
def test_answers_without_a_body_have_no_length(tmp_path: Path, status: int) -> None:
    got = play(tmp_path, [(status, {}, b"")], read)
    assert (got.status, got.body) == (status, b"")
    assert "Content-Length" not in got.headers


def test_the_answer_to_head_tells_the_length_that_get_would_have(tmp_path: Path) -> None:
    got = play(tmp_path, [(200, {}, b"x" * 500)], head)
    assert (got.headers["Content-Length"], got.body) == ("500", b"")


def test_a_refusal_to_head_has_no_body(tmp_path: Path) -> None:
    got = play(tmp_path, [401], head)
    assert (got.problem, got.body) == ("credential-rejected", b"")


def test_an_odd_status_keeps_its_number_and_reason(tmp_path: Path) -> None:
    step: Step = (299, {}, b"{}")
    assert play(tmp_path, [step], read).status == 299


@pytest.mark.parametrize("sent", [b"Not Modified", "größer 中文".encode(), b"D\xe9j\xe0 vu", b""])
def test_a_reason_is_passed_on_byte_by_byte(sent: bytes) -> None:
    line = _status_line(304, sent.decode("utf-8", "surrogateescape"))
    assert line == b"HTTP/1.1 304 %b\r\n" % (sent or b"Not Modified")


def test_a_large_body_arrives_whole(tmp_path: Path) -> None:
    body = bytes(range(256)) * 4096
    assert play(tmp_path, [(200, {}, body)], read).body == body


def test_proxy_status_is_a_structured_field_whatever_the_detail_holds() -> None:
    field = proxy_status("connection_refused", 'a "quoted" \\ détail\r\nX: y')
    (member,) = cast("list[tuple[object, dict[str, object]]]", http_sf.parse(field.encode(), tltype="list"))
    assert str(member[0]) == "tidegate"
    assert str(member[1]["error"]) == "connection_refused"
    assert "\r" not in field


def test_nothing_is_streamed_to_an_app_that_has_its_answer() -> None:
    visit = AppExchange("c1", "GET", NO_HEADERS, keep_alive=True, began=0.0, writer=ReplyWriter())
    assert visit.open_stream(VirtualWorld(1), call(), reply()) is None


def test_the_vendors_addresses_in_a_body_lead_through_the_gateway_where_the_file_says_so(tmp_path: Path) -> None:
    body = b'{"url":"http://things.example/api/things/1","text":"http://things.example/api"}'
    step: Step = (200, {"Content-Type": "application/json", "Link": "<http://things.example/api/things>"}, body)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    plain = play(tmp_path / "a", [step], read)
    assert plain.body == body
    facts = {**VENDOR["facts"], "urls": "rewrite"}
    led = play(tmp_path / "b", [step], read, facts=facts)
    gateway = plain.headers["Link"].removeprefix("<").removesuffix("/things>")
    assert led.body == (b'{"url":"%b/things/1","text":"%b"}' % (gateway.encode(), gateway.encode()))
    assert len(led.body) == int(led.headers["Content-Length"])


@pytest.mark.parametrize(
    ("lines", "length"),
    [
        ({"Content-Type": "application/json"}, None),
        ({"Content-Type": "text/plain"}, "500"),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, "500"),
    ],
)
def test_the_answer_to_head_tells_no_length_that_get_would_not_have(
    tmp_path: Path, lines: dict[str, str], length: str | None
) -> None:
    got = play(tmp_path, [(200, lines, b"x" * 500)], head, facts={**VENDOR["facts"], "urls": "rewrite"})
    assert (got.status, got.headers.get("Content-Length")) == (200, length)
