"""The pages of deliveries on the admin port: a list, one of them, what is done to one, a replay of many.

    GET  /deliveries?box=&state=&reason=&app=&vendor=&operation=&order_key=&text=&since=&until=&after=&limit=
    GET  /deliveries/<id>?body=none|redacted
    POST /deliveries/<id>      {"action": "replay" | "redo" | "confirm" | "cancel", "by": "…", "dry_run": true}
    POST /deliveries/replay    {"filter": {"vendor": "…"}, "by": "…", "share": "10%", "dry_run": true}

400 what cannot be meant, 404 what is not there, 409 what the state does not allow, 503 where the store does not answer.
"""

import dataclasses
import hashlib

from tidegate.configfile.wording import nearest
from tidegate.proxy.desk.by_hand.bulk_replay import BulkReplay, BulkResult, is_forgotten
from tidegate.proxy.desk.by_hand.edited_body import put_back
from tidegate.proxy.desk.by_hand.hand_order import BULK_MAX, HandOrder, read_bulk, read_order
from tidegate.proxy.desk.delivery_desk import DeliveryDesk
from tidegate.proxy.desk.delivery_query import Misread, is_id, parse_query, read_filter, read_query
from tidegate.proxy.desk.hidden_content import SHOWN_CHARS_MAX, HiddenContent, speaks_of_body
from tidegate.proxy.desk.page import Page, json_page, not_allowed, refusal
from tidegate.proxy.desk.shown_delivery import allowed_by_hand, row, whole
from tidegate.proxy.policies.delivery.delivery import MAY, Delivery, may
from tidegate.proxy.store.deliveries import HandMade, NoSuchPage
from tidegate.proxy.store.store_error import StoreError
from tidegate.proxy.telemetry.log_line import stamp

PATH = "/deliveries"
BULK = "replay"
_MEANS = {
    "replay": "sent again under its key",
    "redo": "sent again under a new key",
    "confirm": "noted as carried out",
    "cancel": "given up",
    "approve": "sent for the first time",
    "refuse": "dead, and never sent",
}


class DeliveryPages:
    """See the module."""

    def __init__(self, desk: DeliveryDesk) -> None:
        self._desk = desk
        self._bulk = BulkReplay(desk.deliveries, desk.terms)
        self.depths = desk.depths

    async def answer(self, method: str, path: str, query: str, content: bytes = b"", who: str = "") -> Page:
        """The page for a request; `path` begins with PATH.

        `who` is who asks, where that is known: then nobody acts as another.
        """
        name = path.removeprefix(PATH).removeprefix("/")
        posts = method == "POST"
        allowed = ("POST",) if name == BULK else ("GET", "HEAD", "POST") if name else ("GET", "HEAD")
        if method not in allowed:
            return not_allowed(", ".join(allowed))
        if name and not is_id(name):
            return refusal(400, "this is no id of a delivery")
        try:
            if not name:
                return await self._list(query)
            if name == BULK:
                return await self._replay_many(content, who)
            return await (self._act(name, content, who) if posts else self._show(name, query))
        except StoreError:
            return refusal(503, "the store does not answer now; /readyz says why")

    async def _list(self, query: str) -> Page:
        given = parse_query(query)
        now = self._desk.now()
        asked = given if isinstance(given, Misread) else read_query(given, now.wall)
        if isinstance(asked, Misread):
            return refusal(400, asked.why)
        strange = await self._strange_vendor(asked.wanted.vendor)
        if strange:
            return refusal(400, strange)
        try:
            page = await self._desk.deliveries.page(asked.wanted, after=asked.after, limit=asked.limit)
        except NoSuchPage:
            return refusal(400, "after is no cursor; take it from `next` of the page before")
        rows = [row(delivery, now, self._hidden(delivery)) for delivery in page.deliveries]
        return json_page(200, {"now": stamp(now.wall), "deliveries": rows, "next": page.next})

    async def _show(self, id_: str, query: str) -> Page:
        given = parse_query(query)
        if isinstance(given, Misread):
            return refusal(400, given.why)
        body = given.get("body", ["none"])
        if body not in (["none"], ["redacted"]) or given.keys() - {"body"}:
            return refusal(400, "of one delivery only this can be chosen: body=none or body=redacted")
        delivery = await self._desk.deliveries.find(id_)
        if delivery is None:
            return _not_there(id_)
        return await self._whole(delivery, redacted=body == ["redacted"])

    async def _whole(self, delivery: Delivery, *, redacted: bool) -> Page:
        deliveries, id_ = self._desk.deliveries, delivery.new.id
        document = whole(
            delivery,
            await deliveries.attempts(id_),
            await deliveries.audit(id_),
            now=self._desk.now(),
            hidden=self._hidden(delivery),
            body="redacted" if redacted else "none",
        )
        return json_page(200, document)

    async def _act(self, id_: str, content: bytes, who: str) -> Page:
        order = read_order(content)
        if isinstance(order, Misread):
            return refusal(400, order.why)
        order = dataclasses.replace(order, by=who or order.by)
        delivery = await self._desk.deliveries.find(id_)
        if delivery is None:
            return _not_there(id_)
        allowed = self._allowed(order, delivery)
        if isinstance(allowed, Page):
            return allowed
        if order.dry_run:
            return json_page(200, self._would(allowed, delivery))
        done = await self._desk.deliveries.act(id_, self._hand(allowed, delivery), self._desk.now())
        if done is None:
            why = "its new key is known already, or " if order.key else ""
            return refusal(409, f"{why}the delivery has changed meanwhile; it was {delivery.state}")
        return await self._whole(done, redacted=False)

    def _allowed(self, order: HandOrder, delivery: Delivery) -> HandOrder | Page:
        """An order that may be carried out, its body whole; or why not."""
        if not may(order.action, delivery.state, delivery.dead_reason, awaits=delivery.awaits_approval):
            return refusal(409, not_in_this_state(order.action, delivery))
        if delivery.unopened and order.action in ("replay", "redo"):
            return refusal(409, delivery.unopened)
        if order.body is None:
            return order
        if speaks_of_body(delivery.new.headers):
            return refusal(409, "its headers hold a digest or a coding of the body as it was, so no other can be sent")
        body = self._put_back(order.body, delivery) if order.keep_hidden else order.body
        return refusal(400, body.why) if isinstance(body, Misread) else dataclasses.replace(order, body=body)

    def _put_back(self, edited: bytes, delivery: Delivery) -> bytes | Misread:
        """An edited body with what was hidden in it as people saw it."""
        new = delivery.new
        shown = self._hidden(delivery).body(new.body, new.headers)
        if shown is None or len(shown) > SHOWN_CHARS_MAX:
            return Misread("its body is not shown, or not all of it, so nothing hidden can be put back into another")
        return put_back(edited, shown, new.body)

    def _would(self, order: HandOrder, delivery: Delivery) -> dict[str, object]:
        new, now = delivery.new, self._desk.now()
        again = order.action == "replay" and delivery.ever_sent
        forgotten = is_forgotten(delivery, self._desk.terms(new.vendor, new.operation), now)
        return {
            "id": new.id,
            "dry_run": True,
            "state": delivery.state,
            "would_be": _MEANS[order.action],
            "asked_first": again,
            "key_forgotten": again and forgotten,
        }

    def _hand(self, order: HandOrder, delivery: Delivery) -> HandMade:
        redactor, note = self._desk.redactor(), order.note
        if order.body is not None:
            note = f"{note} (body {_digest(delivery.new.body)} → {_digest(order.body)})".strip()
        key = order.key or f"redo-{self._desk.ids.getrandbits(96):024x}"
        return HandMade(
            order.action,
            redactor.text(order.by),
            redactor.text(note),
            order.body,
            key if order.action == "redo" else "",
            within_s=self._desk.terms(delivery.new.vendor, delivery.new.operation).deadline_s,
        )

    async def _replay_many(self, content: bytes, who: str) -> Page:
        order = read_bulk(content)
        if isinstance(order, Misread):
            return refusal(400, order.why)
        now = self._desk.now()
        wanted = read_filter(order.given, now.wall)
        if isinstance(wanted, Misread):
            return refusal(400, wanted.why)
        strange = await self._strange_vendor(wanted.vendor)
        if strange:
            return refusal(400, strange)
        redactor = self._desk.redactor()
        order = dataclasses.replace(order, by=who or redactor.text(order.by), note=redactor.text(order.note))
        result = await self._bulk.run(order, wanted, now)
        if result.more:
            cure = "look again" if order.at_most < BULK_MAX else "take the oldest first, with until"
            return refusal(409, f"more than {order.at_most} match; {cure}")
        return json_page(200, _bulk_document(result, dry_run=order.dry_run))

    async def _strange_vendor(self, vendor: str) -> str:
        """Why a vendor cannot be meant; empty where it is served, or has deliveries still."""
        served = set(self._desk.vendors())
        if not vendor or vendor in served:
            return ""
        known = served | {depth.vendor for depth in await self._desk.deliveries.depths()}
        if vendor in known:
            return ""
        return f"there is no vendor {vendor[:40]}{nearest(vendor, known) or '; known: ' + ', '.join(sorted(known))}"

    def _hidden(self, delivery: Delivery) -> HiddenContent:
        terms = self._desk.terms(delivery.new.vendor, delivery.new.operation)
        return HiddenContent(self._desk.redactor(), terms.personal, terms.redact)


def not_in_this_state(action: str, delivery: Delivery) -> str:
    """Why a person may not do this now, in a sentence."""
    states = ", ".join(sorted(MAY[action]))  # type: ignore[index]  # an action that was read is one of them
    can = allowed_by_hand(delivery)
    then = f"this one can be: {', '.join(can)}" if can else "nothing can be done to this one by hand"
    waits = ", and waits for approval" if delivery.awaits_approval else ""
    return f"it is {delivery.state}{waits}, and {action} is for what is {states}; {then}"


def _digest(body: bytes) -> str:
    """What tells two bodies apart in the audit, and does not tell what they hold."""
    return "sha-256 " + hashlib.sha256(body).hexdigest()[:16]


def _not_there(id_: str) -> Page:
    return refusal(404, f"there is no delivery {id_[:64]} (any more)")


def _bulk_document(result: BulkResult, *, dry_run: bool) -> dict[str, object]:
    counts = result.by_operation
    operations = [
        {
            "box": box,
            "vendor": vendor,
            "operation": operation,
            "deliveries": count.rows,
            "limit_per_s": round(count.rate_per_s, 3),
            "takes_s": round(count.ends_s, 1),
            "asked_first": count.asked_first,
            "key_forgotten": count.forgotten,
        }
        for (box, vendor, operation), count in sorted(counts.items())
    ]
    return {
        "dry_run": dry_run,
        "matched": sum(count.rows for count in counts.values()),
        "replayed": result.replayed,
        "takes_s": round(max((count.ends_s for count in counts.values()), default=0.0), 1),
        "operations": operations,
    }
