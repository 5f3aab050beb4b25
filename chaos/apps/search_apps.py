"""The apps of a search: they do what the proxy's documentation tells an app to do, and each in its own way.

A call that may be repeated is repeated, a write under its own key unless it is one that may be done twice. Any other is
repeated only where the answer says that nothing happened. Some apps ask for less time than the policy gives, some hang
up. Each request carries a tag, so that whoever looks at the wire knows which requests belong to one call. There are two
apps; each has its own token.

They remember what they were told; whether that is true is for the judge (chaos/judge/promises.py).
"""

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from tidegate.chaos.apps.http_client import HttpClient, HttpResponse, NotConnected
from tidegate.chaos.apps.naive_sdk import ConnectionLost
from tidegate.chaos.apps.retry_loop import Intent, IntentResult, outcome_of
from tidegate.chaos.apps.stories import STORIES, Again, Story

PATIENCE_S = 45.0
"""An app gives an intent up when its next try would begin later than this after the first."""

BASE_S, CAP_S = 1.0, 10.0
"""Exponential backoff with full jitter between calls."""

WAITS_S, WAITS = 60.0, 3.0
"""An app that does not hang up waits so long for an answer: three times what the policy gives a call."""

ACCEPTED = 202
"""It is carried out later."""
REFUSED = (429, 503)
"""Nothing happened."""
REPEATABLE = (0, 409, 429, 502, 503, 504)
"""Worth a repetition under the same key."""
AGAIN_S = 60.0
"""A request that is done comes again within this."""


@dataclass(slots=True)
class AppCall:
    """One call as its app saw it. `status` is 0 where no answer came; times are seconds since the run began."""

    tag: str
    intent: Intent
    sent_s: float
    ended_s: float
    status: int
    problem: str
    attempts: int
    allowed_s: float
    headed_s: float | None = None
    """The moment at which the answer's head came; None where none came."""
    answer: HttpResponse | None = None
    """The answer, or as much as came of it."""
    again: Again = ""
    """Where it is the one that comes under the key of one that is done: its content."""

    @property
    def record(self) -> str:
        """The id of the record that tells what becomes of it; empty where the app was told of none."""
        if not self.goes_on or self.answer is None:
            return ""
        headers = self.answer.headers
        return headers.get("Location", "").rpartition("/")[2] or headers.get("Tidegate-Call", "")

    @property
    def goes_on(self) -> bool:
        """True where the app was told that the proxy goes on with it: it is carried out later, or found out."""
        accepted = self.status == ACCEPTED and (self.answer is None or "Location" in self.answer.headers)
        return accepted or self.problem == "outcome-unknown"


class SearchApp:
    """Pursues intents.

    `since` gives seconds since the run began, as the client's world does; `budget_s` is the policy's time for a call,
    where the story's operation has none of its own.
    """

    def __init__(
        self,
        client: HttpClient,
        rng: random.Random,
        sleep: Callable[[float], Awaitable[None]],
        since: Callable[[], float],
        budget_s: float,
        stories: Mapping[str, Story] = STORIES,
    ) -> None:
        self._client = client
        self._stories = stories
        self._rng = rng
        self._sleep = sleep
        self._since = since
        self._budget_s = budget_s
        self.calls: list[AppCall] = []

    async def pursue(self, intent: Intent) -> IntentResult:
        """Call until it is done, refused for good, or the patience is used up."""
        story, statuses = self._stories[intent.story], list[int]()
        give_up_s = intent.start_s + intent.patience_s
        again = REPEATABLE if story.repeatable else REFUSED
        while True:
            call = await self._try(intent, story, len(statuses) + 1)
            statuses.append(call.status)
            wait_s = self._rng.uniform(0, min(CAP_S, BASE_S * 2 ** (len(statuses) - 1)))
            wait_s += _retry_after_s(call)
            final = call.status not in again or len(statuses) >= story.tries
            if final or self._since() + wait_s > give_up_s:
                ended = IntentResult(intent, outcome_of(statuses), self._since(), tuple(statuses))
                if story.again and 200 <= call.status < 300:
                    await self._sleep(self._rng.uniform(0, AGAIN_S))
                    await self._try(intent, story, len(statuses) + 1, story.again)
                return ended
            await self._sleep(wait_s)

    async def _try(self, intent: Intent, story: Story, number: int, again: Again = "") -> AppCall:
        tag, sent_s = f"{intent.id}/{number}", self._since()
        budget_s = story.budget_s or self._budget_s
        allowed_s = min(budget_s, story.asks_s or budget_s)
        call = AppCall(tag, intent, sent_s, 0.0, 0, "", 0, allowed_s, again=again)
        written = story.request(intent, tag, other=again == "other")
        if again == "other" and _content(written) == _content(story.request(intent, tag)):
            call.again = "same"  # all of its content names what it is about
        halves, waits_s = story.content in ("long", "much", "chunks"), max(WAITS_S, WAITS * budget_s)
        try:
            answer = await self._client.ask(written, story.hangs_up_s or waits_s, halves=halves)
        except NotConnected:
            call.status = 503
            call.problem = "not connected"
        except ConnectionLost:
            pass
        else:
            call.answer, call.headed_s = answer, answer.headed_s
            if answer.whole:
                call.status = story.status_of(answer)
                call.problem = answer.headers.get("Tidegate-Problem", "")
                call.attempts = int(answer.headers.get("Tidegate-Attempts", "0"))
        call.ended_s = self._since()
        self.calls.append(call)
        return call


def _content(request: bytes) -> tuple[bytes, bytes]:
    """What a key stands for: the request line and the content, and no header."""
    head, _, body = request.partition(b"\r\n\r\n")
    return head.partition(b"\r\n")[0], body


def _retry_after_s(call: AppCall) -> float:
    """Seconds of the answer's Retry-After, 0 without one. Our apps read no date, as few do."""
    after = call.answer.headers.get("Retry-After", "") if call.answer is not None and call.answer.whole else ""
    return float(after) if after.isdecimal() else 0.0
