"""Plays requests that are drawn from a document, or given by a scenario, in the proportions of its mix.

An HTTP client as an app's SDK is one. It knows nothing of who answers.
"""

import itertools
import json
from collections.abc import Sequence

import aiohttp
from yarl import URL

from tidegate.drawing.name_stock import NameStock
from tidegate.drawing.planned_load import PlannedRequest
from tidegate.loadtests.offer.offered_call import LoadTarget, OfferedCall
from tidegate.loadtests.offer.provision import VendorLoad
from tidegate.loadtests.soak.session import SoakCounts, SoakPlayer


class DrawnPlayer(SoakPlayer):
    """Plays the sources of a load round and round; what a call removes is made before it."""

    def __init__(
        self,
        client: aiohttp.ClientSession,
        load: VendorLoad,
        stock: NameStock,
        target: LoadTarget,
        planned: Sequence[PlannedRequest],
        run: str,
    ) -> None:
        self._client = client
        self._load = load
        self._stock = stock
        self._target = target
        self._planned = itertools.cycle(planned)
        self._numbers = itertools.count(1)
        self._run = run

    async def play_session(self, counts: SoakCounts) -> None:
        """One call; where it removes a thing, two."""
        planned = next(self._planned)
        order = self._stock.replenish(planned.source)
        if order is not None:
            made = self._load.prepared(order, self._target)
            status, answer = await self._send(made, counts)
            self._stock.put(order, status, answer)
        tag = f"{self._run}-{next(self._numbers):07d}"
        names = self._stock.names_for(planned.source)
        await self._send(self._load.drawn(planned.source, tag, names, self._target), counts)

    async def _send(self, call: OfferedCall, counts: SoakCounts) -> tuple[int, object]:
        """Make a call: its status, 0 for none, and its content as data."""
        counts.calls += 1
        url = URL(call.url, encoded=True)
        try:
            async with self._client.request(
                call.method, url, data=call.content or None, headers=call.headers, allow_redirects=False
            ) as answered:
                content = await answered.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            counts.fail(call.method, url.path, repr(error))
            return 0, None
        if not 200 <= answered.status < 300:
            problem = answered.headers.get("Tidegate-Problem", "")
            counts.fail(call.method, url.path, f"{answered.status} {problem} {content[:160]!r}")
        try:
            return answered.status, json.loads(content)
        except ValueError:
            return answered.status, None
