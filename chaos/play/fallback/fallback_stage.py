"""Plays one timeline of payments over two vendors: two simulated vendors, the proxy, and an app that pays.

The app pursues each payment under its key until it has an answer, is killed and started again with nothing but its
book of decisions, and asks the next vendor by the rules of adapters.fallback. The judge counts at both vendors what was
made.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import aiohttp

from tidegate.adapters.adyen.adapter import KEY_HEADER, AdyenPayments
from tidegate.adapters.fallback.decisions import Decision, DecisionBookInMemory, Standing
from tidegate.adapters.fallback.payments import FallbackPayments, methods_by_vendor
from tidegate.adapters.gateway import Gateway
from tidegate.adapters.ports.failures import Rejected, VendorFailure
from tidegate.adapters.ports.money import Money
from tidegate.adapters.ports.payment_book import PaymentBookInMemory
from tidegate.adapters.ports.payments import Declined, Payments
from tidegate.adapters.stripe.adapter import StripePayments
from tidegate.chaos.play.fallback.fallback_draw import SECONDS, FallbackTimeline, PlannedPayment
from tidegate.chaos.timeline.surroundings import Surroundings
from tidegate.chaos.world.connector import WorldConnector, client_session
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.openapi.document import Document
from tidegate.proxy.app import Proxy
from tidegate.proxy.config import Config
from tidegate.scenario.scenario import Scenario
from tidegate.simulator.app import SimulatorServer
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import LoadedVendor, load_vendor

ADDRESSES: Final = {"stripe": "198.51.100.40", "adyen": "198.51.100.50"}
SECRETS: Final = {"STRIPE_API_KEY": "sk_test_of_the_play", "ADYEN_API_KEY": "key_of_the_play"}
KEYS: Final = {"stripe": "STRIPE_API_KEY", "adyen": "ADYEN_API_KEY"}
PORT: Final = 8080
VENDOR_DELAY_S: Final = 0.02
DUE: Final = Money(1099, "EUR")
METHODS: Final = methods_by_vendor({"stripe": "pm_card_visa", "adyen": '{"type": "scheme", "holderName": "Ada"}'})
SETTLE_S: Final = 600.0
"""After the trouble the app goes on for so long at most."""
PAUSE_S_MAX: Final = 60.0
"""The app waits twice as long before each further try, up to this."""
END_S: Final = 7200.0


@dataclass(frozen=True, slots=True)
class FallbackVerdict:
    """What came of one timeline, counted over both vendors.

    `doubled` are payments that were made more than once, `lost` those of which the app was told that they are made and
    none is there, `stuck` those that have no answer in the end and are not in doubt either. `stood_in` counts payments
    that the second vendor made, `for_people` those that stay in doubt: a vendor that keeps a 500 under a key gives it
    again and again.
    """

    doubled: tuple[str, ...]
    lost: tuple[str, ...]
    stuck: tuple[str, ...]
    stood_in: int
    for_people: int
    in_doubt: int
    """So many payments were in doubt at some time."""
    decisions: tuple[Decision, ...]

    @property
    def held(self) -> bool:
        """True where no promise broke."""
        return not (self.doubled or self.lost or self.stuck)


def play(timeline: FallbackTimeline, seed: int) -> FallbackVerdict:
    """Play a timeline to its end, and judge it. Takes no time but the processor's."""
    stage = FallbackStage(timeline, seed)
    run(stage.play, end_s=END_S)
    assert stage.verdict is not None
    return stage.verdict


@cache
def _loaded(name: str) -> tuple[LoadedVendor, Document]:
    """A vendor that ships, read once: nobody changes it."""
    loaded = load_vendor(find_vendor(name))
    return loaded, Document.load(loaded.document_path)


class FallbackStage:
    """The world of one timeline."""

    def __init__(self, timeline: FallbackTimeline, seed: int) -> None:
        self._timeline, self._seed = timeline, seed
        self._decisions = DecisionBookInMemory()
        self._book = PaymentBookInMemory()
        self._paid: dict[str, str] = {}
        """Reference → the vendor's id of the payment, as the app was told."""
        self._ended: set[str] = set()
        self._doubted: set[str] = set()
        self._proxy: Proxy | None = None
        use = {
            name: {"base_url": f"http://{address}", "private_addresses": "allow"} for name, address in ADDRESSES.items()
        }
        self._config = Config.model_validate(
            {"listen": f"127.0.0.1:{PORT}", "admin": "127.0.0.1:0", "store": "store.db", "use": use}, strict=False
        )
        self.verdict: FallbackVerdict | None = None

    async def play(self) -> None:
        """From the first customer to the judge."""
        world = VirtualWorld(self._seed, delays_s=dict.fromkeys(ADDRESSES.values(), VENDOR_DELAY_S))
        machines = {name: world.machine(name) for name in ADDRESSES}
        vendors = {name: self._vendor(name, machines[name]) for name in ADDRESSES}
        for name, vendor in vendors.items():
            await vendor.start(ADDRESSES[name], 80, control_port=None)
        around = self._scenario(self._timeline.proxy)
        trouble = Surroundings(world, around, {ADDRESSES[name]: machines[name] for name in ADDRESSES}, self._start)
        await trouble.begin()
        await self._live(world)
        machine = await trouble.quiet()
        assert self._proxy is not None
        await machine.run(self._proxy.close())
        self.verdict = await self._judged(vendors)
        for vendor in vendors.values():
            await vendor.close()
        world.disk.close()

    def _scenario(self, faults: list[dict[str, Any]]) -> Scenario:
        return Scenario.model_validate({"name": "fallback", "seconds": SECONDS, "faults": faults}, strict=False)

    def _vendor(self, name: str, machine: VirtualWorld) -> SimulatorServer:
        loaded, document = _loaded(name)
        scenario = self._scenario(self._timeline.troubles.get(name, []))
        return SimulatorServer(machine, document, loaded.vendor, self._seed, scenario, secret=SECRETS[KEYS[name]])

    async def _start(self, machine: VirtualWorld) -> None:
        vendors = {name: _loaded(name)[0] for name in ADDRESSES}
        documents = {name: _loaded(name)[1] for name in ADDRESSES}
        self._proxy = Proxy(machine, self._config, vendors, environ=SECRETS, sink=lambda _: None, documents=documents)
        await self._proxy.start()

    # --- the app -----------------------------------------------------------------------------------------------------

    async def _live(self, world: VirtualWorld) -> None:
        """One life of the app after the other, each until it is killed; the last until all is answered."""
        began_s = world.now()
        ends = (*sorted(self._timeline.app_crashes_s), SECONDS + SETTLE_S)
        for until_s in ends:
            machine = world.machine("app")
            life = asyncio.get_running_loop().create_task(self._one_life(machine, began_s))
            _, running = await asyncio.wait({life}, timeout=max(began_s + until_s - world.now(), 0.0))
            if not running:
                return
            life.cancel()
            await asyncio.wait({life})

    async def _one_life(self, machine: VirtualWorld, began_s: float) -> None:
        async with client_session(WorldConnector(machine), 90.0) as session:
            payments = self._payments(session)
            await asyncio.gather(*(self._pursue(payments, one, machine, began_s) for one in self._timeline.payments))

    def _payments(self, session: aiohttp.ClientSession) -> FallbackPayments:
        url = f"http://127.0.0.1:{PORT}"
        adyen = Gateway(session, f"{url}/adyen", "local", key_header=KEY_HEADER)
        known: Mapping[str, Payments] = {
            "stripe": StripePayments(Gateway(session, f"{url}/stripe", "local")),
            "adyen": AdyenPayments(adyen, self._book, merchant_account="Shop", return_url="https://shop.example"),
        }
        return FallbackPayments({name: known[name] for name in self._timeline.order}, self._decisions)

    async def _pursue(
        self, payments: FallbackPayments, planned: PlannedPayment, machine: VirtualWorld, began_s: float
    ) -> None:
        """Pay, and again under the same key until there is an answer."""
        await machine.sleep(max(began_s + planned.start_s - machine.now(), 0.0))
        pause_s = planned.pause_s
        while planned.reference not in self._ended:
            try:
                payment = await payments.pay(planned.reference, DUE, METHODS, key=planned.reference)
                self._paid[planned.reference] = getattr(payment, "id", "")
                self._ended.add(planned.reference)
            except (Declined, Rejected):
                self._ended.add(planned.reference)
            except VendorFailure:
                decision = await self._decisions.find(planned.reference)
                if decision is not None and decision.standing is Standing.IN_DOUBT:
                    self._doubted.add(planned.reference)
                await machine.sleep(pause_s)
                pause_s = min(pause_s * 2.0, PAUSE_S_MAX)

    # --- the judge ---------------------------------------------------------------------------------------------------

    async def _judged(self, vendors: Mapping[str, SimulatorServer]) -> FallbackVerdict:
        made = Counter[str]()
        second = Counter[str]()
        for name, vendor in vendors.items():
            held = vendor.resources.items()
            mine = [
                *(one["metadata"]["order_id"] for _, one in held.get("payment_intent", ()) if one["amount_received"]),
                *(one["merchantReference"] for _, one in held.get("payment", ()) if one["resultCode"] == "Authorised"),
            ]
            made.update(mine)
            if name == self._timeline.order[1]:
                second.update(mine)
        references = [planned.reference for planned in self._timeline.payments]
        found = {name: await self._decisions.find(name) for name in references}
        left = [name for name in references if name not in self._ended]
        in_doubt = {name for name in left if (one := found[name]) and one.standing is not Standing.SETTLED}
        return FallbackVerdict(
            doubled=tuple(sorted(name for name, count in made.items() if count > 1)),
            lost=tuple(sorted(name for name in self._paid if not made[name])),
            stuck=tuple(name for name in left if name not in in_doubt),
            stood_in=second.total(),
            for_people=len(in_doubt),
            in_doubt=len(self._doubted),
            decisions=tuple(one for one in found.values() if one is not None),
        )
