"""A chain of rounds on one store: a life of the proxy dies at a point, the next one clears up what it left.

    open the gate → waves of intents until it is dead → look at the store → next life → all at rest → judge

What a person has to decide (nothing makes a resend of a shout safe) is decided by the vendor's journal. All that is
waited for has a bound of minutes; nothing is judged by the clock.
"""

import json
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.acceptance.kills.judge import Count, Journal, judge, read_journal
from tests.acceptance.kills.lives import (
    WORLD,
    Life,
    Lives,
    Never,
    Ports,
    Program,
    answers,
    until,
    write_config,
)
from tests.acceptance.kills.load import ORDINARY, Customers, Intent
from tests.acceptance.kills.points import FAST, POINTS, Point
from tests.acceptance.kills.post_mortem import Remains, flaws, postgres_remains, sqlite_remains, unknown_flaws

WAVES_MAX = 40
WAVE_S = 0.5
"""So long a wave has before the next one, where the point was not come to."""
RESTLESS = "queued,waiting,unknown,leased,sending"


@dataclass
class House:
    """The town, and proxies on one store before it."""

    folder: Path
    lives: Lives
    session: aiohttp.ClientSession
    town: int
    store: str
    ports: Ports
    living: list[Life] = field(default_factory=list)
    bug: str = ""
    """A planted one, of tests.acceptance.kills.bugs."""

    @property
    def gate(self) -> Path:
        """Passes of a point count once this file is there."""
        return self.folder / "gate"

    def journal(self) -> Journal:
        """What the town wrote down."""
        return read_journal(self.folder / "journal")

    async def order(self, **what: object) -> None:
        """Tell the town what is to happen."""
        async with self.session.post(f"http://127.0.0.1:{self.town}/control", json=what) as answer:
            assert answer.status == 200

    async def begin(self, name: str = "", *, nth: int = 1, seed: int = 0, ports: Ports | None = None) -> Life:
        """Start a life that dies at a point; without one it dies when it is killed."""
        ports = ports or self.ports
        config = write_config(self.folder, f"proxy-{ports.gateway}", ports, self.store, self.town)
        constants = POINTS[name].fast if name else FAST
        life = await self.lives.start(
            self.folder, config, point=name, nth=nth, seed=seed, constants=constants, bug=self.bug
        )
        self.living.append(life)
        return life

    async def end(self) -> None:
        """Kill whatever lives."""
        for life in self.living:
            life.kill()
            await life.ended
        self.living.clear()

    async def listening(self, life: Life, ports: Ports | None = None) -> None:
        """Wait until it listens, or is dead."""

        async def there() -> bool:
            return life.over or await answers(self.session, ports or self.ports)

        await until(there, "a proxy that listens")

    async def deliveries(self, **query: str) -> list[dict[str, Any]]:
        """A page of deliveries, from the admin port."""
        url = f"http://127.0.0.1:{self.ports.admin}/deliveries"
        async with self.session.get(url, params={"limit": "500", **query}) as answer:
            assert answer.status == 200, await answer.text()
            page: list[dict[str, Any]] = (await answer.json())["deliveries"]
            return page

    async def act(self, delivery: str, action: str) -> int:
        """Do by hand what a person may; the status."""
        url = f"http://127.0.0.1:{self.ports.admin}/deliveries/{delivery}"
        try:
            async with self.session.post(url, json={"action": action, "by": "ada"}) as answer:
                await answer.read()
                return answer.status
        except (aiohttp.ClientError, OSError):
            return 0

    async def rest(self) -> None:
        """Wait until nothing goes on by itself any more."""

        async def still() -> bool:
            try:
                return not await self.deliveries(state=RESTLESS)
            except (aiohttp.ClientError, OSError, AssertionError):
                return False

        await until(still, f"rest: {self.folder}")


@asynccontextmanager
async def house(folder: Path, store: str, lives: Lives, *, bug: str = "") -> AsyncIterator[House]:
    """A town and its store."""
    folder.mkdir(parents=True)  # noqa: ASYNC240 - nothing else runs yet
    timeout = aiohttp.ClientTimeout(total=60.0)
    async with (
        Program("tests.acceptance.kills.town", str(folder / "journal")) as town,
        aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(force_close=True)) as session,
    ):
        port = int((await town.line()).rpartition(" ")[2])
        yield House(folder, lives, session, port, store, Ports(), bug=bug)


class Chain:
    """Rounds on one store, whose lives follow each other."""

    def __init__(self, at: House, seed: int, note: Callable[[str], object] = print) -> None:
        self._at, self._rng, self._note = at, random.Random(f"chain {seed}"), note
        self._customers = Customers(at.session, [at.ports])
        self._number = 0
        self._wrong: list[str] = []

    async def round(self, name: str) -> Count:
        """One round: the count of what it came to."""
        self._number += 1
        point = POINTS[name]
        nth, seed = self._rng.randint(1, point.nth_max), self._rng.getrandbits(32)
        life = await self._at.begin(name, nth=nth, seed=seed)
        intents: list[Intent] = []
        tasks: list[Any] = []
        try:
            await self._at.listening(life)
            await self._at.order()
            dead = await self._dead_letter(intents, tasks) if point.way == "replay" else ""
            missed = await self._killed(name, point, life, nth, (intents, tasks), dead)
            remains = await self._post_mortem(intents)
            if point.way == "recovery":
                self._at.gate.touch()
                second = await self._at.begin(name, nth=nth, seed=seed)
                missed = await self._waves(name, point, second, (intents, tasks))
            count = await self.cleared_up(intents, tasks, remains)
        except Never as never:
            count, missed = Count(flaws=[f"never came: {never}", *self._wrong]), False
        finally:
            self._at.gate.unlink(missing_ok=True)
            for task in tasks:
                task.cancel()
            await self._at.end()
        count.rounds, count.missed = 1, int(missed)
        if count.flaws:
            self._note(f"{name} (nth {nth}, seed {seed}, {self._at.folder}): {count.flaws}")
        return count

    async def _killed(self, name: str, point: Point, life: Life, nth: int, load: Any, dead: str) -> bool:
        """Have it come to its point. True where it did not, and was killed all the same."""
        if point.way == "recovery":
            self._add(load, name, point)
            await WORLD.sleep(self._rng.random() * 0.1)
            life.kill()
            await life.ended
            return False
        if point.town:
            await self._at.order(kill_at=point.town, nth=nth, pid=life.pid)
        if point.way == "replay":
            await self._at.order(mild=True)
        self._add(load, name, point)
        self._at.gate.touch()
        if point.way == "replay":
            await self._at.act(dead, "replay")
        if point.way == "stop":
            await WORLD.sleep(0.05)
            life.kill(15)
            await life.ended
            return bool(life.ended.result() != -9)
        return await self._waves(name, point, life, load)

    async def _waves(self, name: str, point: Point, life: Life, load: Any) -> bool:
        for _ in range(WAVES_MAX):
            for _ in range(int(WAVE_S / 0.02)):
                if life.over:
                    break
                await WORLD.sleep(0.02)
            if life.over:
                break
            self._add(load, name, point)
        missed = not life.over
        life.kill()
        await life.ended
        self._at.gate.unlink(missing_ok=True)
        return missed

    def _add(self, load: Any, name: str, point: Point) -> None:
        ref = f"{self._at.folder.name}-{self._number}-{name.replace(' ', '-').replace(',', '')}"
        intents, tasks = self._customers.wave(ref, ORDINARY + point.extra)
        load[0].extend(intents)
        load[1].extend(tasks)

    async def _dead_letter(self, intents: list[Intent], tasks: list[Any]) -> str:
        """A write that the vendor rejects: the id of its dead letter."""
        more, asking = self._customers.wave(f"{self._at.folder.name}-{self._number}-dead", (("sale", "reject"),))
        intents += more
        tasks += asking

        async def dead() -> list[dict[str, Any]]:
            return [one for one in await self._at.deliveries(state="dead") if one["id"] == more[0].call_id]

        return str((await until(dead, "a dead letter"))[0]["id"])

    async def _post_mortem(self, intents: Sequence[Intent]) -> Remains:
        if self._at.store.startswith("postgresql:"):
            remains, wrong = postgres_remains(self._at.store), list[str]()
        else:
            copy = self._at.folder / "copy.db"
            remains = sqlite_remains(self._at.folder / self._at.store, copy)
            wrong = await unknown_flaws(copy, remains)
        self._wrong = wrong + flaws(remains, intents, self._at.journal().requests)
        return remains

    async def cleared_up(self, intents: list[Intent], tasks: list[Any], remains: Remains) -> Count:
        """A life that nothing kills, which is there or begins now, clears up; then judge."""
        at = self._at
        if all(life.over for life in at.living):
            await at.listening(await at.begin())
        for task in tasks:
            await task
        await at.rest()
        await self._told([intent.call_id for intent in intents if intent.do == "reject"])
        await at.order(mild=True)
        by_hand = await self._by_hand()
        for letter in await at.deliveries(state="dead", box="outbox"):
            assert await at.act(letter["id"], "replay") == 200, letter
        await at.rest()
        await at.end()
        count = judge(intents, at.journal())
        count.unsure, count.by_hand = len(remains.unsure), len(by_hand & set(remains.unsure))
        count.resolved = count.unsure - count.by_hand
        count.flaws += self._wrong
        alarms = at.journal().alarms
        count.flaws += [
            f"the dead letter {one} was told under {alarms[one]}"
            for one in (intent.call_id for intent in intents if intent.do == "reject")
            if len(alarms[one]) != 1
        ]
        return count

    async def _told(self, dead: Sequence[str]) -> None:
        """Wait until of each dead letter was told."""

        async def told() -> bool:
            return set(dead) <= set(self._at.journal().alarms)

        await until(told, "word of every dead letter")

    async def _by_hand(self) -> set[str]:
        """Decide about what only a person can: by the vendor's journal. The ids of those."""
        decided = set()
        while parked := await self._at.deliveries(state="parked"):
            journal = self._at.journal()
            for one in parked:
                document = await self._document(one["id"])
                decided.add(str(one["id"]))
                action = "confirm" if journal.effects[document["ref"]] else "redo"
                assert await self._at.act(one["id"], action) == 200, one
            await self._at.rest()
        return decided

    async def _document(self, delivery: str) -> dict[str, Any]:
        url = f"http://127.0.0.1:{self._at.ports.admin}/deliveries/{delivery}"
        async with self._at.session.get(url, params={"body": "redacted"}) as answer:
            shown = await answer.json()
        content = shown["request"]["body"]
        document: dict[str, Any] = json.loads(content) if isinstance(content, str) else content
        return document
