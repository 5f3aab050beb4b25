"""The naive app of somebody's own vendor: the retry loop of everybody's, straight to the vendor.

As with payments (retry_loop), each call is a new one of an SDK's, under a new key where the vendor knows keys.
"""

import random
import uuid
from collections.abc import Awaitable, Callable, Mapping

from tidegate.chaos.apps.drawn_stories import DrawnStory
from tidegate.chaos.apps.naive_sdk import Sdk, SdkResponse
from tidegate.chaos.apps.retry_loop import App, Intent
from tidegate.scenario.call_tag import TAG_HEADER


class DrawnApp(App):
    """See the module. `sdks` are the clients of the vendors, by name; the vendor lets everybody in."""

    def __init__(
        self,
        sdks: Mapping[str, Sdk],
        stories: Mapping[str, DrawnStory],
        rng: random.Random,
        sleep: Callable[[float], Awaitable[None]],
        since: Callable[[], float],
    ) -> None:
        super().__init__(next(iter(sdks.values())), rng, sleep, since)
        self._sdks = sdks
        self._stories = stories
        self._keys = rng
        self._calls = 0

    async def _ask(self, intent: Intent) -> SdkResponse:
        story = self._stories[intent.story]
        drawn, keys = story.drawn.draw(intent.id, intent.names), story.drawn.vendor.facts.idempotency
        self._calls += 1
        headers = {**drawn.headers, TAG_HEADER: f"{intent.id}/{self._calls}"}
        if keys is not None and drawn.method in keys.methods:
            headers[keys.header] = str(uuid.UUID(int=self._keys.getrandbits(128), version=4))
        return await self._sdks[story.vendor].send(drawn.method, drawn.target, headers, drawn.body or None)

    def _status_of(self, intent: Intent, answer: SdkResponse) -> int:
        return self._stories[intent.story].status_of(answer)
