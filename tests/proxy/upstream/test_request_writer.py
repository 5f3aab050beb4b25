"""A request as the vendor gets it."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from tests.proxy.town import SECRET, VENDOR, Step, Town, play

OK: Step = (200, {}, b"{}")


def test_the_vendor_gets_its_own_path_and_secret_and_nothing_of_the_apps(tmp_path: Path) -> None:
    async def story(town: Town) -> Mapping[str, str]:
        headers = {
            "Cookie": "session=app",
            "X-Api-Key": "app-key",
            "traceparent": "00-" + "1" * 32 + "-" + "2" * 16 + "-01",
            "Tidegate-Timeout": "5s",
            "X-App": "kept",
            "Connection": "keep-alive, X-Hop",
            "X-Hop": "gone",
        }
        await town.ask("GET", "/things/things/1?a=b", headers=headers)
        seen = town.vendor.received[0]
        assert (seen.method, seen.path) == ("GET", "/api/things/1?a=b")
        return seen.headers

    sent = play(tmp_path, [OK], story)
    assert sent["Authorization"] == f"Bearer {SECRET}"
    assert sent["Host"] == "things.example"
    assert sent["X-App"] == "kept"
    assert not {"Cookie", "X-Api-Key", "traceparent", "Tidegate-Timeout", "X-Hop", "Connection"} & set(sent)


def test_the_dated_version_is_sent_where_the_app_sends_none(tmp_path: Path) -> None:
    async def story(town: Town) -> list[str]:
        await town.ask("GET", "/things/things/1")
        await town.ask("GET", "/things/things/1", headers={"Things-Version": "2020-01-01"})
        return [seen.headers["Things-Version"] for seen in town.vendor.received]

    facts = VENDOR["facts"] | {"versioning": {"header": "Things-Version", "pin": "2022-11-15"}}
    assert play(tmp_path, [200], story, facts=facts) == ["2022-11-15", "2020-01-01"]


def test_a_write_without_a_body_says_so(tmp_path: Path) -> None:
    async def story(town: Town) -> str:
        await town.ask("POST", "/things/things")
        return town.vendor.received[0].headers["Content-Length"]

    assert play(tmp_path, [200], story) == "0"


def test_a_chunked_body_goes_on_with_its_length(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[Mapping[str, str], bytes]:
        url = f"http://127.0.0.1:{town.proxy.port}/things/things"

        async def pieces() -> AsyncIterator[bytes]:
            yield b"abc"
            yield b"def"

        async with town.session.post(url, data=pieces(), headers={"Authorization": "Bearer t"}) as answer:
            assert answer.status == 200
        return town.vendor.received[0].headers, town.vendor.received[0].body

    headers, body = play(tmp_path, [200], story)
    assert (headers["Content-Length"], body) == ("6", b"abcdef")
    assert "Transfer-Encoding" not in headers
