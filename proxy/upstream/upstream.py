"""What the proxy holds at run time for one vendor: its connections, credential, breakers, limits and retry budget.

One `Upstream` lives as long as its vendor file, and what tidegate.yaml says of it, are in force. It is state and
wiring; the stages act.
"""

import ssl
from collections.abc import Callable, Mapping, Sequence
from typing import Literal
from urllib.parse import urlsplit

from tidegate.openapi.document import Document
from tidegate.policy.breaker import DEFAULT_GROUP
from tidegate.policy.retry import RETRY_FLOOR, RETRY_WINDOW_S
from tidegate.problems import UsageError
from tidegate.proxy.call.call import Permit, Reply
from tidegate.proxy.call.outcome import Hint, Verdict
from tidegate.proxy.config import VendorUse
from tidegate.proxy.policies.dialects.dialect_reader import hint_of
from tidegate.proxy.policies.resilience.backoff import upwards
from tidegate.proxy.policies.resilience.breaker_states import BreakerState
from tidegate.proxy.policies.resilience.circuit_breaker import BreakerEvent, CircuitBreaker
from tidegate.proxy.policies.resilience.retry_budget import RetryBudget
from tidegate.proxy.store.records import Records
from tidegate.proxy.upstream.answer_cache import AnswerCache
from tidegate.proxy.upstream.classify import classifier, document_of
from tidegate.proxy.upstream.credential import Credential
from tidegate.proxy.upstream.inheritance import inherit
from tidegate.proxy.upstream.report_mode import ReportMode
from tidegate.proxy.upstream.request_head import RequestWriter
from tidegate.proxy.upstream.sunset_notices import SunsetNotices
from tidegate.proxy.upstream.url_rewriting import UrlRewriter
from tidegate.proxy.upstream.vendor_cache import VendorCache
from tidegate.proxy.upstream.vendor_limits import VendorLimits
from tidegate.proxy.wire.transport import Origin, VendorAnswer
from tidegate.proxy.wire.transport_choice import transport_for
from tidegate.vendor.vendor_file import LoadedVendor
from tidegate.world.world import World

BreakerListener = Callable[[str, Sequence[BreakerEvent]], None]
"""Is told the breaker group and what happened to it."""


class Upstream:
    """One vendor at run time."""

    writes = 0
    """How many have ended, where reads may be joined."""

    def __init__(
        self,
        world: World,
        loaded: LoadedVendor,
        document: Document,
        *,
        use: VendorUse,
        credential: Credential,
        records: Records,
        answers: AnswerCache | None = None,
        transport: str = "auto",
    ) -> None:
        vendor = loaded.vendor
        self.world, self.use, self.records = world, use, records
        self.name, self.loaded, self.document = vendor.vendor, loaded, document
        self.facts, self.policy, self.credential = vendor.facts, vendor.policy, credential
        self.rng = world.random(f"retry {self.name}")
        self.classify = classifier(vendor.facts)
        base = use.base_url or vendor.facts.base_url
        self.address = base.rstrip("/")
        self.addresses = UrlRewriter(self.address, self.name) if vendor.facts.urls == "rewrite" else None
        where = origin(base, use)
        self.reach = (self.address, where.private, where.trust)  # where it is the same, connections are still good
        self.transport = transport_for(transport)(world, where)
        self.retry_budget = RetryBudget(vendor.policy.retry.budget, RETRY_FLOOR, RETRY_WINDOW_S)
        self.breakers: dict[str, CircuitBreaker] = {}
        self.reports, self.notices = ReportMode(world), SunsetNotices(world)
        self.admission = VendorLimits(world, vendor, self.reports)
        self.listening: BreakerListener | None = None
        keys, hint = vendor.facts.idempotency, vendor.facts.errors.retry_hint
        self.key_header = keys.header if keys else None
        self.replay_mark = keys.replay_mark if keys else None
        self.retry_hint_header = hint.header if hint else None
        self.stop_hint_name = hint.header.lower().encode() if hint else None
        self.app_key_header = vendor.facts.auth.header
        self.file: Mapping[str, object] = {}
        """What is told of the vendor file that is in force."""
        outgoing = RequestWriter(vendor.facts, self.address, credential)
        self.request_head = outgoing.write
        self.cache = VendorCache(
            AnswerCache(0) if answers is None else answers, vendor, self.address, credential, outgoing
        )

    def inherit(self, old: "Upstream") -> None:
        """Take over what an earlier version has built up: counts always, the rest where its settings are the same.

        Both then hold the very same breakers, permits and connections, so calls that are still under way on the earlier
        version count for this one. Before the first call.
        """
        now = self.world.now()
        self.listening, self.reports, self.notices = old.listening, old.reports, old.notices
        self.breakers = old.breakers if self.policy.breaker == old.policy.breaker else self._held_as(old.breakers, now)
        self.retry_budget = old.retry_budget
        self.retry_budget.ratio = self.policy.retry.budget
        inherit(self.admission, old.admission, now)
        self.cache.inherit(old.cache)
        if self.reach == old.reach:
            self.transport = old.transport

    def _held_as(self, breakers: Mapping[str, CircuitBreaker], now: float) -> dict[str, CircuitBreaker]:
        """New breakers where the settings are new; what an operator holds open or closed stays so."""
        forced: dict[BreakerState, Literal["open", "closed"]] = {
            BreakerState.FORCED_OPEN: "open",
            BreakerState.FORCED_CLOSED: "closed",
        }
        for group, breaker in breakers.items():
            state = breaker.snapshot(now).state
            if state in forced:
                self.breaker(group).force(forced[state], now)
        return self.breakers

    def breaker(self, group: str) -> CircuitBreaker:
        """The breaker of one operation group."""
        if group not in self.breakers:
            self.breakers[group] = CircuitBreaker(
                self.policy.breaker, self.world.random(f"breaker {self.name} {group}")
            )
        return self.breakers[group]

    @property
    def joins(self) -> bool:
        """Whether equal reads may be joined."""
        return any(one.cache or one.coalesce for one in self.loaded.vendor.operations.values())

    @property
    def groups(self) -> frozenset[str]:
        """The breaker groups of its operations."""
        named = {settings.group for settings in self.loaded.vendor.operations.values() if settings.group}
        return frozenset({DEFAULT_GROUP, *named, *self.breakers})

    def force(self, group: str, to: Literal["open", "closed"] | None) -> None:
        """Keep a breaker open or closed whatever happens; with None let it judge again."""
        self.tell(self.breaker(group).force(to, self.world.now()), group)

    def tell(self, events: Sequence[BreakerEvent], group: str) -> None:
        """Pass a breaker's events on to whoever listens."""
        if self.listening is not None:
            self.listening(group, events)

    def hint(self, reply: Reply) -> Hint:
        """What an answer of the vendor's says about a resend."""
        reader, wall = self.admission.reader, self.world.wall()
        if reader.silent or reply.verdict is not Verdict.THROTTLED or reply.vendor_headers is None:
            return hint_of(reply.vendor_headers, self.retry_hint_header, wall, reader)
        document = document_of(reply.vendor_headers, reply.body) if reader.wants_body else None
        told = reader.read(reply.vendor_headers, document, wall)
        return hint_of(reply.vendor_headers, self.retry_hint_header, wall, reader, told, throttled=True)

    def headed(self, answer: VendorAnswer, permit: Permit | None) -> None:
        """Believe the head of a refusal for rate at once: its body may be long in coming, or never end."""
        verdict = self.classify(answer.status, answer.headers, b"")
        stored = self.replay_mark is not None and self.replay_mark in answer.headers
        if permit is None or verdict is not Verdict.THROTTLED or stored:
            return
        hint = self.hint(Reply(answer.status, answer.reason, answer.raw_headers, b"", verdict, answer.headers))
        if hint.retry_after_s and not hint.unsaid:
            permit.pause_until(self.world.now() + upwards(self.rng, hint.retry_after_s))

    async def retire(self, heir: "Upstream | None") -> None:
        """Close what no version uses any more. Calls under way keep their connections until they end."""
        if heir is None:
            await self.close()
        elif heir.transport is not self.transport:
            await self.transport.close()

    async def close(self) -> None:
        """Cancel what runs in the background, close every connection that is idle, write down what is used."""
        await self.cache.close()
        await self.transport.close()
        await self.admission.close()


def origin(base_url: str, use: VendorUse) -> Origin:
    """Where a base URL leads. Raises UsageError where its CA file cannot be read."""
    parts = urlsplit(base_url)
    tls, trust = None, b""
    if parts.scheme == "https":
        try:
            trust = use.ca.read_bytes() if use.ca else b""
            tls = ssl.create_default_context(cafile=str(use.ca) if use.ca else None)
        except (OSError, ssl.SSLError) as error:
            raise UsageError(f"{use.ca}: this is not a file of CA certificates: {error}") from None
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return Origin(parts.hostname or "", port, tls, private=use.private_addresses == "allow", trust=trust)
