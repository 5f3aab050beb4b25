"""One vendor at run time: its connections, credential, breakers, limits and retry budget.

One `Upstream` lives as long as its vendor file, and what tidegate.yaml says of it, are in force. It is state and
wiring; the stages act.
"""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from urllib.parse import urlsplit

from tidegate.openapi.document import Document
from tidegate.plan.plan import OperationPlan
from tidegate.policy.retry import RETRY_FLOOR, RETRY_WINDOW_S
from tidegate.problems import UsageError
from tidegate.proxy.call.call import Call
from tidegate.proxy.call.credential import Credential
from tidegate.proxy.call.outcome import Hint, Verdict
from tidegate.proxy.call.permit import Permit
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.config import VendorUse
from tidegate.proxy.credentials.client_certificate import LoadedCertificate
from tidegate.proxy.credentials.credential_pool import CredentialPool
from tidegate.proxy.credentials.credential_provider import CredentialProvider
from tidegate.proxy.discovery.recorder import DiscoveryRecorder
from tidegate.proxy.observation.answer_recorder import AnswerRecorder
from tidegate.proxy.policies.delivery.backlog import BacklogBounds
from tidegate.proxy.policies.dialects.dialect_reader import hint_of
from tidegate.proxy.policies.residency.vendor_residency import NO_RESIDENCY, VendorResidency
from tidegate.proxy.policies.resilience.backoff import upwards
from tidegate.proxy.policies.resilience.retry_budget import RetryBudget
from tidegate.proxy.secrecy.placeholder_grants import NO_GRANTS, PlaceholderGrants
from tidegate.proxy.secrecy.placeholder_swap import swapping
from tidegate.proxy.secrecy.placeholder_texts import Grant
from tidegate.proxy.store.deliveries import Deliveries
from tidegate.proxy.store.kept_secrets import KeptSecrets
from tidegate.proxy.store.records import Records
from tidegate.proxy.store.sealed.kept_answers import KeptAnswers
from tidegate.proxy.upstream.answer_cache import AnswerCache
from tidegate.proxy.upstream.answer_classifier import classifier, document_of
from tidegate.proxy.upstream.limit_inheritance import inherit
from tidegate.proxy.upstream.report_mode import ReportMode
from tidegate.proxy.upstream.request_writer import RequestWriter
from tidegate.proxy.upstream.sunset_notices import SunsetNotices
from tidegate.proxy.upstream.url_rewriting import UrlRewriter
from tidegate.proxy.upstream.vendor_breakers import VendorBreakers
from tidegate.proxy.upstream.vendor_cache import VendorCache
from tidegate.proxy.upstream.vendor_limits import VendorLimits
from tidegate.proxy.wire.egress import AddressDecision
from tidegate.proxy.wire.transport import Origin, VendorAnswer
from tidegate.proxy.wire.transport_choice import transport_for
from tidegate.redaction.echo_mask import EchoMask
from tidegate.redaction.redactor import Redactor
from tidegate.url_port import port_of
from tidegate.vendor.vendor import Facts
from tidegate.vendor.vendor_file import LoadedVendor
from tidegate.world.world import World


def _nothing(call: Call, reply: Reply) -> None:
    del call, reply


def _version_header(facts: Facts) -> str:
    return facts.versioning.header if facts.versioning is not None else ""


class Upstream:
    """One vendor at run time."""

    writes = 0
    """The number of writes that have ended, counted where reads may be joined."""

    on_shortage: Callable[[str], object] = str
    """Told where a connection failed for want of our own means; nobody listens at first."""

    on_address: Callable[[AddressDecision], object] = repr
    """Told of each address that was refused, or is not public; nobody listens at first."""

    on_late_end: Callable[[Call, Reply], object] = _nothing
    """Told of each call that has ended after its app was answered; nobody listens at first."""

    going_on: set[asyncio.Task[Reply]]
    """Calls that go on although their apps were answered: each ends by itself, or with the proxy."""

    deliveries: Deliveries | None = None
    """What is carried out later; None where nothing can be."""

    file: Mapping[str, object] = MappingProxyType({})
    """The facts that are shown of the vendor file in force."""

    echo_mask: EchoMask | None = None
    """What masks our secrets in answers; None where they go on as they came."""

    discovery: DiscoveryRecorder | None = None
    """Notes what apps call; None where nobody does."""

    observation: AnswerRecorder | None = None
    """Looks at sampled answers for drift; None where nobody does."""

    reach: tuple[str, str, bytes, bytes]
    """What connections depend on: where it is the same, those of another version are still good."""

    placeholders: PlaceholderGrants = NO_GRANTS
    """The placeholders that apps may use."""

    outbox_bounds = BacklogBounds()
    """How much of it may wait."""

    def __init__(
        self,
        world: World,
        loaded: LoadedVendor,
        document: Document,
        *,
        use: VendorUse,
        provider: CredentialProvider,
        records: Records,
        answers: AnswerCache | None = None,
        transport: str = "auto",
        residency: VendorResidency = NO_RESIDENCY,
    ) -> None:
        vendor = loaded.vendor
        self.world, self.use, self.records, self.going_on = world, use, records, set()
        self.name, self.loaded, self.document, self.residency = vendor.vendor, loaded, document, residency
        self.facts, self.policy, self.provider = vendor.facts, vendor.policy, provider
        self.redactor, self.kept_answers = Redactor(now=world.now, listener=self._hide), KeptAnswers(self.name, ())
        self._learn(*provider.credentials)
        self.rng, self.classify = world.random(f"retry {self.name}"), classifier(vendor.facts)
        self.address = (base := use.base_url or vendor.facts.base_url).rstrip("/")
        self.urls, self.rewrites_json = UrlRewriter(self.address, self.name), vendor.facts.urls == "rewrite"
        where = origin(base, use, provider.certificate, self._judged)
        self.reach = (self.address, use.private_addresses, where.trust, where.certificate)
        self.transport = transport_for(transport)(world, where)
        self.retry_budget = RetryBudget(vendor.policy.retry.budget, RETRY_FLOOR, RETRY_WINDOW_S)
        self.breakers = VendorBreakers(world, vendor)
        self.reports, self.notices = ReportMode(world), SunsetNotices(world, _version_header(vendor.facts))
        self.limits = VendorLimits(world, vendor, self.reports, provider.choice)
        keys, hint = vendor.facts.idempotency, vendor.facts.errors.retry_hint
        self.replay_mark = keys.replay_mark if keys else None
        self.retry_hint_header = hint.header if hint else None
        self.stop_hint_name = hint.header.lower().encode() if hint else None
        self.app_key_header, scheme = vendor.facts.auth.header, vendor.facts.auth.scheme
        self.app_key_parameter = vendor.facts.auth.parameter if scheme == "query" else ""
        self._outgoing = outgoing = RequestWriter(vendor.facts, self.address, provider.current, vendor.policy.forward)
        self.request_head, self.sends = outgoing.write, outgoing.sends
        kept = AnswerCache(0) if answers is None else answers
        self.cache = VendorCache(kept, vendor, self.address, provider.current, outgoing, provider.credentials)
        provider.listen(self._wear, self.limits.look_again)

    def _wear(self, credential: Credential) -> None:
        """A credential comes into force: it is written, hidden and told apart from now on. Earlier ones stay hidden."""
        self._learn(credential)
        self.cache.wear(credential)
        self._outgoing.wear(credential)

    def _learn(self, *credentials: Credential) -> None:
        for credential in credentials:
            self.redactor.learn(credential.secrets, of=f"{self.name} {credential.name}")
        self.redactor.learn(self.residency.secrets, of=f"{self.name} tokens")

    def _hide(self) -> None:
        """The redactor has learned: what it knows stands in no record, and no app gets it from a vendor."""
        self.kept_answers.secrets = KeptSecrets(self.redactor.live)
        if self.policy.redact.echo == "mask":
            self.echo_mask = EchoMask(self.redactor.live)

    def _judged(self, decision: AddressDecision) -> None:
        self.on_address(decision)

    def put_placeholders(self, grants: PlaceholderGrants) -> None:
        """Let apps use these placeholders from now on."""
        for name, secret in grants.secrets_for(self.host):
            self.redactor.learn([secret], of=f"placeholder {name}")
        self.placeholders = grants

    def grant(self, call: Call) -> Grant:
        """The placeholders that a call may use."""
        return lambda placeholder: self.placeholders.secret(placeholder, call.app, self.host)

    def writer(self, plan: OperationPlan) -> Callable[[Call], bytes]:
        """Writes the requests of one operation for the vendor."""
        places = plan.placeholders
        return self.request_head if places is None else swapping(places, self.grant, self.request_head)

    @property
    def host(self) -> str:
        """The host that requests go to, in lower case."""
        return urlsplit(self.address).hostname or ""

    @property
    def files(self) -> tuple[Path, ...]:
        """All that it was read from so far: the vendor file, then the files of its document."""
        return (self.loaded.path, self.loaded.document_path, *self.document.other_files)

    @property
    def pool(self) -> CredentialPool | None:
        """The vendor's credentials where it has several, else None."""
        return self.provider if isinstance(self.provider, CredentialPool) else None

    @property
    def kept_secrets(self) -> KeptSecrets:
        """The vendor's secrets, as they are taken out of what is stored."""
        return self.kept_answers.secrets

    def inherit(self, old: "Upstream") -> None:
        """Take over what an earlier version has built up: counts always, the rest where its settings are the same.

        Both then hold the very same breakers, permits and connections, so calls that are still under way on the earlier
        version count for this one. Before the first call.
        """
        now = self.world.now()
        self.reports, self.notices = old.reports, old.notices
        self.breakers.inherit(old.breakers, now)
        self.retry_budget = old.retry_budget
        self.retry_budget.ratio = self.policy.retry.budget
        self.provider.inherit(old.provider)
        inherit(self.limits, old.limits, now)
        self.cache.inherit(old.cache)
        self.redactor.inherit(old.redactor)
        self.going_on = old.going_on
        if self.reach == old.reach:
            self.transport = old.transport

    @property
    def joins(self) -> bool:
        """True where equal reads may be joined."""
        return any(operation.cache or operation.coalesce for operation in self.loaded.vendor.operations.values())

    def hint(self, reply: Reply) -> Hint:
        """The word of a vendor's answer on a resend."""
        reader, wall = self.limits.reader, self.world.wall()
        if reader.silent or reply.verdict is not Verdict.THROTTLED or reply.vendor_headers is None:
            return hint_of(reply.vendor_headers, self.retry_hint_header, wall, reader)
        document = document_of(reply.vendor_headers, reply.body) if reader.wants_body else None
        reports = reader.read(reply.vendor_headers, document, wall)
        return hint_of(reply.vendor_headers, self.retry_hint_header, wall, reader, reports, throttled=True)

    def on_error_head(self, answer: VendorAnswer, permit: Permit | None) -> None:
        """Believe the head of a refusal for rate at once: its body may be long in coming, or never end."""
        verdict = self.classify(answer.status, answer.headers, b"")
        stored = self.replay_mark is not None and self.replay_mark in answer.headers
        if permit is None or verdict is not Verdict.THROTTLED or stored:
            return
        hint = self.hint(Reply(answer.status, answer.reason, answer.raw_headers, b"", verdict, answer.headers))
        if hint.retry_after_s and not hint.unsaid:
            permit.pause_until(self.world.now() + upwards(self.rng, hint.retry_after_s))

    def force(self, group: str, to: Literal["open", "closed"] | None) -> None:
        """Keep a breaker open or closed, or let it go. Whoever holds it closed lifts the vendor's pauses too."""
        self.breakers.force(group, to)
        if to == "closed":
            self.limits.lift()

    async def retire(self, heir: "Upstream | None") -> None:
        """Close what no version uses any more. Calls under way keep their connections until they end."""
        if heir is None:
            await self.close()
            return
        await self.provider.close()
        if heir.transport is not self.transport:
            await self.transport.close()

    async def close(self) -> None:
        """Cancel what runs in the background, close every connection that is idle, write down what is used."""
        for task in (going_on := [*self.going_on]):
            task.cancel()
        await asyncio.gather(*going_on, return_exceptions=True)
        await self.provider.close()
        await self.cache.close()
        await self.transport.close()
        await self.limits.close()


def origin(
    base_url: str,
    use: VendorUse,
    certificate: LoadedCertificate | None = None,
    on_address: Callable[[AddressDecision], object] = repr,
) -> Origin:
    """The origin that a base URL names. Raises UsageError where its CA file cannot be read, or the certificate."""
    parts = urlsplit(base_url)
    tls, trust, shown = None, b"", b""
    if parts.scheme == "https":
        try:
            trust = use.ca.read_bytes() if use.ca else b""
            tls = ssl.create_default_context(cafile=str(use.ca) if use.ca else None)
        except (OSError, ssl.SSLError) as error:
            raise UsageError(f"{use.ca}: this is not a file of CA certificates: {error}") from None
        if certificate is not None:
            certificate.show_on(tls)
            shown = certificate.digest
    reach = use.private_addresses
    return Origin(
        parts.hostname or "", port_of(parts), tls, private=reach == "allow", trust=trust, certificate=shown,
        warns=reach == "warn", on_address=on_address,
    )  # fmt: skip
