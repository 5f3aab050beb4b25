"""Sessions against a vendor in this process, which does what the test says."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from tests.waiting import until
from tidegate.loadtests.soak.session import (
    EXAMPLES_MAX,
    SessionPlayer,
    SoakCounts,
    SoakPlayer,
    SoakTarget,
    content_of,
    filled,
    sum_of,
)
from tidegate.loadtests.soak.traffic import LARGE_BYTES, SoakStep

Handle = Callable[[web.Request], Awaitable[web.StreamResponse]]
MAKE = SoakStep("POST", "/things", {"name": "thing-{n}"}, "json", takes={"thing": "/id"})
READ = SoakStep("GET", "/things/{thing}")


@asynccontextmanager
async def playing(handle: Handle, *steps: SoakStep, key: str = "") -> AsyncIterator[SoakPlayer]:
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    target = SoakTarget(f"http://127.0.0.1:{runner.addresses[0][1]}", {"Authorization": "Bearer app"}, key)
    try:
        async with aiohttp.ClientSession() as client:
            yield SessionPlayer(client, target, steps, "run")
    finally:
        await runner.cleanup()


async def test_a_step_takes_names_from_the_answers_before_it() -> None:
    seen: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        seen.append(f"{request.method} {request.path} {(await request.read()).decode()}")
        return web.json_response({"id": f"t{len(seen)}"})

    async with playing(handle, MAKE, READ) as player:
        counts = await player.play(4, 1)
    assert (counts.calls, counts.failures) == (4, 0)
    assert seen == [
        'POST /things {"name": "thing-run-1"}', "GET /things/t1 ", 'POST /things {"name": "thing-run-2"}',
        "GET /things/t3 ",
    ]  # fmt: skip


async def test_every_other_session_sends_its_writes_under_a_key_of_their_own() -> None:
    keys: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        keys.append(request.headers.get("Key", ""))
        return web.json_response({"id": "t"})

    async with playing(handle, MAKE, READ, key="Key") as player:
        await player.play(8, 1)
    assert keys == ["", "", "run-2-0", "", "", "", "run-4-0", ""]


async def test_what_is_no_success_is_counted_and_ends_its_session() -> None:
    async def handle(request: web.Request) -> web.Response:
        return web.json_response({"error": "no"}, status=503 if request.method == "POST" else 200)

    async with playing(handle, MAKE, READ) as player:
        counts = await player.play(30, 4)
    assert counts.failures == counts.calls >= 30
    assert len(counts.examples) == EXAMPLES_MAX
    assert counts.examples[0].startswith("POST /things: 503 ")


async def test_an_error_that_is_told_in_a_200_is_a_failure() -> None:
    async def handle(request: web.Request) -> web.Response:
        return web.json_response({"ok": False} if request.path == "/a" else {"errors": [{"message": "no"}]})

    async with playing(handle, SoakStep("GET", "/a")) as player:
        assert (await player.play(1, 1)).failures == 1
    async with playing(handle, SoakStep("GET", "/b")) as player:
        assert (await player.play(1, 1)).failures == 1


async def test_an_answer_that_breaks_off_is_a_failure() -> None:
    async def handle(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        await answer.write(b"some")
        assert request.transport is not None
        request.transport.abort()
        return answer

    async with playing(handle, SoakStep("GET", "/a")) as player:
        counts = await player.play(1, 1)
    assert counts.failures == 1


async def test_the_app_goes_away_from_a_read_and_from_a_stream() -> None:
    gone: list[str] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        if request.method == "POST":
            await answer.prepare(request)
            await answer.write(b"data: 1\n\n")
        await until(lambda: request.transport is None or request.transport.is_closing())
        gone.append(request.method)
        return answer

    steps = SoakStep("GET", "/a", left=True), SoakStep("POST", "/b", {}, "json", left=True)
    async with playing(handle, *steps) as player:
        counts = await player.play(2, 1)
        await until(lambda: len(gone) == 2)
    assert (counts.calls, counts.left, counts.failures) == (2, 2, 0)


async def test_content_in_pieces_has_no_length() -> None:
    seen: list[object] = []

    async def handle(request: web.Request) -> web.Response:
        seen.append((request.headers.get("Transfer-Encoding"), await request.read()))
        return web.json_response({})

    step = SoakStep("POST", "/a", {"a": "b c"}, "form", chunked=True)
    async with playing(handle, step) as player:
        await player.play(1, 1)
    assert seen == [("chunked", b"a=b+c")]


def test_large_content_is_larger_than_is_kept() -> None:
    for kind in ("json", "file"):
        step = SoakStep("POST", "/a", {"a": "b"}, kind, padded=True)
        assert len(content_of(step, {})[1]) >= LARGE_BYTES - 9


def test_braces_that_name_nothing_stay() -> None:
    assert filled("{shop} {n}", {"n": "1"}) == "{shop} 1"


def test_the_counts_of_several_vendors_are_summed_with_some_examples() -> None:
    total = sum_of([SoakCounts(5, 1, 2, ["a"] * 8), SoakCounts(7, 0, 1, ["b"] * 8)])
    assert (total.calls, total.left, total.failures) == (12, 1, 3)
    assert total.examples == ["a"] * 8 + ["b"] * (EXAMPLES_MAX - 8)
