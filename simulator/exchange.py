"""One request from arrival to answer, in the vendor's order.

Outage, entrance, limits, faults, parameters, conditions, idempotency key, execution: each of these is a file of its
own; only their order is here.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aiohttp import web

from tidegate.openapi.document import DocumentError, Match
from tidegate.simulator.answer import errors
from tidegate.simulator.answer.answer import Answer, answer_of
from tidegate.simulator.behaviour.conditions import Conditions
from tidegate.simulator.behaviour.deprecation import Deprecations
from tidegate.simulator.cassette.cassette import Message, Recorder, lowered
from tidegate.simulator.cassette.cassette import RecordedExchange as Recorded
from tidegate.simulator.door.credentials import Credentials
from tidegate.simulator.door.entrance import Entrance
from tidegate.simulator.door.limit_check import LimitCheck
from tidegate.simulator.execution import Execution, Request
from tidegate.simulator.objects.operation_request import OperationRequest
from tidegate.simulator.record.journal import JournalEntry
from tidegate.simulator.request.arrival import body_of, legible, path_of
from tidegate.simulator.request.request_content import FORM, RequestContent, bare
from tidegate.simulator.trouble.fault_scope import FaultTarget
from tidegate.simulator.trouble.faults import ChosenFaults
from tidegate.simulator.trouble.misbehave import Misbehaviour
from tidegate.simulator.vendor_parts import VendorParts

if TYPE_CHECKING:
    from tidegate.simulator.behaviour.graphql import Result

OTHER = {"GET": "POST", "POST": "GET"}

Work = Callable[[ChosenFaults], Awaitable[Answer]]
"""What makes the answer once no fault prevents it."""


@dataclass(slots=True)
class _IncomingRequest:
    """A request as it came. Not frozen: one is made for every request."""

    headers: Mapping[str, str]
    query: str
    body: bytes
    played: Answer | None = None
    """Its answer on the cassette."""

    def as_read(self) -> "_IncomingRequest":
        """The same with the fields of its form in the query: for a vendor that takes a POST for a GET."""
        if bare(self.headers.get("Content-Type", FORM)) != FORM:
            return self
        form = self.body.decode("utf-8", "replace")
        return _IncomingRequest(self.headers, "&".join(part for part in (self.query, form) if part), b"")


class Exchange:
    """Answers requests. `wall` and `now` are the world's; nothing here reads another clock."""

    def __init__(self, vendor: VendorParts) -> None:
        self._vendor = vendor
        self._hint = vendor.facts.errors.retry_hint.header if vendor.facts.errors.retry_hint else None
        self._key_header = vendor.facts.idempotency.header if vendor.facts.idempotency else ""
        self._door = LimitCheck(vendor.facts, vendor.limits)
        credentials = Credentials(vendor.facts.auth, vendor.secret, vendor.authority)
        self._entrance = Entrance(vendor.facts, credentials, vendor.document, vendor.addresses)
        self._conditions = Conditions(vendor.facts.conditional)
        self._deprecations = Deprecations(vendor.facts.deprecations)
        self._trouble = Misbehaviour(vendor.world, vendor.places, self._door.throttled, self._hint)
        self._execution = Execution(vendor, self._door, self._trouble, self._hint)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """One request; what aiohttp's server calls."""
        vendor, request = self._vendor, legible(request)
        entry = vendor.journal.arrive(self.at, vendor.world.wall(), request.method, path_of(request))
        entry.key = request.headers.get(self._key_header, "") if self._key_header else ""
        entry.request_id = vendor.facts.request_id.prefix + vendor.samples.letters(f"request:{entry.n}", 14)
        headers = self._headers(request, entry)
        try:
            answer, chosen = await self._judge(request, entry, headers)
        except errors.VendorError as error:
            answer = vendor.refusals.answer(error, entry, headers)
            caller = self._caller(request.headers, entry)
            chosen = vendor.faults.choose(entry.operation, entry.at, caller, refused=True)
        except asyncio.CancelledError:  # the client has gone
            entry.took_s = self.at - entry.at
            vendor.journal.close(entry)
            vendor.journal.end(entry)
            raise
        finally:
            entry.took_s = self.at - entry.at
        answer = self._trouble.answered(answer, chosen, entry)
        entry.status = answer.status if answer is not None else 0
        vendor.journal.close(entry)
        if vendor.recorder is not None and answer is not None:
            await self._record(vendor.recorder, request, entry, answer)
        try:
            return await self._trouble.send(request, entry, answer, chosen)
        finally:
            vendor.journal.end(entry)

    @property
    def at(self) -> float:
        """Seconds since the run began."""
        return self._vendor.world.now() - self._vendor.began

    @property
    def names(self) -> Counter[str]:
        """How often each name was given to a request."""
        return self._execution.names

    def reset(self) -> None:
        """Forget what was named, and stop what is still running."""
        self._execution.reset()

    async def _judge(
        self, request: web.BaseRequest, entry: JournalEntry, headers: dict[str, str]
    ) -> tuple[Answer | None, ChosenFaults]:
        """The answer, None for none, and the faults that spoil the sending of it. Raises errors.VendorError."""
        vendor = self._vendor
        outage = vendor.faults.outage(entry.at)
        if outage is not None:
            entry.faults = ("outage",)
            return None, self._trouble.away(outage)
        body = await body_of(request)
        path, _, query = entry.path.partition("?")
        came = _IncomingRequest(request.headers, query, body)
        if vendor.authority is not None and (own := vendor.authority.owns(request.method, path)):
            entry.operation = own
            caller = self._caller(request.headers, entry)
            return await self._run(entry, headers, caller, lambda chosen: self._granting(entry, came, chosen))
        match = vendor.addresses.match(request.method, entry.path)
        if vendor.cassette is not None:
            came = replace(came, played=vendor.cassette.play(request.method, entry.path, body, came.headers))
        if match is None and vendor.facts.get_or_post and request.method in OTHER:
            match = vendor.addresses.match(OTHER[request.method], entry.path)
            came = came.as_read() if request.method == "POST" else came
        entry.operation = match.operation.id if match is not None else ""
        entry.played = came.played is not None
        asking = self._entrance.identify(entry, match, request.headers, query)
        return await self._admitted(match, entry, headers, came, asking.name)

    async def _admitted(
        self, match: Match | None, entry: JournalEntry, headers: dict[str, str], came: _IncomingRequest, who: str
    ) -> tuple[Answer | None, ChosenFaults]:
        """What follows once it is known who asks for which operation. Raises errors.VendorError at a limit."""
        vendor, caller = self._vendor, self._caller(came.headers, entry)
        granted = vendor.faults.granted(entry.operation, entry.at, caller)
        if match is not None:
            headers |= self._deprecations.headers(match.operation)
        graphs = vendor.graphql
        result = graphs.answer(came.body) if graphs is not None and graphs.operation == entry.operation else None
        priced = came.body if result is None else result.price
        self._door.admit(entry, who, priced, headers, granted)
        try:
            if came.played is not None or match is None:
                return await self._run(entry, headers, caller, lambda chosen: self._playing(came, chosen))
            if result is not None:
                return await self._run(
                    entry, headers, caller, lambda chosen: self._querying(entry, headers, came, result, chosen)
                )
            answer, chosen = await self._run(
                entry, headers, caller, lambda chosen: self._operating(match, entry, headers, came, who, chosen)
            )
            if answer is not None and answer.status == 304 and self._conditions.free:
                answer = self._door.undone(entry, who, priced, answer, self._conditions.free)
            return answer, chosen
        finally:
            self._door.leave(entry, who)

    async def _run(
        self, entry: JournalEntry, headers: dict[str, str], caller: FaultTarget, work: Work
    ) -> tuple[Answer | None, ChosenFaults]:
        """What follows once a request is let in."""
        vendor = self._vendor
        chosen = vendor.faults.choose(entry.operation, entry.at, caller)
        entry.faults = chosen.names
        try:
            if self._trouble.stops(chosen):
                await vendor.world.sleep(chosen.delay_s)
                self._trouble.refuse(chosen)
                return None, chosen
            return await work(chosen), chosen
        except errors.VendorError as error:
            if (left_s := chosen.delay_s - (self.at - entry.at)) > 0:  # it was refused before it waited
                await vendor.world.sleep(left_s)
            return vendor.refusals.answer(error, entry, headers), chosen

    async def _granting(self, entry: JournalEntry, came: _IncomingRequest, chosen: ChosenFaults) -> Answer:
        """A request for the vendor's OAuth endpoints."""
        assert self._vendor.authority is not None
        await self._vendor.world.sleep(chosen.delay_s)
        return self._vendor.authority.answer(entry.operation, came.headers, came.query, came.body, entry.at)

    async def _playing(self, came: _IncomingRequest, chosen: ChosenFaults) -> Answer:
        """An answer from the cassette, after whatever delay a fault brings."""
        assert came.played is not None
        await self._vendor.world.sleep(chosen.delay_s)
        return came.played

    async def _record(self, recorder: Recorder, request: web.BaseRequest, entry: JournalEntry, answer: Answer) -> None:
        """Write the exchange on the cassette, except where the body could not be read: it could not be found again."""
        try:
            asked = Message(lowered(request.headers), await body_of(request))
        except errors.VendorError:
            return
        told = Message(lowered(answer.headers), b"".join(answer.events) or answer.body)
        recorder.write(Recorded(entry.method, entry.path, asked, answer.status, told, entry.took_s))

    async def _querying(
        self,
        entry: JournalEntry,
        headers: dict[str, str],
        came: _IncomingRequest,
        result: "Result",
        chosen: ChosenFaults,
    ) -> Answer:
        """A request for the vendor's GraphQL endpoint."""
        vendor = self._vendor
        await vendor.world.sleep(chosen.delay_s)
        body = self._execution.change(entry, came.body, result.change, chosen) if result.change else result.body
        await vendor.webhooks.arrived(entry.n)
        return answer_of(200, {**body, **self._door.told_in_body(entry)}, headers)

    async def _operating(
        self,
        match: Match,
        entry: JournalEntry,
        headers: dict[str, str],
        came: _IncomingRequest,
        who: str,
        chosen: ChosenFaults,
    ) -> Answer:
        """A request for an operation of the document."""
        asked = self._checked(match, entry, headers, chosen, came, who)
        tagged = self._conditions.of(entry.operation)
        if tagged and "If-Match" in came.headers and entry.method not in ("GET", "HEAD"):
            self._conditions.check(came.headers, self._current(entry))
        answer = await self._execution.carry_out(asked)
        if tagged and entry.method in ("GET", "HEAD"):
            answer = self._conditions.answered(answer, came.headers)
        await self._vendor.webhooks.arrived(entry.n)
        return answer

    def _current(self, entry: JournalEntry) -> Answer | None:
        """What a read of the same address would be answered now; None where there is no such read."""
        vendor = self._vendor
        found = vendor.addresses.match("GET", entry.path)
        if found is None:
            return None
        shape = vendor.shapes.of(found.operation)
        within = OperationRequest(f"{entry.operation}:current", int(vendor.world.wall()))
        try:
            outcome = vendor.service.carry_out(shape, found.params, {}, within)
        except (errors.VendorError, DocumentError):
            return None
        return answer_of(outcome.status, outcome.body, {})

    def _checked(
        self,
        match: Match,
        entry: JournalEntry,
        headers: dict[str, str],
        chosen: ChosenFaults,
        came: _IncomingRequest,
        who: str,
    ) -> Request:
        try:
            shape = self._vendor.shapes.of(match.operation)
            sent = RequestContent(match.params, came.query, came.headers, came.body)
            checked = self._vendor.readings.read(match.operation, sent)
        except DocumentError as error:
            raise errors.unsound(f"{error} [D020]") from None
        keys, values = self._vendor.keys, checked.values
        key = keys.key_of(entry.method, entry.key, values) if keys is not None else ""
        entry.key = key or entry.key
        place = keys.place(key, who, entry.operation) if keys is not None and key else ""
        base = f"http://{came.headers.get('Host', 'localhost')}"
        accept = came.headers.get("Accept", "*/*")
        return Request(entry, shape, match.params, values, key, place, headers, chosen, base, checked.uploads, accept)

    def _caller(self, headers: Mapping[str, str], entry: JournalEntry) -> FaultTarget:
        version = self._vendor.facts.versioning
        told = headers.get(version.header, version.pin) if version is not None else ""
        return FaultTarget(entry.app, headers, told)

    def _headers(self, request: web.BaseRequest, entry: JournalEntry) -> dict[str, str]:
        headers = {"Content-Type": "application/json", self._vendor.facts.request_id.header: entry.request_id}
        version = self._vendor.facts.versioning
        if version is not None:
            headers[version.header] = request.headers.get(version.header, version.pin)
        if entry.key:
            headers[self._key_header] = entry.key
        return headers
