"""Three keys of one vendor: all that they may do is used, none is overrun, and one that is revoked costs nobody a call.

The real proxy, the real simulator, which counts what each key does, and a virtual world whose wire jitters. The apps
ask as fast as they are answered.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.test_limits_kept import ADDRESS, BUCKET, DELAY_S, JITTER_S, WHOLE, Caller, vendor_with
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.openapi.document import Document
from tidegate.proxy.app import Proxy
from tidegate.proxy.config import Config, ListenAddress, VendorUse
from tidegate.scenario.limit_meter import Arrival, over_quota
from tidegate.scenario.scenario import Scenario
from tidegate.simulator.app import SimulatorServer
from tidegate.simulator.record.journal import JournalEntry
from tidegate.vendor.vendor_file import LoadedVendor

KEYS = {"one": "rk_the_first_of_them_0001", "two": "rk_the_second_of_them_0002", "three": "rk_the_third_of_them_0003"}
WHO = {"one": "***0001", "two": "***0002", "three": "***0003"}
"""As the vendor's journal has them."""

READ = b"GET /stripe/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer tg\r\n\r\n"
BODY = b"amount=100&currency=eur"
WRITE = (
    b"POST /stripe/v1/payment_intents HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer tg\r\n"
    b"Idempotency-Key: key-%d\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 23\r\n\r\n" + BODY
)


SECONDS = 40.0 if WHOLE else 16.0
"""How long the apps ask."""


@dataclass
class Played:
    """What became of a while."""

    entries: list[JournalEntry] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    lines: list[dict[str, Any]] = field(default_factory=list)

    def arrivals(self, who: str, begin: float, end: float) -> list[Arrival]:
        """The requests of one key in a while, those aside that were not let in."""
        return [
            Arrival(entry.at, entry.operation)
            for entry in self.entries
            if entry.app == WHO[who] and begin <= entry.at < end
        ]


def proxy_of(machine: VirtualWorld, loaded: LoadedVendor, outcome: Played) -> Proxy:
    secrets = {name: f"env:{name.upper()}" for name in KEYS}
    use = {"base_url": f"http://{ADDRESS}", "private_addresses": "allow", "secrets": secrets}
    config = Config(
        listen=ListenAddress("127.0.0.1", 0),
        admin=ListenAddress("127.0.0.1", 0),
        store=Path("store.db"),
        use={"stripe": VendorUse.model_validate(use)},
    )

    def sink(lines: bytes) -> None:
        outcome.lines += [json.loads(line) for line in lines.splitlines()]

    environ = {name.upper(): key for name, key in KEYS.items()}
    return Proxy(machine, config, {"stripe": loaded}, environ=environ, sink=sink)


async def played(
    loaded: LoadedVendor, seconds: float, *, callers: int, writes: bool = False, faults: list[Mapping[str, Any]]
) -> Played:
    """So many callers ask for so many seconds."""
    world = VirtualWorld(1, delays_s={ADDRESS: DELAY_S})
    world.network.line(ADDRESS).jitter_s = JITTER_S
    scenario = Scenario.model_validate({"name": "pool", "seconds": seconds + 10.0, "faults": faults})
    document = Document.load(loaded.document_path)
    vendor = SimulatorServer(
        world.machine("vendor"), document, loaded.vendor, 1, scenario, pool_secrets=tuple(KEYS.values())
    )
    await vendor.start(ADDRESS, 80, control_port=None)
    machine, outcome = world.machine("proxy"), Played()
    proxy = proxy_of(machine, loaded, outcome)
    await machine.run(proxy.start())
    numbers = iter(range(10**9))

    async def ask() -> None:
        caller = await world.connect(Caller, "127.0.0.1", proxy.port, tls=None, server_name="")
        while world.now() < seconds:
            answered: asyncio.Future[int] = asyncio.get_running_loop().create_future()
            caller.ask(WRITE % next(numbers) if writes else READ, answered.set_result)
            outcome.statuses[await answered] += 1

    await asyncio.gather(*(ask() for _ in range(callers)))
    await world.sleep(5.0)
    await machine.run(proxy.close())
    await vendor.close()
    outcome.entries = list(vendor.journal.entries)
    world.disk.close()
    return outcome


def loaded_of(folder: Path) -> LoadedVendor:
    return vendor_with(folder, BUCKET)


@pytest.mark.slow
def test_all_that_three_keys_may_do_is_used_and_none_is_overrun(tmp_path: Path) -> None:
    loaded = loaded_of(tmp_path)
    outcome = run(lambda: played(loaded, SECONDS, callers=200, faults=[]))
    assert set(outcome.statuses) == {200}
    assert not [entry for entry in outcome.entries if entry.status == 429]
    for who in KEYS:
        everything = outcome.arrivals(who, 0.0, 60.0)
        assert over_quota(loaded.vendor.facts.limits, everything) == {"account": 0}
        assert len(outcome.arrivals(who, 5.0, SECONDS)) >= 0.99 * 100 * (SECONDS - 5), who


@pytest.mark.slow
@pytest.mark.parametrize("writes", [False, True])
def test_a_key_that_is_revoked_in_the_middle_costs_nobody_a_call(tmp_path: Path, writes: bool) -> None:
    loaded = loaded_of(tmp_path)
    revoked = {"kind": "expired_token", "from": f"{SECONDS / 2:g}s", "until": "60s", "apps": [WHO["two"]]}
    outcome = run(lambda: played(loaded, SECONDS, callers=200, writes=writes, faults=[revoked]))
    assert set(outcome.statuses) == {200}
    assert not [entry for entry in outcome.entries if entry.status == 429]
    refused = [entry for entry in outcome.entries if entry.status == 401]
    assert 0 < len(refused) < 80, "those that were on their way, and a few trials"
    for who in ("one", "three"):
        assert len(outcome.arrivals(who, SECONDS / 2 + 2, SECONDS)) >= 0.99 * 100 * (SECONDS / 2 - 2), who
    if writes:
        made = Counter(entry.key for entry in outcome.entries if entry.status == 200)
        assert max(made.values()) == 1
        assert len(made) == outcome.statuses[200]
