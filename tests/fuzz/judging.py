"""The judge of every way in: each request at the vendor is one request of the app, in order, or none.

The oracle reads the app's bytes as the proxy does, and the vendor's as the proxy wrote them. What the vendor got is
what the app sent, in its order: a proxy may refuse some of it, but never read it otherwise.
"""

from tests.fuzz.framings import last
from tests.fuzz.house import RawApp, RawHouse
from tests.fuzz.onramps import PREFIX
from tests.fuzz.oracle import ReadRequest, among, requests_in

PATIENCE_S = 60.0
"""Longer than any time the proxy gives an app that does not go on."""


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
    data += last(f"{house.url}{PREFIX}/{name}/last")
    before, flaws = len(house.vendor.requests), len(house.vendor.flaws)
    app = await sent_through(house, data, patience_s)
    got = house.vendor.requests[before:]
    wanted, _ = requests_in(data)
    meant = [ReadRequest(one.method, house.onramp.meant(one.target), one.body) for one in wanted]
    if len(house.vendor.flaws) > flaws:
        return f"the vendor was sent what is no request: {house.vendor.flaws[-1]}"
    if not among(got, meant):
        return f"the vendor got {got}, and the app had sent {meant}"
    if app.received and not app.received.startswith(b"HTTP/1.1 "):
        return f"the app was told {app.received[:80]!r}"
    return ""
