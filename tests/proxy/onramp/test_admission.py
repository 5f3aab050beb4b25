"""What a request passes before it is a call, in this order: token, drain, timeout, content, trace."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.proxy.real_town import real_town
from tests.proxy.town import APPS, SECRET, VENDOR, Answer, Town, by, play


@pytest.mark.parametrize(
    ("headers", "status", "problem"),
    [
        pytest.param({"Authorization": "", "Tidegate-Timeout": "soon"}, 401, "app-unauthorized", id="the token first"),
        pytest.param({"Tidegate-Timeout": "soon"}, 400, "bad-request", id="then the timeout"),
        pytest.param({"Tidegate-Timeout": "5s"}, 413, "bad-request", id="then the content"),
    ],
)
def test_the_first_step_that_fails_refuses_the_request(
    tmp_path: Path, headers: dict[str, str], status: int, problem: str
) -> None:
    async def story(town: Town) -> tuple[int, str, int]:
        answer = await town.ask("POST", "/things/things", headers=headers, data=b"a" * 2000)
        return answer.status, answer.problem, len(town.vendor.received)

    small = {"body_max_bytes": 1500, "body_kept_bytes": 1000}
    assert play(tmp_path, [200], story, config=small) == (status, problem, 0)


def test_a_proxy_that_stops_refuses_before_it_reads_the_timeout(tmp_path: Path) -> None:
    async def story(town: Town) -> Answer:
        await town.proxy.drain(0.0)
        return await town.ask("GET", "/things/things/1", headers={"Tidegate-Timeout": "soon"})

    answer = play(tmp_path, [200], story)
    assert (answer.status, answer.problem, answer.headers["Retry-After"]) == (503, "overloaded", "1")


def test_the_app_of_a_refused_request_is_in_the_log(tmp_path: Path) -> None:
    async def story(town: Town) -> str:
        await town.ask("GET", "/things/things/1", headers=by("desk", Tidegate_Timeout="soon"))
        return str(town.log()[-1]["app"])

    assert play(tmp_path, [200], story, config={"tokens": APPS}) == "desk"


OWN_HEADER = {**VENDOR["facts"], "auth": {**VENDOR["facts"]["auth"], "scheme": "header", "header": "Things-Key"}}


@pytest.mark.parametrize(
    ("headers", "app"),
    [
        pytest.param({"Things-Key": "tg_desk"}, "desk", id="where the vendor takes its key"),
        pytest.param({"Authorization": "Bearer tg_desk"}, "desk", id="where our 401 says"),
        pytest.param(
            {"Things-Key": "tg_shop", "Authorization": "Bearer tg_desk"}, "shop", id="the vendor's goes first"
        ),
        pytest.param({"Things-Key": "sk_other", "Authorization": "Bearer tg_desk"}, "", id="and alone"),
        pytest.param({"Things-Key": "", "Authorization": "Bearer tg_desk"}, "", id="if it is empty, too"),
        pytest.param({"Authorization": "Bearer sk_other"}, "", id="an unknown one"),
        pytest.param({}, "", id="none"),
    ],
)
def test_a_vendor_with_a_header_of_its_own_has_sdks_that_send_a_bearer_token(
    tmp_path: Path, headers: dict[str, str], app: str
) -> None:
    async def story(town: Town) -> tuple[str, list[tuple[str | None, str | None]]]:
        answer = await town.ask("GET", "/things/things/1", headers={"Authorization": "", **headers})
        seen = [(sent.headers.get("Things-Key"), sent.headers.get("Authorization")) for sent in town.vendor.received]
        assert (answer.problem == "app-unauthorized") is (not app)
        return str(town.log()[-1].get("app")), seen

    sent_on = [(SECRET, None)] if app else []
    assert play(tmp_path, [200], story, config={"tokens": APPS}, facts=OWN_HEADER) == (app, sent_on)


@pytest.mark.parametrize(("sampled", "flag"), [(True, "01"), (False, "00")])
def test_a_call_goes_on_with_the_trace_of_its_app(tmp_path: Path, sampled: bool, flag: str) -> None:
    async def story(town: Town) -> str:
        await town.ask("GET", "/things/things/1", headers={"traceparent": f"00-{'1' * 32}-{'2' * 16}-{flag}"})
        return str(town.log()[-1]["trace"])

    assert play(tmp_path, [200], story) == "1" * 32


async def pieces(town: Town) -> AsyncIterator[bytes]:
    for _ in range(4):
        yield b"a" * 50_000
        await town.world.sleep(0.1)


def test_content_that_is_passed_on_has_the_time_of_a_stream_unless_the_app_gives_less(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[float, float]:
        deadlines: list[float] = []
        admit = town.proxy._admission.admit

        async def noting(*arguments: object) -> object:
            call = await admit(*arguments)  # type: ignore[arg-type]  # passed on as it came
            deadlines.append(call.deadline - call.began)  # type: ignore[union-attr]  # a call comes of each
            return call

        town.proxy._admission.admit = noting  # type: ignore[method-assign, assignment]  # notes and passes on
        for headers in ({}, {"Tidegate-Timeout": "7s"}):
            await town.ask("POST", "/things/things", headers=headers, data=pieces(town))  # type: ignore[arg-type]  # a stream
        [streamed_s, given_s] = deadlines
        return streamed_s, given_s

    streamed_s, given_s = play(tmp_path, [200], story, config={"body_kept_bytes": 100_000})
    assert (streamed_s > 20.0, given_s) == (True, 7.0)


@pytest.mark.parametrize(
    ("line", "upgrade", "asked"),
    [
        ("GET /things/things HTTP/1.1", "WebSocket", True),
        ("GET /things/things HTTP/1.1", "h2c, websocket", True),
        ("GET /things/things HTTP/1.1", "h2c", False),
        ("GET /things/things HTTP/1.1", "websockets", False),
        ("POST /things/things HTTP/1.1", "websocket", False),
        ("GET /things/things HTTP/1.0", "websocket", False),
    ],
)
async def test_a_websocket_is_asked_for_among_others_but_by_a_get_of_http_1_1_alone(
    tmp_path: Path, line: str, upgrade: str, *, asked: bool
) -> None:
    async with real_town(tmp_path, [(200, {}, b"no")]) as town:
        reader, writer = await asyncio.open_connection("127.0.0.1", town.proxy.port)
        head = f"{line}\r\nHost: {town.authority}\r\nAuthorization: Bearer t\r\nUpgrade: {upgrade}\r\n"
        writer.write(f"{head}Connection: Upgrade\r\n\r\n".encode())
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        writer.close()
        assert ("Upgrade" in town.vendor.received[0].headers) is asked
