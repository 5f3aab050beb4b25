"""Whole runs: Tidegate keeps its promises, broken proxies break them, and one seed gives one run."""

from collections.abc import Awaitable, Callable

import pytest
from aiohttp import ClientError, ClientSession, web

from tidegate.chaos.judge.invariants import broken
from tidegate.chaos.play.run import SECRET, AppRoute, MakeWay, PlayedRun, play, straight, through_tidegate
from tidegate.chaos.world.connector import WorldConnector, client_session
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.scenario.scenario import Scenario
from tidegate.vendor.vendor_file import LoadedVendor

STORY = Scenario.model_validate(
    {
        "name": "short",
        "seconds": 60,
        "load": [{"rate": "2/s", "mix": {"payment": 3, "read": 1}}, {"from": "5s", "burst": 60}],
        "faults": [
            {"kind": "latency", "delay": "20ms"},
            {"kind": "reset_after", "probability": "20%", "from": "10s", "until": "20s", "operations": ["Post*"]},
            {"kind": "outage", "from": "30s", "for": "8s"},
        ],
    }
)

Handle = Callable[[web.BaseRequest, ClientSession, str], Awaitable[web.Response]]


def gateway(handle: Handle) -> MakeWay:
    """A proxy made for one test: `handle` gets the request, a client, and the vendor's base URL."""

    async def make(world: VirtualWorld, loaded: LoadedVendor) -> AppRoute:
        vendor = (await straight(world, loaded)).base_url
        session = client_session(WorldConnector(world), 10)

        async def answer(request: web.BaseRequest) -> web.Response:
            return await handle(request, session, vendor)

        listener = await world.listen(web.Server(answer), "127.0.0.1", 0)
        return AppRoute(f"http://127.0.0.1:{listener.port}", "local", close=session.close)

    return make


async def forward(request: web.BaseRequest, session: ClientSession, vendor: str, **changed: str) -> web.Response:
    """Send a request on, with the vendor's secret and whatever else is changed."""
    headers = {name: value for name, value in request.headers.items() if name not in ("Host", "Content-Length")}
    headers |= {"Authorization": f"Bearer {SECRET}", **changed}
    try:
        async with session.request(
            request.method, vendor + request.raw_path, headers=headers, data=await request.read()
        ) as reply:
            return web.Response(status=reply.status, body=await reply.read())
    except ClientError:
        return web.Response(status=503, headers={"Stripe-Should-Retry": "false"})


async def liar(request: web.BaseRequest, session: ClientSession, vendor: str) -> web.Response:
    return web.Response(body=b"{}")


async def refuser(request: web.BaseRequest, session: ClientSession, vendor: str) -> web.Response:
    return web.Response(status=402)


async def says_nothing_happened(request: web.BaseRequest, session: ClientSession, vendor: str) -> web.Response:
    await forward(request, session, vendor)
    return web.Response(status=402)


async def new_key_for_each_resend(request: web.BaseRequest, session: ClientSession, vendor: str) -> web.Response:
    key = request.headers.get("Idempotency-Key", "")
    first = await forward(request, session, vendor)
    return (
        await forward(request, session, vendor, **{"Idempotency-Key": key + "-again"}) if first.status == 503 else first
    )


async def tells_the_secret(request: web.BaseRequest, session: ClientSession, vendor: str) -> web.Response:
    reply = await forward(request, session, vendor)
    reply.headers["X-Debug"] = SECRET
    return reply


async def without_a_limiter(request: web.BaseRequest, session: ClientSession, vendor: str) -> web.Response:
    return await forward(request, session, vendor)


def promises(made: PlayedRun) -> set[str]:
    return {sentence.partition(":")[0] for sentence in broken(made.figures)}


@pytest.mark.parametrize(
    ("handle", "promise"),
    [
        pytest.param(liar, "lost", id="one that says done and sends nothing"),
        pytest.param(refuser, "useful", id="one that refuses everything"),
        pytest.param(says_nothing_happened, "contradicted", id="one that pays and says that it did not"),
        pytest.param(new_key_for_each_resend, "doubled", id="one that resends under a new key"),
        pytest.param(tells_the_secret, "secret", id="one that shows the vendor's secret"),
        pytest.param(without_a_limiter, "over quota", id="one without a limiter"),
    ],
)
def test_a_proxy_that_is_broken_on_purpose_is_caught(handle: Handle, promise: str) -> None:
    assert promise in promises(play(STORY, 1, gateway(handle)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_tidegate_neither_loses_doubles_contradicts_oversends_nor_leaks(seed: int) -> None:
    made = play(STORY, seed, through_tidegate)
    assert promises(made) <= {"useful"}, "short as it is, the story is no measure of usefulness"
    assert made.figures.done > 0.8 * made.figures.feasible


def test_the_naive_client_is_caught_on_the_same_story() -> None:
    assert "over quota" in promises(play(STORY, 1, straight))


@pytest.mark.parametrize("way", [straight, through_tidegate])
def test_one_seed_gives_one_run_and_another_gives_another(way: MakeWay) -> None:
    first, again, other = (play(STORY, seed, way) for seed in (1, 1, 2))
    assert first.entries == again.entries
    assert first.endings == again.endings
    assert first.entries != other.entries


def test_every_intent_comes_to_an_end() -> None:
    made = play(STORY, 1, through_tidegate)
    assert len(made.endings) == made.figures.asked == 180
    assert all(ending.ended_s >= ending.intent.start_s for ending in made.endings)
