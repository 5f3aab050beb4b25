"""The way of one request through the vendor, from its arrival to its answer.

    journal      it has arrived, and gets its number
    outage       the vendor may be away
    body         read whole, decoded
    address      the operation it is for: one of the OAuth server, of the document, or of the cassette
    access       region, credential, scope                                                 (not for the OAuth server)
    limits       rates, quotas, concurrency; a GraphQL query is priced first                (not for the OAuth server)
    faults       those that hit it; one of them may end it here
    answer       from the OAuth server, the cassette, GraphQL, or an operation carried out (simulator.execution)
    limits       a 304 may be free; it no longer runs
    drift, lies  what faults make of the answer
    journal      its status and what it changed; the cassette that is being recorded
    wire         sent, or not

Each request takes each step once, in this order. A step that refuses raises errors.VendorError, and then none of the
steps up to the answer is taken. What a step does is its room's; only the order is here.
"""

import asyncio
import logging
from collections import Counter

from aiohttp import web

from tidegate.cassette.cassette_file import Recorder
from tidegate.cassette.recorded_exchange import Message, RecordedExchange, lowered
from tidegate.scenario.call_tag import TAG_CHARACTERS_MAX, TAG_HEADER
from tidegate.simulator.answer import errors
from tidegate.simulator.answer.answer import Answer
from tidegate.simulator.behaviour.conditional_requests import ConditionalRequests, conditional_by_document
from tidegate.simulator.behaviour.deprecation import Deprecations
from tidegate.simulator.door.access_check import AccessCheck
from tidegate.simulator.door.credentials import Credentials
from tidegate.simulator.door.limit_check import LimitCheck
from tidegate.simulator.execution import Execution
from tidegate.simulator.record.journal import JournalEntry
from tidegate.simulator.request.http_request import body_of, legible, path_of
from tidegate.simulator.request_context import RequestContext
from tidegate.simulator.trouble.fault_scope import FaultTarget
from tidegate.simulator.trouble.misbehave import Misbehaviour
from tidegate.simulator.vendor_parts import VendorParts

_log = logging.getLogger(__name__)

OTHER = {"GET": "POST", "POST": "GET"}
"""The other method by which a vendor with `get_or_post` takes the same operation."""


class Exchange:
    """Answers requests. `wall` and `now` are the world's; nothing here reads another clock."""

    def __init__(self, vendor: VendorParts) -> None:
        self._vendor = vendor
        hint = vendor.facts.errors.retry_hint.header if vendor.facts.errors.retry_hint else None
        self._key_header = vendor.facts.idempotency.header if vendor.facts.idempotency else ""
        self._limits = LimitCheck(vendor.facts, vendor.limits)
        self.credentials = Credentials(vendor.facts.auth, vendor.secrets, vendor.authority)
        self._access = AccessCheck(vendor.facts, self.credentials, vendor.document, vendor.addresses)
        conditions = ConditionalRequests(vendor.facts.conditional, conditional_by_document(vendor.document))
        self._free_of_304 = conditions.free
        self._deprecations = Deprecations(vendor.facts.deprecations)
        self._trouble = Misbehaviour(vendor.world, vendor.places, self._limits.throttled, hint)
        self._execution = Execution(vendor, self._limits, conditions, self._trouble, hint)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """One request, from arrival to answer; what aiohttp's server calls."""
        vendor, request = self._vendor, legible(request)
        context = self._arrive(request)
        entry = context.entry
        try:
            await self._answer(context)
        except asyncio.CancelledError:  # the client has gone
            entry.took_s = self.at - entry.at
            vendor.journal.close(entry)
            vendor.journal.end(entry)
            raise
        finally:
            entry.took_s = self.at - entry.at
        assert context.faults is not None
        answer = self._trouble.answered(context.answer, context.faults, entry)
        entry.status = answer.status if answer is not None else 0
        vendor.journal.close(entry)
        if vendor.recorder is not None and answer is not None:
            await self._record(vendor.recorder, request, entry, answer)
        try:
            return await self._trouble.send(request, entry, answer, context.faults)
        finally:
            vendor.journal.end(entry)

    @property
    def at(self) -> float:
        """Seconds since the run began."""
        return self._vendor.world.now() - self._vendor.began

    @property
    def names(self) -> Counter[str]:
        """The number of times that each name was given to a request."""
        return self._execution.names

    def reset(self) -> None:
        """Forget the names that were given, and stop what is still running."""
        self._execution.reset()

    async def _answer(self, context: RequestContext) -> None:
        """Take the steps up to the answer. Afterwards `answer` and `faults` are set."""
        try:
            if self._is_away(context):
                return
            await self._read(context)
            self._address(context)
            if not context.is_oauth:
                self._identify(context)
                self._admit(context)
            if await self._is_stopped(context):
                return
            context.answer = await self._made(context)
            if self._free_of_304:
                self._give_back(context)
        except errors.VendorError as error:
            await self._refuse(context, error)
        except Exception as error:  # noqa: BLE001 - one operation, and it is told
            _log.exception("%s cannot be played", context.entry.operation or context.entry.path[:200])
            await self._refuse(context, errors.unforeseen(context.entry.operation, error))
        finally:
            if context.admitted:
                self._limits.leave(context.entry, context.requester)

    # --- the steps, in their order -----------------------------------------------------------------------------------

    def _arrive(self, request: web.BaseRequest) -> RequestContext:
        """Journal: an entry for the request, with its number, its id and its idempotency key."""
        vendor = self._vendor
        entry = vendor.journal.arrive(self.at, vendor.world.wall(), request.method, path_of(request), request.headers)
        entry.key = request.headers.get(self._key_header, "") if self._key_header else ""
        entry.tag = request.headers.get(TAG_HEADER, "")[:TAG_CHARACTERS_MAX]
        entry.request_id = vendor.facts.request_id.prefix + vendor.generator.letters(f"request:{entry.n}", 14)
        headers = {"Content-Type": "application/json", vendor.facts.request_id.header: entry.request_id}
        versioning, version = vendor.facts.versioning, ""
        if versioning is not None:
            version = headers[versioning.header] = request.headers.get(versioning.header, versioning.pin)
        if entry.key:
            headers[self._key_header] = entry.key
        return RequestContext(request, entry, headers, FaultTarget("", request.headers, version))

    def _is_away(self, context: RequestContext) -> bool:
        """Outage: True where the vendor is away and sends no answer. Raises errors.VendorError where it sends one."""
        outage = self._vendor.faults.outage(context.entry.at)
        if outage is None:
            return False
        context.entry.faults = ("outage",)
        context.faults = self._trouble.away(outage)
        return True

    async def _read(self, context: RequestContext) -> None:
        """Body, path and query. Raises errors.VendorError for a body that cannot be read."""
        context.body = context.cost = await body_of(context.request)
        if context.entry.sent is not None:
            context.entry.sent.take(context.body)
        context.path, _, context.query = context.entry.path.partition("?")

    def _address(self, context: RequestContext) -> None:
        """Address: the OAuth server's, or an operation of the document; and the answer that a cassette has for it."""
        vendor, request, entry = self._vendor, context.request, context.entry
        if vendor.authority is not None and (own := vendor.authority.owns(request.method, context.path)):
            context.is_oauth, entry.operation = True, own
            return
        match = vendor.addresses.match(request.method, entry.path)
        if vendor.cassette is not None:
            context.recorded = vendor.cassette.play(request.method, entry.path, context.body, request.headers)
        if match is None and vendor.facts.get_or_post and request.method in OTHER:
            match = vendor.addresses.match(OTHER[request.method], entry.path)
            if request.method == "POST":
                context.read_form_as_query()
                context.cost = context.body
        if match is not None:
            match = vendor.addresses.meant(match, request.headers, context.query, context.body)
        context.match = match
        entry.operation = match.operation.id if match is not None else ""
        entry.played = context.recorded is not None

    def _identify(self, context: RequestContext) -> None:
        """Access. Raises errors.VendorError where the request may not come in, or nothing is there to answer it."""
        headers, raw = context.request.headers, context.body
        requester = self._access.identify(context.entry, context.match, headers, context.query, raw)
        context.requester = requester.name
        context.target.app = context.entry.app

    def _admit(self, context: RequestContext) -> None:
        """Limits. Raises errors.VendorError at one that is used up."""
        vendor, entry, match = self._vendor, context.entry, context.match
        # A lie about the limits draws its dice first: a query that cannot be read has met it all the same.
        granted = vendor.faults.granted(entry.operation, entry.at, context.target)
        if match is not None:
            context.headers |= self._deprecations.headers(match.operation)
        if vendor.graphql is not None and vendor.graphql.operation == entry.operation:
            context.graphql = vendor.graphql.answer(context.body)
            context.cost = context.graphql.price
        self._limits.admit(entry, context.requester, context.cost, context.headers, granted)
        context.admitted = True

    async def _is_stopped(self, context: RequestContext) -> bool:
        """Faults: True where one ends the request without an answer. Raises errors.VendorError where one refuses it."""
        vendor, entry = self._vendor, context.entry
        chosen = context.faults = vendor.faults.choose(entry.operation, entry.at, context.target)
        entry.faults = chosen.names
        if not self._trouble.stops(chosen):
            return False
        await vendor.world.sleep(chosen.delay_s)
        self._trouble.refuse(chosen)
        return True

    async def _made(self, context: RequestContext) -> Answer:
        """The answer, from the first of its four sources that this request is for. Raises errors.VendorError."""
        vendor, entry = self._vendor, context.entry
        assert context.faults is not None
        if context.is_oauth and vendor.authority is not None:
            await vendor.world.sleep(context.faults.delay_s)
            headers = context.request.headers
            return vendor.authority.answer(entry.operation, headers, context.query, context.body, entry.at, entry.wall)
        if context.recorded is not None:
            await vendor.world.sleep(context.faults.delay_s)
            return context.recorded
        if context.graphql is not None:
            return await self._execution.answer_query(context, context.graphql)
        assert context.match is not None  # the access check refuses what has neither an operation nor a recording
        return await self._execution.carry_out(context, context.match)

    def _give_back(self, context: RequestContext) -> None:
        """Limits: an operation's 304 gives back what some vendors do not count (GitHub's conditional requests)."""
        answer, requester, cost = context.answer, context.requester, context.cost
        executed = context.match is not None and context.recorded is None and context.graphql is None
        if executed and answer is not None and answer.status == 304:
            context.answer = self._limits.give_back(context.entry, requester, cost, answer, self._free_of_304)

    async def _refuse(self, context: RequestContext, error: errors.VendorError) -> None:
        """The refusal of a step, in the vendor's words."""
        vendor, entry = self._vendor, context.entry
        entry.refused = f"{error.reason}: {error.message}"
        if context.faults is not None:
            left_s = context.faults.delay_s - (self.at - entry.at)
            if left_s > 0:  # it was refused before it waited
                await vendor.world.sleep(left_s)
        context.answer = vendor.refusals.answer(error, entry, context.headers)
        if context.faults is None:  # refused before the faults: of these only the ones that spoil a refusal may hit
            context.target.app = entry.app
            context.faults = vendor.faults.choose(entry.operation, entry.at, context.target, refused=True)

    async def _record(self, recorder: Recorder, request: web.BaseRequest, entry: JournalEntry, answer: Answer) -> None:
        """Write the exchange on the cassette, except where the body could not be read: it could not be found again."""
        try:
            sent = Message(lowered(request.headers.items()), await body_of(request))
        except errors.VendorError:
            return
        returned = Message(lowered(answer.headers.items()), b"".join(answer.events) or answer.body)
        recorder.write(RecordedExchange(entry.method, entry.path, sent, answer.status, returned, entry.took_s))
