"""Takes a vendor's webhook: bounded, verified before anything of it is read, on the disk before it is answered.

    whose path → method → body, as it came → a question of the vendor's? → verify → known and wanted? → rows → 2xx

A 2xx means that every app's row is on the disk, or was before. Whatever of ours is in the way is 503, so that the
vendor tries again. A stranger gets 401 and no reason: that is counted, and in the log. It refuses to know how webhooks
are delivered, and what HTTP the listener speaks.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from random import Random

from aiohttp import web

from tidegate.content_coding import coding_of, codings_in
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.durable.inbox_rows import ReceivedWebhook, backlog_of, event_parts, keep_s_of, rows_of
from tidegate.proxy.inbox_config import InboxSettings
from tidegate.proxy.onramp.request_content import read_content
from tidegate.proxy.policies.delivery.backlog import BacklogFull
from tidegate.proxy.policies.delivery.webhook_event import WebhookEvent
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.policies.webhooks.challenge import WebhookAnswer, accepted_answer, challenge_answer
from tidegate.proxy.policies.webhooks.clock_skew import ClockSkew
from tidegate.proxy.policies.webhooks.verdict import InboundWebhook, RawHeaders, RefusedWebhook
from tidegate.proxy.policies.webhooks.verification import verify
from tidegate.proxy.store.deliveries import Accepted, Deliveries, Repeated
from tidegate.proxy.store.store_error import StoreError
from tidegate.proxy.telemetry.inbox_metrics import InboxMetrics
from tidegate.proxy.telemetry.telemetry import Noted
from tidegate.proxy.webhook_routes import WebhookRoutes, WebhookSource
from tidegate.world.world import World

PATIENCE_SHARE = 1 / 3
"""Of the time that a vendor waits for our answer, writing it down may take so much."""
RETRY_AFTER_S = 5
"""Said with a 503, for the few vendors that read it."""
FULL_RETRY_AFTER_S = 60


@dataclass(frozen=True, slots=True)
class InboxAnswer:
    """What a vendor is answered, and why: `outcome` is one of a closed list, and counted."""

    status: int
    outcome: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    event: str = ""
    event_id: str = ""


class InboxReceiver:
    """See the module. `routes` gives what is in force now, `clock` the time of the store."""

    def __init__(
        self,
        world: World,
        deliveries: Deliveries,
        clock: Callable[[], StoreTime],
        routes: Callable[[], tuple[InboxSettings, WebhookRoutes]],
        metrics: InboxMetrics,
        note: Noted,
        sample: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._world, self._deliveries, self._clock, self._routes = world, deliveries, clock, routes
        self._metrics, self._note, self._sample = metrics, note, sample
        self._ids: Random = world.random("inbox ids")
        self._skews: dict[str, ClockSkew] = {}
        metrics.skews = lambda: {source: skew.skew_s() or 0.0 for source, skew in self._skews.items()}

    async def answer(self, request: web.BaseRequest, target: str, base_url: str) -> InboxAnswer:
        """The answer to a request, which is counted and noted. `base_url` is the inbox as vendors call it.

        Raises ConnectionResetError where the vendor goes away before its body has ended.
        """
        began = self._world.now()
        settings, routes = self._routes()
        source = routes.sources.get(target.partition("?")[0].removeprefix("/"))
        if source is None:
            answer = InboxAnswer(404, "unknown-source")
        else:
            answer = await self._received(request, base_url + target, source, settings, routes)
        name = source.name if source else ""
        self._metrics.received[name, answer.outcome] += 1
        facts = {"source": name, "vendor": source.vendor if source else "", "event": answer.event}
        self._note(
            "webhook", self._world.wall(), **{key: value for key, value in facts.items() if value},
            event_id=answer.event_id, outcome=answer.outcome, status=answer.status,
            took_ms=round((self._world.now() - began) * 1000, 3),
        )  # fmt: skip
        return answer

    async def _received(
        self, request: web.BaseRequest, url: str, source: WebhookSource, settings: InboxSettings, routes: WebhookRoutes
    ) -> InboxAnswer:
        method, challenge = request.method, source.recipe.challenge
        methods = ("POST", challenge.method) if challenge else ("POST",)
        if method not in methods:
            return InboxAnswer(405, "wrong-method", (("Allow", ", ".join(dict.fromkeys(methods))),))
        if codings_in(coding_of(request.headers)):
            return InboxAnswer(415, "coded-body", (("Accept-Encoding", "identity"),))
        body_max = settings.body_max_bytes
        content = await read_content(
            request, self._world, self._world.now() + settings.body_timeout,
            kept_max=body_max, bytes_max=body_max, idle_s=settings.body_timeout,
        )  # fmt: skip
        if isinstance(content, Reply) or content.whole is None:
            status = content.problem.status if isinstance(content, Reply) and content.problem else 413
            return InboxAnswer(status, _UNREAD.get(status, "unreadable"))
        webhook = InboundWebhook(_raw_headers(request), content.whole, url, method)
        return await self._judged(webhook, source, settings, routes)

    async def _judged(
        self, webhook: InboundWebhook, source: WebhookSource, settings: InboxSettings, routes: WebhookRoutes
    ) -> InboxAnswer:
        """Verify it; answer a question, accept an event."""
        secrets = [secret.reveal() for secret in source.secrets]
        token = source.token.reveal() if source.token else None
        asked = challenge_answer(source.recipe, webhook, secrets, token, is_verified=False)
        if asked is not None:
            return _challenged(asked)
        verdict = verify(source.recipe, webhook, secrets, self._world.wall())
        if verdict.skew_s is not None:
            self._measure(source, verdict.skew_s)
        if isinstance(verdict, RefusedWebhook):
            return _refused(verdict)
        asked = challenge_answer(source.recipe, webhook, secrets, token, is_verified=True)
        if asked is not None:
            return _challenged(asked)
        if webhook.method != "POST":
            return InboxAnswer(405, "wrong-method", (("Allow", "POST"),))
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in webhook.headers}
        event = WebhookEvent(headers, webhook.body)
        name = event.name(event_parts(source))
        received = ReceivedWebhook(source, headers, webhook.body, verdict, event, name)
        answer = accepted_answer(source.recipe)
        if not source.wants(name) and not event.is_unreadable:  # nobody can tell that it is none of these
            return _accepted(answer, "not-wanted", received)
        return await self._accept(received, answer, settings, routes)

    async def _accept(
        self, webhook: ReceivedWebhook, answer: WebhookAnswer, settings: InboxSettings, routes: WebhookRoutes
    ) -> InboxAnswer:
        """Write it down for every app. Whatever is not on the disk in time is asked for again."""
        source = webhook.source
        apps = [routes.endpoints[app, "webhooks"] for app in source.apps]
        keep_s, sample = keep_s_of(source, settings), self._sample()
        rows = rows_of(webhook, apps, self._clock(), keep_s=keep_s, ids=self._ids, sample=sample)
        bounds = backlog_of(settings)
        within_s = min(settings.commit_within, source.facts.timeout * PATIENCE_SHARE)
        try:
            async with self._world.timeout(within_s):
                came = await asyncio.gather(*(self._deliveries.accept(row, self._clock(), bounds) for row in rows))
        except TimeoutError:
            return _later("store-slow", webhook)
        except StoreError:
            return _later("store-trouble", webhook)
        full = next((one for one in came if isinstance(one, BacklogFull)), None)
        if full is not None:
            return _later("backlog-full", webhook, FULL_RETRY_AFTER_S)
        return _accepted(answer, _outcome(webhook, came), webhook)

    def _measure(self, source: WebhookSource, skew_s: float) -> None:
        change = self._skews.setdefault(source.name, ClockSkew()).record(skew_s, self._world.now())
        if change is not None:
            text = (
                "our clock and a vendor's differ"
                if change.alarm == "begins"
                else "our clock and a vendor's agree again"
            )
            self._note(text, self._world.wall(), source=source.name, skew_s=round(change.skew_s, 1))


_UNREAD = {408: "slow-body", 413: "large-body", 501: "unknown-coding"}


def _raw_headers(request: web.BaseRequest) -> RawHeaders:
    return request._message.raw_headers  # noqa: SLF001 - see tidegate.proxy.onramp.server


def _refused(verdict: RefusedWebhook) -> InboxAnswer:
    return InboxAnswer(HTTPStatus.UNAUTHORIZED, str(verdict.flaw))


def _challenged(asked: WebhookAnswer | RefusedWebhook) -> InboxAnswer:
    if isinstance(asked, RefusedWebhook):
        return _refused(asked)
    return InboxAnswer(asked.status, "challenge", asked.headers, asked.body)


def _later(outcome: str, webhook: ReceivedWebhook, retry_after_s: int = RETRY_AFTER_S) -> InboxAnswer:
    headers = (("Retry-After", str(retry_after_s)),)
    return InboxAnswer(
        HTTPStatus.SERVICE_UNAVAILABLE, outcome, headers, event=webhook.name, event_id=webhook.verified.dedupe_id
    )


def _accepted(answer: WebhookAnswer, outcome: str, webhook: ReceivedWebhook) -> InboxAnswer:
    return InboxAnswer(answer.status, outcome, answer.headers, answer.body, webhook.name, webhook.verified.dedupe_id)


def _outcome(webhook: ReceivedWebhook, came: Sequence[Accepted | Repeated | BacklogFull]) -> str:
    """`repeated` where every app's row was there before, and `repeated-otherwise` where it had another body."""
    before = [one.delivery.new for one in came if isinstance(one, Repeated)]
    if len(before) < len(came):
        return "accepted"
    same = all(new.fingerprint == webhook.verified.body_sha256 for new in before)
    return "repeated" if same else "repeated-otherwise"
