"""The judge of every way in: each request at the vendor is one request of the app, in order, or none.

The oracle reads the app's bytes as the proxy does, and the vendor's as the proxy wrote them. What the vendor got is
what the app sent, in its order: a proxy may refuse some of it, but never read it otherwise.
"""

import asyncio
from collections.abc import Mapping

from tests.fuzz.framings import last
from tests.fuzz.house import RawApp, RawHouse
from tests.fuzz.onramps import PREFIX
from tests.fuzz.oracle import ReadRequest, among, requests_in

PATIENCE_S = 60.0
"""Longer than any time the proxy gives an app that does not go on."""
TOGETHER_MAX = 16
"""Connections that are played side by side."""


async def sent_through(house: RawHouse, data: bytes, patience_s: float) -> RawApp:
    """Send bytes on a connection of their own; the connection at its end, or when nobody is patient any more."""
    app = await house.app()
    app.transport.write(data)
    try:
        async with house.world.timeout(patience_s):
            await app.ended.wait()
    except TimeoutError:
        app.transport.abort()
    return app


async def misread(house: RawHouse, data: bytes, name: str, patience_s: float = PATIENCE_S) -> str:
    """Why the vendor's requests are not those of the app; empty where they are. `name` stands in every target."""
    data += _last(house, name)
    before, flaws = len(house.vendor.requests), len(house.vendor.flaws)
    app = await sent_through(house, data, patience_s)
    if len(house.vendor.flaws) > flaws:
        return f"the vendor was sent what is no request: {house.vendor.flaws[-1]}"
    return _flaw(house, data, house.vendor.requests[before:], app)


async def misread_together(house: RawHouse, sent: Mapping[str, bytes], patience_s: float) -> list[str]:
    """The same of many requests that are on their way together. Each name stands in its targets and in no other's."""
    gate = asyncio.Semaphore(TOGETHER_MAX)
    whole = {name: data + _last(house, name) for name, data in sent.items()}

    async def play(data: bytes) -> RawApp:
        async with gate:
            return await sent_through(house, data, patience_s)

    apps = await asyncio.gather(*map(play, whole.values()))
    came = house.vendor.requests
    flaws = [f"the vendor was sent what is no request: {flaw}" for flaw in house.vendor.flaws]
    flaws += [f"nobody had sent {one}" for one in came if not any(name in one.target for name in whole)]
    for (name, data), app in zip(whole.items(), apps, strict=True):
        flaw = _flaw(house, data, [one for one in came if name in one.target], app)
        flaws += [f"{name}: {flaw}"] if flaw else []
    return flaws


def _last(house: RawHouse, name: str) -> bytes:
    return last(f"{house.url}{PREFIX}/{name}/last")


def _flaw(house: RawHouse, data: bytes, got: list[ReadRequest], app: RawApp) -> str:
    wanted, _ = requests_in(data)
    meant = [ReadRequest(one.method, house.onramp.meant(one.target), one.body) for one in wanted]
    if not among(got, meant):
        return f"the vendor got {got}, and the app had sent {meant}"
    if app.received and not app.received.startswith(b"HTTP/1.1 "):
        return f"the app was told {app.received[:80]!r}"
    return ""
