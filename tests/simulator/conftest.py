"""A simulator on real sockets under a clock that the test moves, and a vendor file of its own.

The facts here are the test's: what the shipped vendor file says may change without a test of the simulator noticing.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest

import tidegate
from tests.waiting import settle
from tidegate.cassette.cassette_file import Recorder
from tidegate.openapi.document import Document
from tidegate.scenario.scenario import Scenario, parse_faults
from tidegate.simulator.app import SimulatorServer
from tidegate.simulator.cassette.cassette import Cassette
from tidegate.simulator.trouble.vendor_fault import VendorFault
from tidegate.vendor.vendor import Vendor
from tidegate.world.world import RealWorld

DOCUMENT = Path(tidegate.__file__).parent / "adapters" / "stripe" / "openapi.json"
BEGAN = 1_735_689_600.0
KEY = "sk_test_of_the_tests"

ERRORS: dict[str, Any] = {
    "envelope": "/error",
    "code": "/error/code",
    "unknown_parameters": "refuse",
    "retry_hint": {"header": "Stripe-Should-Retry"},
    "body": {
        "error": {
            "code": "{code?}",
            "decline_code": "{decline_code?}",
            "charge": "{charge?}",
            "param": "{param?}",
            "message": "{message}",
            "type": "{type}",
        }
    },
    "words": {"type": "invalid_request_error"},
    "refusals": {
        "unknown-parameter": {"status": 400, "words": {"code": "parameter_unknown"}},
        "missing-parameter": {"status": 400, "words": {"code": "parameter_missing"}},
        "empty-parameter": {"status": 400, "words": {"code": "parameter_invalid_empty"}},
        "invalid-integer": {"status": 400, "words": {"code": "parameter_invalid_integer"}},
        "missing-reference": {"status": 400, "words": {"code": "resource_missing"}},
        "not-found": {"status": 404, "words": {"code": "resource_missing"}},
        "no-route": {"status": 404},
        "refused": {"status": 400},
        "unexpected-state": {"status": 400, "words": {"code": "{kind}_unexpected_state"}},
        "throttled": {"words": {"code": "rate_limit"}},
        "locked": {"status": 429, "words": {"code": "lock_timeout"}},
        "declined": {"status": 402, "words": {"type": "card_error"}},
        "key-invalid": {"status": 400, "words": {"type": "idempotency_error"}},
        "key-mismatch": {"status": 400, "words": {"type": "idempotency_error"}},
        "key-in-use": {"status": 409, "words": {"type": "idempotency_error", "code": "idempotency_key_in_use"}},
        "server-error": {"words": {"type": "api_error"}},
    },
    "ours": {},
}
"""A payments vendor's words for its refusals."""


class ManualWorld(RealWorld):
    """Real sockets; a clock that moves only in `advance`."""

    def __init__(self, seed: int = 1) -> None:
        super().__init__(seed)
        self.clock = 0.0
        self._timers: list[asyncio.TimerHandle] = []

    def now(self) -> float:
        return self.clock

    def wall(self) -> float:
        return BEGAN + self.clock

    def call_later(self, delay_s: float, callback: Callable[..., object], *args: object) -> asyncio.TimerHandle:
        timer = asyncio.TimerHandle(self.clock + delay_s, callback, args, asyncio.get_running_loop())
        self._timers.append(timer)
        return timer

    async def sleep(self, delay_s: float) -> None:
        if delay_s > 0:
            woken = asyncio.get_running_loop().create_future()
            self.call_later(delay_s, lambda: None if woken.done() else woken.set_result(None))
            await woken

    @property
    def waiting(self) -> int:
        """How many timers have yet to ring."""
        return sum(not timer.cancelled() for timer in self._timers)

    async def advance(self, by_s: float) -> None:
        """Move the clock, ring what is due in its order, and let what it woke run."""
        end = self.clock + by_s
        while due := [timer for timer in self._timers if timer.when() <= end and not timer.cancelled()]:
            timer = min(due, key=asyncio.TimerHandle.when)
            self._timers.remove(timer)
            self.clock = max(self.clock, timer.when())
            timer._run()
        self.clock = end
        await settle()


def facts(**changes: Any) -> Vendor:
    """A payments vendor with wide limits; `changes` replace facts."""
    return Vendor.model_validate(
        {
            "vendor": "stripe",
            "purpose": "Takes payments in tests.",
            "document": "openapi.json",
            "facts": {
                "base_url": "https://vendor.example",
                "auth": {"scheme": "bearer", "secret": "env:UNUSED"},
                "versioning": {"header": "Stripe-Version", "pin": "2022-11-15"},
                "request_id": {"header": "Request-Id", "prefix": "req_"},
                "errors": ERRORS,
                "idempotency": {
                    "header": "Idempotency-Key",
                    "methods": ("POST",),
                    "remembers": "24h",
                    "replays": ("2xx", "4xx", "5xx"),
                    "replay_mark": "Idempotent-Replayed",
                },
                "resources": {"nulls": "meant"},
                "throttled": (
                    {"status": 429, "reason": {"header": "Stripe-Rate-Limited-Reason"}},
                    {"status": 429, "code": "lock_timeout", "means": "contention"},
                ),
                **changes,
            },
        }
    )


class Played:
    """A running simulator, its world, and a client with the right key."""

    def __init__(self, simulator: SimulatorServer, world: ManualWorld, client: aiohttp.ClientSession) -> None:
        self.simulator = simulator
        self.world = world
        self.client = client

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.simulator.port}"

    async def ask(self, method: str, path: str, form: str = "", **headers: str) -> tuple[int, dict[str, Any]]:
        """Status and body of one request. Header names are written with underscores."""
        status, body, _ = await self.exchange(method, path, form, **headers)
        return status, body

    async def exchange(
        self, method: str, path: str, form: str = "", **headers: str
    ) -> tuple[int, dict[str, Any], dict[str, str]]:
        """The same, and the answer's headers."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if form:
            sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
        body = BytesIO(form.encode()) if form else None
        async with self.client.request(method, self.url + path, data=body, headers=sent) as answer:
            return answer.status, await answer.json(content_type=None), dict(answer.headers)

    def arm(self, **fault: Any) -> None:
        """Arm one fault; `begin` stands for `from`, `lasts` for `for`."""
        names = {"begin": "from", "lasts": "for"}
        self.simulator.arm(parse_faults({names.get(name, name): value for name, value in fault.items()}, VendorFault))

    async def pay(self, order: str = "o1", **headers: str) -> tuple[int, dict[str, Any]]:
        """Make and confirm a payment of 10.99."""
        form = f"amount=1099&currency=eur&payment_method=pm_card_visa&confirm=true&metadata[order_id]={order}"
        return await self.ask("POST", "/v1/payment_intents", form, **headers)


Play = Callable[..., Awaitable[Played]]


@pytest.fixture(scope="session")
def document() -> Document:
    return Document.load(DOCUMENT)


@pytest.fixture
async def play(document: Document) -> AsyncIterator[Play]:
    """Starts simulators, and stops them when the test is over."""
    running = AsyncExitStack()

    async def start(
        vendor: Vendor | None = None,
        *,
        served: Document | None = None,
        scenario: Scenario | None = None,
        seed: int = 7,
        secret: str | None = KEY,
        recorder: Recorder | None = None,
        cassette: Cassette | None = None,
    ) -> Played:
        world = ManualWorld()
        simulator = SimulatorServer(
            world,
            served or document,
            vendor or facts(),
            seed,
            scenario,
            secret=secret,
            recorder=recorder,
            cassette=cassette,
        )
        await simulator.start()
        running.push_async_callback(simulator.close)
        client = aiohttp.ClientSession(headers={"Authorization": f"Bearer {KEY}"})
        running.push_async_callback(client.close)
        return Played(simulator, world, client)

    async with running:
        yield start


@pytest.fixture
async def vendor(play: Play) -> Played:
    """A simulator with wide limits and no faults."""
    return await play()
