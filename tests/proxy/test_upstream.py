"""A vendor at run time: where it is, and how a request to it is written."""

from pathlib import Path

import pytest

from tests.proxy.town import VENDOR, Town, play
from tidegate.problems import UsageError
from tidegate.proxy.config import Use
from tidegate.proxy.upstream import origin


@pytest.mark.parametrize(
    ("url", "host", "port", "tls"),
    [
        ("https://api.example.com", "api.example.com", 443, True),
        ("https://api.example.com:8443/v2", "api.example.com", 8443, True),
        ("http://127.0.0.1:9100", "127.0.0.1", 9100, False),
        ("http://[::1]", "::1", 80, False),
    ],
)
def test_a_base_url_leads_somewhere(url: str, host: str, port: int, tls: bool) -> None:
    found = origin(url, Use())
    assert (found.host, found.port, found.tls is not None, found.private) == (host, port, tls, False)


def test_a_ca_file_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("not a certificate")
    with pytest.raises(UsageError, match=r"ca\.pem"):
        origin("https://api.example.com", Use(ca=tmp_path / "ca.pem"))


def test_the_dated_version_is_sent_where_the_app_sends_none(tmp_path: Path) -> None:
    async def story(town: Town) -> list[str]:
        await town.ask("GET", "/things/things/1")
        await town.ask("GET", "/things/things/1", headers={"Things-Version": "2020-01-01"})
        return [seen.headers["Things-Version"] for seen in town.vendor.seen]

    facts = VENDOR["facts"] | {"versioning": {"header": "Things-Version", "pin": "2022-11-15"}}
    assert play(tmp_path, [200], story, facts=facts) == ["2022-11-15", "2020-01-01"]


def test_a_write_without_a_body_says_so(tmp_path: Path) -> None:
    async def story(town: Town) -> str:
        await town.ask("POST", "/things/things")
        return town.vendor.seen[0].headers["Content-Length"]

    assert play(tmp_path, [200], story) == "0"


def test_a_chunked_body_goes_on_with_its_length(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[dict[str, str], bytes]:
        url = f"http://127.0.0.1:{town.proxy.port}/things/things"

        async def pieces():  # type: ignore[no-untyped-def]  # noqa: ANN202
            yield b"abc"
            yield b"def"

        async with town.session.post(url, data=pieces(), headers={"Authorization": "Bearer t"}) as answer:
            assert answer.status == 200
        return town.vendor.seen[0].headers, town.vendor.seen[0].body

    headers, body = play(tmp_path, [200], story)
    assert (headers["Content-Length"], body) == ("6", b"abcdef")
    assert "Transfer-Encoding" not in headers
