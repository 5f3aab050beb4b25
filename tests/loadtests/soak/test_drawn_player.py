"""Drawn requests are played in turn, what one removes is made before it, and failures are noted."""

import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from aiohttp import web

from tests.serving import listening
from tests.tidegate.drawing.ferries import vendor_file
from tidegate.loadtests.load_order import LoadOrder, LoadVendor
from tidegate.loadtests.offer.offered_call import LoadTarget
from tidegate.loadtests.soak.drawn_player import DrawnPlayer
from tidegate.scenario.scenario import Scenario
from tidegate.vendor.vendor_file import load_vendor

Handle = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def playing(handle: Handle, folder: Path, **mix: int) -> AsyncIterator[DrawnPlayer]:
    scenario = Scenario.model_validate({"name": "x", "seconds": 2, "load": [{"rate": "10/s", "mix": mix}]})
    order = LoadOrder(scenario, [LoadVendor.of(load_vendor(vendor_file(folder)))])
    rng = random.Random(1)
    planned = order.planned(rng, "run")
    load = order.load_of(order.vendors[0])
    stock = load.stock({call.source for call in planned}, rng, "run")
    while due := stock.due():
        stock.put(due, 201, {"id": f"{due.source}-stock"})
    async with listening(web.Server(handle)) as port, aiohttp.ClientSession() as client:
        target = LoadTarget(f"http://127.0.0.1:{port}/ferries", {"Authorization": "Bearer app"})
        yield DrawnPlayer(client, load, stock, target, planned, "run")


async def test_calls_come_in_the_mix_and_each_has_a_tag_of_its_own(tmp_path: Path) -> None:
    seen: list[tuple[str, str]] = []

    async def handle(request: web.BaseRequest) -> web.Response:
        seen.append((f"{request.method} {request.path}", request.headers["Call-Tag"]))
        return web.json_response({"id": f"made-{len(seen)}"})

    async with playing(handle, tmp_path, listHarbours=3, showBooking=1) as player:
        counts = await player.play(8, 2)
    assert (counts.calls, counts.failures) == (len(seen), 0)
    assert Counter(what for what, _ in seen)["GET /ferries/harbours"] == 6
    assert {what for what, _ in seen} == {"GET /ferries/harbours", "GET /ferries/bookings/book-stock"}
    assert len({tag for _, tag in seen}) == len(seen)


async def test_what_is_removed_is_made_before_it(tmp_path: Path) -> None:
    seen: list[str] = []

    async def handle(request: web.BaseRequest) -> web.Response:
        seen.append(f"{request.method} {request.path}")
        return web.json_response({"id": f"made-{len(seen)}"}, status=201)

    async with playing(handle, tmp_path, cancelBooking=1) as player:
        counts = await player.play(4, 1)
    assert counts.calls == 4
    assert seen == [
        "POST /ferries/bookings", "DELETE /ferries/bookings/made-1",
        "POST /ferries/bookings", "DELETE /ferries/bookings/made-3",
    ]  # fmt: skip


async def test_a_failure_is_noted_with_what_was_answered(tmp_path: Path) -> None:
    answers = iter([web.Response(status=503, text="later", headers={"Tidegate-Problem": "rate-limited"})])

    async def handle(request: web.BaseRequest) -> web.Response:
        answer = next(answers, None)
        if answer is None:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return answer

    async with playing(handle, tmp_path, listHarbours=1) as player:
        counts = await player.play(2, 1)
    assert (counts.calls, counts.failures) == (2, 2)
    assert counts.examples[0] == "GET /ferries/harbours: 503 rate-limited b'later'"
    assert "Disconnected" in counts.examples[1]
