"""Calls apps back: what happened at the vendor is sent to every address that is registered for it, signed, and again.

The vendor file names signature, body and the pauses between tries; faults make a webhook come twice, late, out of
order, early, never, or with a signature that is worth nothing. The post itself is simulator.behaviour.webhook_post's.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

import orjson

from tidegate.json_pointer import at_pointer
from tidegate.simulator.answer.error_envelope import filled
from tidegate.simulator.answer.media_types import FORM
from tidegate.simulator.answer.multipart_body import with_boundary
from tidegate.simulator.behaviour import signatures
from tidegate.simulator.behaviour.callbacks import Callback
from tidegate.simulator.behaviour.declared_signature import declared_scheme
from tidegate.simulator.behaviour.documented_payload import DocumentedPayload, DocumentedPost
from tidegate.simulator.behaviour.documented_webhooks import DocumentedWebhooks
from tidegate.simulator.behaviour.sent_webhook import SentWebhook, WebhookEndpoint
from tidegate.simulator.behaviour.webhook_post import PostError, post
from tidegate.simulator.trouble.delivery_plan import DeliveryPlan
from tidegate.simulator.trouble.faults import Faults
from tidegate.simulator.trouble.places import Places
from tidegate.simulator.trouble.vendor_fault import ArmedFault
from tidegate.values.json_value import Obj
from tidegate.values.string_values import iso_8601
from tidegate.vendor.vendor import WebhookFacts as Facts
from tidegate.world.world import World

UNDESCRIBED = DocumentedPost()
"""A webhook of which the document says nothing."""

PAUSE_S = 0.02
"""An ordinary webhook follows the answer of its request by so much."""

DELIVERIES_MAX = 10_000
_WEB = ("http://", "https://")

TOLERANCE_S = 300.0
"""Seconds: the greatest age of a time stamp, where the vendor file does not say."""


class WebhookSender:
    """The webhooks of one vendor.

    `letters` names deliveries, `at` is seconds of the run, `fired(request, faults)` writes into the journal.
    """

    def __init__(
        self,
        world: World,
        facts: Facts,
        faults: Faults,
        places: Places,
        letters: Callable[[str, int], str],
        at: Callable[[], float],
        fired: Callable[[int, Sequence[str]], None],
        secrets: tuple[str, ...],
        payload: DocumentedPayload,
    ) -> None:
        self._world = world
        self._facts = facts
        self._scheme = declared_scheme(facts.scheme)
        self._sends_forms = "form" in facts.headers.get("Content-Type", "")
        self._faults = faults
        self._body_places = places
        self._letters = letters
        self._at = at
        self._fired = fired
        self._secrets = secrets
        declared = facts.body is not None or bool(facts.events)
        self._documented = None if declared else DocumentedWebhooks(payload) or None
        self._payload = payload
        self._count = 0
        self._held: list[Callable[[], None]] = []
        self._early: dict[int, list[asyncio.Event]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.registered: list[WebhookEndpoint] = []
        self.deliveries: deque[SentWebhook] = deque(maxlen=DELIVERIES_MAX)
        self.posting = 0
        """The number of posts under way."""

    def register(self, url: str, events: tuple[str, ...] = ("*",), secret: str = "") -> None:
        """Send webhooks there from now on. Raises ValueError where it is no address."""
        if not url.startswith(_WEB):
            raise ValueError(f"{url!r} is not an address for webhooks; write http://host:port/path")
        self.registered.append(WebhookEndpoint(url, events or ("*",), secret))

    def carried_out(self, operation: str, values: Mapping[str, Any], answer: object) -> None:
        """An operation was carried out; where it is the vendor's own way to register an address, that is done."""
        place = self._facts.registered
        if place is None or operation != place.operation:
            return
        url = at_pointer(values, place.url)
        events = at_pointer(values, place.events) if place.events else None
        secret = (at_pointer(values, place.secret) or at_pointer(answer, place.secret)) if place.secret else None
        if isinstance(url, str) and url.startswith(_WEB):
            wanted = tuple(str(pattern) for pattern in events) if isinstance(events, list) else ("*",)
            self.register(url, wanted, str(secret or ""))

    def happened(self, effect: str, thing: Obj, event: Obj | None, request: int) -> None:
        """Something happened to an object: tell whoever wants to know. `event` is the document's own event object."""
        if not self.registered:
            return
        name, described = self._facts.events.get(effect, effect), UNDESCRIBED
        if self._documented is not None:  # the document's own, and none that it does not have
            named = self._documented.event_of(effect)
            if named is None:
                return
            name, wall = named.name, int(self._world.wall())
            seed = f"{name}:{request}"
            described = self._documented.post(named, effect, thing, seed=seed, wall=wall) or UNDESCRIBED
            event = event if described.body is None else described.body
        topic, _, action = name.partition(".")
        for address in self.registered:
            if any(fnmatchcase(name, pattern) or topic == pattern for pattern in address.events):
                places = self._places(name, topic, action, effect, thing)
                self._send(address, name, places, self._content(places, event), request, described)

    def call_back(self, callback: Callback, request: int) -> None:
        """Send what the document calls for after an operation."""
        places = self._places(callback.name, callback.name, "", callback.name, {})
        address = WebhookEndpoint(callback.url)
        self._send(address, callback.name, places, callback.post.body, request, callback.post)

    async def arrived(self, request: int) -> None:
        """Wait for the first try of the webhooks that are to come before this request's answer does.

        A receiver that refuses one gets it again at its time, and the answer does not wait for that.
        """
        for tried in self._early.pop(request, ()):
            await tried.wait()

    def reset(self) -> None:
        """Forget every address, and send nothing more."""
        for task in self._tasks:
            task.cancel()
        self._held.clear()
        self._early.clear()
        self.registered.clear()
        self.deliveries.clear()
        self._count = 0

    # --- one webhook -----------------------------------------------------------------------------------------------

    def _places(self, name: str, topic: str, action: str, effect: str, thing: Obj) -> dict[str, Any]:
        self._count += 1
        wall = int(self._world.wall())
        digits = self._letters(f"webhook {self._count}", 32).encode().hex()[:32]
        delivery = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]))
        content = {"event": name, "topic": topic, "action": action, "object": thing, "id": thing.get("id")}
        content |= {f"object.{field}": value for field, value in thing.items()}
        return {**content, "kind": effect.partition(".")[0], "delivery": delivery, "at": wall, "iso": iso_8601(wall)}

    def _send(
        self,
        address: WebhookEndpoint,
        name: str,
        places: dict[str, Any],
        content: Any,
        request: int,
        described: DocumentedPost,
    ) -> None:
        hits = self._faults.webhook(name, self._at())
        plan = DeliveryPlan(self._facts.tolerance or TOLERANCE_S)
        for armed in hits:
            armed.fault.plan_delivery(plan)
        body, drifted = self._body(content, hits, described)
        faults = (*plan.faults, *drifted)
        self._fired(request, faults)
        delivery = SentWebhook(self._count, places["delivery"], name, address.url, self._at(), request, faults)
        self.deliveries.append(delivery)
        if plan.dropped:
            return
        delay_s = PAUSE_S + plan.late_s

        def go(delay_s: float, then: Sequence[Callable[[], None]] = ()) -> asyncio.Task[None]:
            return self._spawn(self._deliver(address, delivery, body, places, plan, delay_s, then, described))

        if plan.early:
            tried = asyncio.Event()
            self._early.setdefault(request, []).append(tried)
            go(0.0, then=(tried.set,)).add_done_callback(lambda _: tried.set())  # a reset ends it untried
        elif plan.held_s is not None:
            self._hold(lambda: go(0.0), plan.held_s)
        else:
            go(delay_s, then=tuple(self._held))
        for copy in range(plan.copies):
            go(delay_s + PAUSE_S * (copy + 1))

    def _hold(self, send: Callable[[], object], most_s: float) -> None:
        """Send after the next webhook, or after so long where none follows."""

        def now() -> None:
            if now in self._held:
                self._held.remove(now)
                send()

        self._held.append(now)
        self._world.call_later(most_s, now)

    def _content(self, places: dict[str, Any], event: Any) -> Any:
        """The body as data."""
        if self._facts.body is not None:
            return filled(self._facts.body, places)
        if event is not None:
            return event
        return {"type": places["event"], "timestamp": places["iso"], "data": places["object"]}

    def _body(self, content: Any, hits: list[ArmedFault], described: DocumentedPost) -> tuple[bytes, list[str]]:
        """The body, and which faults found something to change in it."""
        if content is None:
            return b"", []
        fired = []
        for armed in hits:
            changed = armed.fault.change_event(orjson.loads(orjson.dumps(content)), armed.n, self._body_places)
            if changed is not None:
                content = changed[0]
                fired.append(f"{armed.fault.journal_name} {changed[1]}")
        media = FORM if self._sends_forms and isinstance(content, dict) else described.media
        return self._payload.written(media, described.schema, content), fired

    async def _deliver(
        self,
        address: WebhookEndpoint,
        delivery: SentWebhook,
        body: bytes,
        places: dict[str, Any],
        plan: DeliveryPlan,
        delay_s: float,
        then: Sequence[Callable[[], None]],
        described: DocumentedPost,
    ) -> None:
        """Try until an answer of 2xx comes, or the vendor gives up. `then` is sent after the first try."""
        await self._world.sleep(delay_s)
        url = address.url if self._sends_forms else signatures.address(self._scheme, address.url, body)
        url = signatures.with_query(url, described.query)
        failure = ""
        for attempt, pause_s in enumerate((*self._facts.retry, None)):
            again = self._facts.retry_headers if attempt else {}
            known = {**places, "attempt": attempt, "failure": failure}
            plain = {name: str(filled(text, known)) for name, text in {**self._facts.headers, **again}.items()}
            signed, sealed = self._signed(address, url, delivery, body, plan)
            headers = {"Content-Type": with_boundary(described.media, body), **described.headers, **plain, **signed}
            self.posting += 1
            try:
                status = await post(self._world, url, headers, sealed, self._facts.timeout, described.method)
                failure = "http_error"
            except PostError as error:
                status, failure = 0, error.kind
            finally:
                self.posting -= 1
            delivery.tries.append(status)
            for send in then if not attempt else ():
                send()
            if 200 <= status < 300 or pause_s is None:
                return
            await self._world.sleep(pause_s)

    def _signed(
        self, address: WebhookEndpoint, url: str, delivery: SentWebhook, body: bytes, plan: DeliveryPlan
    ) -> tuple[dict[str, str], bytes]:
        """The headers that prove the sender, and the body with its proof, of one try."""
        secrets = plan.secrets((address.secret,) if address.secret else self._secrets[:1])
        at = int(self._world.wall()) - plan.stamp_age_s
        message = signatures.WebhookMessage(url, body, at, delivery.name)
        return signatures.headers(self._scheme, message, secrets), signatures.sealed(self._scheme, body, secrets)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
