"""Stories about somebody's own vendor: ways of asking for an operation, with requests drawn from its document.

A story is named after whom it asks for what, and how: `shop createOrder hasty`. What an app may expect of an operation,
its plan says: whether a repetition is safe, how long a call takes at most, whether it may be carried out later.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from tidegate.chaos.apps.http_client import HttpResponse
from tidegate.chaos.apps.naive_sdk import SdkResponse
from tidegate.chaos.apps.retry_loop import Intent
from tidegate.chaos.apps.stories import TOKENS, Again, Story, app_of, key_of
from tidegate.drawing.request_drawer import DrawnRequest, RequestDrawer
from tidegate.json_pointer import at_pointer
from tidegate.openapi.document import Operation
from tidegate.plan.plan import OperationPlan
from tidegate.policy.plan_values import SAFE
from tidegate.scenario.call_tag import TAG_HEADER
from tidegate.scenario.load import GivenRequest
from tidegate.vendor.vendor import InSuccess, Vendor

OTHER: Final = "-other"
"""What the tag of another content ends with."""

TRIES_UNSAFE: Final = 4
"""Under a key that the vendor does not know, an outcome that is unknown stays so: nobody asks for it twenty times."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way of asking. `weight` is how often it is drawn among the ways of its operation."""

    name: str
    weight: int
    keyed: bool = False
    asks_s: float | None = None
    hangs_up_s: float | None = None
    tries: int = 100
    """A stop for a loop gone wild: the patience ends it first, however long the policy lets a call take."""
    again: Again = ""


WAYS_TO_WRITE: Final = (
    Way("keyed", 10, keyed=True),
    Way("plain", 5),
    Way("hasty", 3, keyed=True, hangs_up_s=0.5),
    Way("rash", 1, hangs_up_s=0.3, tries=4),
    Way("urgent", 3, keyed=True, asks_s=1.0),
    Way("repeat", 2, keyed=True, again="same"),
    Way("revise", 2, keyed=True, again="other"),
)
WAYS_TO_READ: Final = (Way("plain", 10), Way("glance", 1, hangs_up_s=0.3, tries=2), Way("brisk", 1, asks_s=1.0))
ORDINARY: Final = {True: "keyed", False: "plain"}
"""How an app asks that does what the documentation says: for a write (True), and for a read."""


@dataclass(frozen=True, slots=True)
class DrawnSource:
    """What is asked for: an operation of a vendor, or one of a scenario's requests for it, and its plan.

    Its `repr` is short, for it stands in every story of a cast.
    """

    name: str
    vendor: Vendor = field(repr=False)
    operation: Operation = field(repr=False)
    plan: OperationPlan = field(repr=False)
    drawer: RequestDrawer = field(repr=False, compare=False)
    given: GivenRequest | None = field(default=None, repr=False)

    @property
    def writes(self) -> bool:
        """True where its method may change something."""
        return self.operation.method not in SAFE

    @property
    def statuses(self) -> frozenset[str]:
        """The statuses that its document lists."""
        listed = self.operation.node.get("responses")
        return frozenset(map(str, listed)) if isinstance(listed, dict) else frozenset()

    def draw(self, tag: str, names: Mapping[str, str]) -> DrawnRequest:
        """The request of one intent."""
        return self.drawer.draw(self.operation, tag, names, self.given)


@dataclass(frozen=True, slots=True)
class DrawnStory(Story):
    """A way of asking for what a source is about."""

    source: DrawnSource | None = None

    @property
    def drawn(self) -> DrawnSource:
        """What is asked for."""
        assert self.source is not None
        return self.source

    @property
    def vendor(self) -> str:
        """Whom it asks."""
        return self.drawn.vendor.vendor

    @property
    def writes(self) -> bool:
        """True where it may change something."""
        return self.drawn.writes

    @property
    def budget_s(self) -> float:
        """What the plan gives a call."""
        return self.drawn.plan.budget_s

    @property
    def effect(self) -> str:
        """None: a request that was carried out counts as one, whatever the document calls what it did."""
        return ""

    @property
    def happens_once(self) -> bool:
        """True where the plan does not say that once more is once."""
        return self.drawn.plan.idempotency not in ("natural", "safe")

    @property
    def fresh_s(self) -> float | None:
        """So long a stored answer may be given again, where only the plan says so."""
        cache, facts = self.drawn.plan.cache, self.drawn.vendor.facts
        if cache is None or cache.fresh is None or cache.despite or facts.conditional is not None:
            return None
        stale = max(cache.stale_if_error or 0.0, cache.stale_while_revalidate or 0.0)
        return cache.fresh + stale

    @property
    def is_drawn(self) -> bool:
        """Always."""
        return True

    @property
    def streams(self) -> bool:
        """Never, unless its given content asks for it: nobody reads that here."""
        return False

    @property
    def repeatable(self) -> bool:
        """True where a call may be repeated when nobody knows its outcome."""
        return self.keyed or not self.happens_once

    @property
    def may_wait(self) -> bool:
        """True where the file lets its operation be carried out later."""
        plan = self.drawn.plan
        return plan.defer.when != "never" or plan.unavailable == "defer"

    def request(self, intent: Intent, tag: str, *, other: bool = False) -> bytes:
        """The whole request, at the gateway."""
        facts, drawn = self.drawn.vendor.facts, self.drawn.draw(intent.id + OTHER * other, intent.names)
        token, slot = TOKENS[app_of(intent)], facts.auth.header
        headers = {"Host": "127.0.0.1", slot: f"Bearer {token}" if slot == "Authorization" else token}
        headers |= {**drawn.headers, TAG_HEADER: tag}
        if self.asks_s is not None:
            headers["Tidegate-Timeout"] = f"{self.asks_s:g}s"
        if self.keyed:
            headers["Idempotency-Key"] = key_of(intent)
        if drawn.body or self.drawn.operation.method in ("POST", "PUT", "PATCH"):
            headers["Content-Length"] = str(len(drawn.body))
        lines = [f"{drawn.method} /{self.vendor}{drawn.target} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + drawn.body

    def status_of(self, answer: HttpResponse | SdkResponse) -> int:
        """The answer's status; or what an error in an answer of success means; of any refusal for the rate 429.

        GitHub's is a 403: an app knows it by the problem that Tidegate names (docs/problems.md).
        """
        if answer.headers.get("Tidegate-Problem") == "vendor-rate-limited":
            return 429
        if 300 <= answer.status < 400 and str(answer.status) in self.drawn.statuses:
            return 200  # a POST that is done, and whose result is elsewhere (RFC 9110 §15.4.4)
        errors = self.drawn.vendor.facts.errors.in_200
        if errors is None or not 200 <= answer.status < 300:
            return answer.status
        code = _code(answer.body, errors)
        if code is None:
            return answer.status
        return 429 if code in errors.throttled else 500 if code in errors.failed else 400


def stories_of(source: DrawnSource, *, several: bool) -> Iterator[tuple[str, int, DrawnStory]]:
    """Every story about a source: its name, its weight among them, and itself. `several`: there are other vendors."""
    safe = source.plan.idempotency not in ("never-resend", "lookup")
    for way in WAYS_TO_WRITE if source.writes else WAYS_TO_READ:
        name = story_name(source, way.name, several=several)
        tries = way.tries if safe else min(way.tries, TRIES_UNSAFE)
        if way.again == "other" and _content(source, "a") == _content(source, "b"):
            continue
        yield name, way.weight, DrawnStory(
            source.operation.id, keyed=way.keyed, asks_s=way.asks_s, hangs_up_s=way.hangs_up_s, tries=tries,
            again=way.again, source=source,
        )  # fmt: skip


def _content(source: DrawnSource, tag: str) -> tuple[str, bytes]:
    drawn = source.draw(tag, {})
    return drawn.target, drawn.body


def story_name(source: DrawnSource, way: str, *, several: bool) -> str:
    """`createOrder hasty`; with the vendor's name before it where there are several."""
    return " ".join([source.vendor.vendor] * several + [source.name, way])


def _code(body: bytes, errors: InSuccess) -> str | None:
    """The error code in an answer, None where it has none."""
    try:
        value: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    code = at_pointer(value, errors.pointer)
    return None if code is None else str(code)
