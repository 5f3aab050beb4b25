"""Joins deferred writes into requests of the vendor's bulk form, and gives each row what became of it.

    seat     wait with others, until there are enough or time is up; nothing is on record yet
    join     each row has its attempt and its key on record by now: once all of a request have, it is sent
    leave    a row that will not come, or has gone: the others go on without it

The joined request goes through its own operation's pipeline. Who is joined and what a row's end is decides
tidegate.proxy.policies.delivery.bulk_decision. A row that is cancelled takes nobody with it; a request without rows is.
"""

import asyncio
from collections import OrderedDict
from dataclasses import replace
from urllib.parse import quote

import orjson
from multidict import CIMultiDict, CIMultiDictProxy

from tidegate.policy.deferral.bulk import READY_S, Bulk
from tidegate.policy.deferral.lookup import BRACED
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.attempt import Attempt
from tidegate.proxy.call.call import GATHERED_BYTES_MAX, Call, CarriedDeliveries
from tidegate.proxy.call.content import WholeContent
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.call.reply import Reply, refused
from tidegate.proxy.durable.outcome_lookup import CarryOut, carried_by, enter_trace
from tidegate.proxy.onramp.gateway import Route
from tidegate.proxy.policies.delivery.bulk_decision import (
    JOINED_MARK,
    Gathering,
    RowEnd,
    RowItem,
    RowResult,
    item_of,
    joined_body,
    row_ends,
    row_outcome,
    way_of,
)
from tidegate.proxy.policies.delivery.delivery import Delivery
from tidegate.proxy.policies.delivery.request_fields import path_parameters
from tidegate.proxy.store.deliveries import Deliveries
from tidegate.proxy.upstream.answer_classifier import document_of
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.world.world import World

BY_ITSELF_MAX = 10_000
"""So many rows are remembered that go in a request of their own; of one that is forgotten a request is wasted."""
_OF_CONTENT = ("content-type", "content-encoding")
_JSON = (b"Content-Type", b"application/json")

GatherKey = tuple[object, ...]


class JoinedRequest:
    """One request: the rows that wait for it, and then those that are in it."""

    def __init__(self, call_id: str, route: Route, bulk: Bulk, path: str, most: int) -> None:
        self.call_id, self.route, self.bulk, self.path = call_id, route, bulk, path
        self.gathering = Gathering(bulk, most)
        self.seats: list[Seat] = []
        self.enough, self.closed, self.ready = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.task: asyncio.Task[None] | None = None
        self.sent = self.given_up = False

    @property
    def first_id(self) -> str:
        """The delivery that is in it first: by this, what failed together is known again."""
        return self.seats[0].delivery.new.id

    def look(self) -> None:
        """A row has come or gone: see if all that are left are there, or none is."""
        left = [seat for seat in self.seats if not seat.gone]
        if not left and self.task is not None:
            self.given_up = True
            self.task.cancel()
        if all(seat.call is not None for seat in left):
            self.ready.set()


class Seat:
    """The place of one row in a joined request."""

    def __init__(self, joined: JoinedRequest, delivery: Delivery, item: RowItem) -> None:
        self.joined, self.delivery, self.item = joined, delivery, item
        self.call: Call | None = None
        self.gone = False
        self.reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        joined.seats.append(self)
        self.call_id = f"{joined.call_id}{JOINED_MARK}{len(joined.seats)}"

    @property
    def carried(self) -> CarriedDeliveries:
        """For its call."""
        return carried_by(self.delivery, self.join)

    async def join(self, call: Call) -> Reply:
        """The reply to the row, once its request has ended. Its key is on record."""
        if self.joined.sent:
            return refused(PROBLEMS["overloaded"], "It was not ready when the request that it was to be in was sent.")
        item = _item_sent(self.delivery, call)
        if item is None:
            detail = "What may leave of it cannot be an item of a joined request."
            return refused(PROBLEMS["residency-denied"], detail)
        self.item = item
        began = call.began
        call.attempts.append(Attempt(1, began, began, sent=True, status=0, verdict=Verdict.CANCELLED, error=""))
        self.call = call
        self.joined.look()
        return await self.reply

    def leave(self) -> None:
        """It will not come, or has what it came for."""
        self.gone = True
        self.joined.look()


class BulkCarrier:
    """See the module. One for each proxy."""

    def __init__(self, world: World, deliveries: Deliveries, carry_out: CarryOut) -> None:
        self._world, self._deliveries, self._carry_out = world, deliveries, carry_out
        self._ids = world.random("joined call ids")
        self._open: dict[GatherKey, JoinedRequest] = {}
        self._by_itself: OrderedDict[str, None] = OrderedDict()

    async def way(self, delivery: Delivery, route: Route, joined: Route | None) -> Route | None:
        """The way of a delivery: its own, or that of the bulk form; None where neither may be taken any more."""
        plan, last_call = route.plan, ""
        if plan.idempotency == "vendor-key" and delivery.resting == "unknown":
            attempts = await self._deliveries.attempts(delivery.new.id)
            last_call = attempts[-1].call_id if attempts else ""
        joinable = joined is not None and item_of(delivery, plan, _content_type(delivery)) is not None
        way = way_of(delivery, plan, last_call, joinable=joinable)
        return joined if way == "joined" else route if way == "alone" else None

    async def seat(self, delivery: Delivery, route: Route, joined: Route, *, last: bool) -> Seat:
        """A place in a request, once that gathers no more. `last`: no more of the vendor's are under way than now."""
        bulk, item = route.plan.defer.bulk, item_of(delivery, route.plan, _content_type(delivery))
        assert bulk is not None
        assert item is not None
        seat = Seat(self._request(delivery, route, joined, bulk), delivery, item)
        seat.joined.gathering.add(delivery)
        if seat.joined.gathering.full:
            seat.joined.enough.set()
        if last:
            for gathering in self._open.values():
                if gathering.route.plan.vendor == delivery.new.vendor:
                    gathering.enough.set()
        try:
            await seat.joined.closed.wait()
        except asyncio.CancelledError:
            seat.leave()
            raise
        return seat

    def _request(self, delivery: Delivery, route: Route, joined: Route, bulk: Bulk) -> JoinedRequest:
        """The request that gathers such rows now, or a new one."""
        alone = delivery.new.id in self._by_itself
        words = path_parameters(route.plan.template, delivery.new.destination)
        path = BRACED.sub(lambda found: quote(words[found[1]], safe=""), joined.plan.template)
        lines = tuple(line for line in _lines(delivery) if line[0].lower() not in _OF_CONTENT)
        key: GatherKey = (joined.handler, route.plan.operation, delivery.new.app, path, lines)
        found = self._open.get(key)
        if found is not None and found.given_up:
            found = None
        if found is not None and not alone and found.gathering.fits(delivery):
            return found
        if found is not None and not alone:
            found.enough.set()
        made = JoinedRequest(f"{self._ids.getrandbits(96):024x}", joined, bulk, path, 1 if alone else bulk.size)
        if not alone:
            self._open[key] = made
        made.task = asyncio.get_running_loop().create_task(self._run(made, key))
        return made

    async def _run(self, joined: JoinedRequest, key: GatherKey) -> None:
        """One request, from its first row to its end."""
        try:
            await self._until(joined.enough, joined.bulk.within)
            if self._open.get(key) is joined:
                del self._open[key]
            joined.closed.set()
            await self._until(joined.ready, READY_S)
            joined.sent = True
            rows = [(seat, seat.call) for seat in joined.seats if seat.call is not None and not seat.gone]
            if rows:
                await self._send(joined, rows)
        except Exception as error:  # noqa: BLE001 - a bug of ours: each row's worker is told of it
            for seat in joined.seats:
                if seat.call is not None and not seat.reply.done():
                    seat.reply.set_exception(error)
        finally:
            joined.sent = True  # whoever comes now is told so
            joined.closed.set()
            if self._open.get(key) is joined:
                del self._open[key]

    async def _until(self, event: asyncio.Event, longest_s: float) -> None:
        try:
            async with self._world.timeout(longest_s):
                await event.wait()
        except TimeoutError:
            return

    async def _send(self, joined: JoinedRequest, rows: list[tuple[Seat, Call]]) -> None:
        bulk, upstream = joined.bulk, joined.route.upstream
        items = [seat.item.text(bulk, call.key) for seat, call in rows]
        names = [seat.item.name(bulk, call.key) for seat, call in rows]
        call = self._call(joined, rows, [item for item in items if item is not None])
        reply = await self._carry_out(joined.route.handler, call)
        document = None
        if reply.vendor_headers is not None and reply.whole:
            document = document_of(reply.vendor_headers, reply.body)
        problem = reply.problem.name if reply.problem is not None else ""
        ends = row_ends(bulk, names, call.outcome, reply.verdict, problem, document)
        for (seat, row), end in zip(rows, ends, strict=True):
            if end in ("unknown", "by itself") and len(rows) > 1:
                self._goes_by_itself(seat.delivery.new.id)
            elif isinstance(end, RowResult):
                self._by_itself.pop(seat.delivery.new.id, None)
            if not seat.reply.done():
                seat.reply.set_result(_row_reply(row, end, call, reply, upstream))

    def _goes_by_itself(self, delivery_id: str) -> None:
        self._by_itself[delivery_id] = None
        if len(self._by_itself) > BY_ITSELF_MAX:
            self._by_itself.popitem(last=False)

    def _call(self, joined: JoinedRequest, rows: list[tuple[Seat, Call]], items: list[bytes]) -> Call:
        """The call of a joined request. It has a trace of its own where one of its rows is traced."""
        first, plan, now = rows[0][1], joined.route.plan, self._world.now()
        lines = [line for line in first.raw_headers if line[0].lower().decode("latin-1") not in _OF_CONTENT]
        headers = CIMultiDict(
            (name, value) for name, value in first.headers.items() if name.lower() in ("priority", "accept")
        )
        headers["Content-Type"] = "application/json"
        call = Call(
            call_id=joined.call_id,
            app=first.app,
            plan=plan,
            method=plan.method,
            path=joined.path,
            headers=CIMultiDictProxy(headers),
            raw_headers=(*lines, _JSON),
            content=WholeContent(joined_body(items, joined.bulk.items)),
            began=now,
            deadline=now + plan.budget_s,
            gather=GATHERED_BYTES_MAX,
            carried=CarriedDeliveries(
                tuple(seat.delivery.new.id for seat, _ in rows), tuple(seat.delivery.new.trace for seat, _ in rows)
            ),
        )
        traced = next((seat.delivery.new.trace for seat, row in rows if row.sampled), "")
        enter_trace(call, traced, self._ids)
        return call


def _row_reply(row: Call, end: RowResult | RowEnd, call: Call, reply: Reply, upstream: Upstream) -> Reply:
    """The reply to a row, and what its call knows of it."""
    if not call.attempts:
        row.attempts.clear()
    for attempt in row.attempts:
        attempt.ended, attempt.sent = call.attempts[-1].ended, any(one.sent for one in call.attempts)
    if isinstance(end, RowResult):
        headers = CIMultiDictProxy(CIMultiDict({"Content-Type": "application/json"}))
        verdict = upstream.classify(end.status, headers, end.body)
        row.outcome = row_outcome(row.outcome, verdict, end.status, keyed=bool(row.key))
        return Reply(end.status, "", (_JSON,), end.body, verdict, headers)
    if end == "as the request":
        if reply.verdict is Verdict.REJECTED:  # it was alone in it, so this is about it
            row.outcome = row_outcome(row.outcome, reply.verdict, reply.status, keyed=bool(row.key))
        return reply
    if end == "by itself":
        detail = "The request that it was joined in was refused, so it is sent in one of its own."
        return refused(PROBLEMS["overloaded"], detail)
    row.outcome = Outcome.UNKNOWN
    detail = "The request that it was joined in may have been carried out, and no answer tells of this write."
    return refused(PROBLEMS["outcome-unknown"], detail)


def _item_sent(delivery: Delivery, call: Call) -> RowItem | None:
    """The item that a row's call comes to: what residency has changed of it is changed here too."""
    if call.content.whole != delivery.new.body or call.path != delivery.new.destination:
        new = replace(delivery.new, body=call.content.whole or b"", destination=call.path)
        delivery = replace(delivery, new=new)
    return item_of(delivery, call.plan, _content_type(delivery))


def _lines(delivery: Delivery) -> list[tuple[str, str]]:
    return [(str(name), str(value)) for name, value in orjson.loads(delivery.new.headers)]


def _content_type(delivery: Delivery) -> str:
    return next((value for name, value in _lines(delivery) if name.lower() == "content-type"), "")
