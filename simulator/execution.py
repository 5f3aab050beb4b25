"""The execution of a request, once under its idempotency key.

    reading      parameters and body, checked against the document
    condition    If-Match, If-None-Match: the object must be the one that the client has seen, or not be there
    key          an answer that is stored under it is given again; a key that is in use refuses
    delay        of a fault; the vendor goes on when the client's connection is lost meanwhile
    service      objects are made, changed, found; or the vendor fails on the way
    key          the answer is stored under it
    tag          the answer to a read has an entity tag, or is a 304; then webhooks that come before the answer

A GraphQL query was read before, for its cost; its mutation is carried out here.
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import orjson

from tidegate.openapi.document import DocumentError, Match
from tidegate.simulator.answer import errors
from tidegate.simulator.answer.answer import Answer, answer_of, joined, stream_of
from tidegate.simulator.answer.media_types import JSON, preferred
from tidegate.simulator.answer.multipart_body import with_boundary
from tidegate.simulator.behaviour.callbacks import CallbackSource
from tidegate.simulator.behaviour.conditional_requests import ConditionalRequests
from tidegate.simulator.document.resource_operation import ResourceOperation
from tidegate.simulator.door.limit_check import LimitCheck
from tidegate.simulator.objects.operation_request import OperationRequest, OperationResult
from tidegate.simulator.prepared_request import PreparedRequest
from tidegate.simulator.record.journal import JournalEntry
from tidegate.simulator.request.request_content import RequestContent
from tidegate.simulator.request_context import RequestContext
from tidegate.simulator.trouble.faults import ChosenFaults
from tidegate.simulator.trouble.misbehave import Misbehaviour
from tidegate.simulator.vendor_parts import VendorParts
from tidegate.values.json_value import NOTHING

if TYPE_CHECKING:
    from tidegate.simulator.behaviour.graphql import GraphQLResult
READS = frozenset({"GET", "HEAD", "QUERY"})
REPLACED = frozenset({"PUT", "PATCH"})
"""Methods after which the same address shows what was sent."""
_FORMS = ("form", "multipart")
_MERGED = frozenset({"application/merge-patch+json", "application/strategic-merge-patch+json"})
"""Bodies whose objects go into those that are there: RFC 7396, and Kubernetes'."""


class Execution:
    """The vendor at work on requests. `hint` is the name of its retry-hint header."""

    def __init__(
        self,
        vendor: VendorParts,
        limits: LimitCheck,
        conditions: ConditionalRequests,
        trouble: Misbehaviour,
        hint: str | None,
    ) -> None:
        self._vendor = vendor
        self._limits = limits
        self._conditions = conditions
        self._trouble = trouble
        self._hint = hint
        self.names: Counter[str] = Counter()
        self._running: set[asyncio.Task[Answer]] = set()

    def reset(self) -> None:
        """Forget the names that were given, and stop what is still running."""
        self.names.clear()
        for task in self._running:
            task.cancel()

    async def carry_out(self, context: RequestContext, match: Match) -> Answer:
        """The answer to a request for an operation of the document. Raises errors.VendorError where it is refused."""
        entry, headers = context.entry, context.request.headers
        prepared = self._read(context, match)
        is_tagged, is_read = self._conditions.of(entry.operation), entry.method in READS
        if is_tagged and not is_read and ("If-Match" in headers or "If-None-Match" in headers):
            self._conditions.check(headers, self._current(entry))
        answer = await self._once(prepared)
        if self._vendor.callbacks.of(entry.operation) and answer.status < 300 and not entry.replayed:
            self._call_back(context, match, answer)
        if is_tagged and is_read:
            answer = self._conditions.answered(answer, headers)
        elif is_tagged and entry.method in REPLACED:
            answer = self._conditions.told(answer, self._current(entry))
        await self._vendor.webhooks.arrived(entry.n)
        return answer

    def _call_back(self, context: RequestContext, match: Match, answer: Answer) -> None:
        """Send what the document calls for after this operation."""
        vendor, entry, headers = self._vendor, context.entry, context.request.headers
        source = CallbackSource(
            entry.operation, f"http://{headers.get('Host', 'localhost')}{entry.path}", entry.method, match.params,
            context.query, headers, context.body, answer.status, answer.body, answer.headers,
        )  # fmt: skip
        kind = vendor.resource_operations.of(match.operation).kind
        for callback in vendor.callbacks.due(source, kind=kind, seed=str(entry.n), wall=int(vendor.world.wall())):
            vendor.webhooks.call_back(callback, entry.n)

    async def answer_query(self, context: RequestContext, result: "GraphQLResult") -> Answer:
        """The answer to a GraphQL request. Raises errors.VendorError where a fault has the vendor fail."""
        vendor, entry, faults = self._vendor, context.entry, context.faults
        assert faults is not None
        await vendor.world.sleep(faults.delay_s)
        body = self._mutate(entry, context.body, result, faults) if result.change else result.body
        await vendor.webhooks.arrived(entry.n)
        return answer_of(200, {**body, **self._limits.body_members(entry)}, context.headers)

    # --- GraphQL -----------------------------------------------------------------------------------------------------

    def _mutate(
        self, entry: JournalEntry, body: bytes, result: "GraphQLResult", faults: ChosenFaults
    ) -> dict[str, Any]:
        """Carry a mutation out: its body. A failing vendor may have carried it out all the same."""
        assert result.change is not None
        failure, data = self._trouble.failure(faults), {}
        if failure is None or failure.effect == "done":
            name = self._named(f"{entry.operation}:{blake2b(body, digest_size=16).hexdigest()}")
            wall = int(self._vendor.world.wall())
            data = result.change(
                OperationRequest(name, wall, entry.request_id, None, entry.effects, entry.path, entry.n)
            )
            entry.carried_out = True
            self._vendor.journal.changed(entry.effects)
        if failure is not None:
            raise failure.error
        return data

    # --- an operation of the document: reading, condition ------------------------------------------------------------

    def _read(self, context: RequestContext, match: Match) -> PreparedRequest:
        """Reading. Raises errors.VendorError for the first thing that is wrong."""
        vendor, entry, sent_headers = self._vendor, context.entry, context.request.headers
        assert context.faults is not None
        try:
            operation = vendor.resource_operations.of(match.operation)
            content = RequestContent(match.params, context.query, sent_headers, context.body)
            checked = vendor.readers.read(match.operation, content)
            if operation.documented and not operation.documented.takes(accept := sent_headers.get("Accept", "*/*")):
                raise errors.not_acceptable(accept, (operation.media, *operation.documented.others))
        except DocumentError as error:
            raise errors.unsound(f"{error} [D020]") from None
        keys, values = vendor.keys, checked.values
        key = keys.key_of(entry.method, entry.key, values) if keys is not None else ""
        entry.key = key or entry.key
        return PreparedRequest(
            entry,
            operation,
            match.params,
            values,
            checked.uploads,
            key,
            keys.place(key, context.requester, entry.operation) if keys is not None and key else "",
            context.headers,
            context.faults,
            f"http://{sent_headers.get('Host', 'localhost')}",
            sent_headers.get("Accept", "*/*"),
            "form" if checked.form in _FORMS else "merge" if content.media in _MERGED else "json",
            checked.body,
        )

    def _current(self, entry: JournalEntry) -> Answer | None:
        """The answer that a read of the same address would get now; None where there is no such read."""
        vendor = self._vendor
        match = vendor.addresses.match("GET", entry.path)
        if match is None:
            return None
        operation = vendor.resource_operations.of(match.operation)
        within = OperationRequest(f"{entry.operation}:current", int(vendor.world.wall()))
        try:
            result = vendor.service.carry_out(operation, match.params, {}, within)
        except (errors.VendorError, DocumentError):
            return None
        return self._in_its_media(operation, result, {})

    # --- key, delay --------------------------------------------------------------------------------------------------

    async def _once(self, prepared: PreparedRequest) -> Answer:
        """The answer, its refusal included. Raises errors.VendorError for a key that cannot be used."""
        entry, keys, delay_s = prepared.entry, self._vendor.keys, prepared.faults.delay_s
        fingerprint = orjson.dumps([entry.method, entry.path, prepared.values], option=orjson.OPT_SORT_KEYS)
        if prepared.body is not None:
            fingerprint += orjson.dumps(prepared.body, option=orjson.OPT_SORT_KEYS)
        if prepared.uploads:
            fingerprint = b"".join((fingerprint, *(upload.content for upload in prepared.uploads.values())))
        if keys is not None and prepared.key:
            digest = blake2b(fingerprint, digest_size=16).digest()
            stored = keys.begin(prepared.key, digest, entry.at, entry.request_id, prepared.place)
            if stored is not None:
                entry.replayed = True
                if delay_s:
                    await self._vendor.world.sleep(delay_s)
                return self._as_it_is_now(prepared, stored)
        name = prepared.key or blake2b(fingerprint, digest_size=16).hexdigest()
        if not delay_s:
            return self._execute(prepared, name)
        return await self._outliving(self._execute_later(prepared, name))

    def _as_it_is_now(self, prepared: PreparedRequest, stored: Answer) -> Answer:
        """The stored answer; with its object as it has become since, where the vendor answers so."""
        facts = self._vendor.facts.idempotency
        if facts is None or facts.answers == "stored" or stored.status >= 300 or not stored.body:
            return stored
        first = orjson.loads(stored.body)
        identifier = first.get("id") if isinstance(first, dict) else None
        latest = self._vendor.service.resources.get(prepared.operation.kind, identifier)
        return stored if latest is None else Answer(stored.status, orjson.dumps({**first, **latest}), stored.headers)

    async def _outliving(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Wait for work that goes on although its client has gone."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def _execute_later(self, prepared: PreparedRequest, name: str) -> Answer:
        try:
            await self._vendor.world.sleep(prepared.faults.delay_s)
        except asyncio.CancelledError:  # a reset: nothing was executed
            if self._vendor.keys is not None:
                self._vendor.keys.free(prepared.place)
            raise
        return self._execute(prepared, name)

    # --- service, and the answer under its key -----------------------------------------------------------------------

    def _execute(self, prepared: PreparedRequest, name: str) -> Answer:
        """Do it, and store the answer under its key. From here to the end nothing else runs."""
        vendor, entry, failure = self._vendor, prepared.entry, self._trouble.failure(prepared.faults)
        done: Answer | None = None
        try:
            if failure is not None:
                if failure.effect == "done":
                    done = self._serve(prepared, name)
                hint = {self._hint: "false"} if self._hint and prepared.key else {}  # the key would give the same again
                answer = vendor.refusals.answer(failure.error, entry, {**prepared.headers, **hint})
            else:
                answer = self._serve(prepared, name)
        except BaseException:
            if vendor.keys is not None:
                vendor.keys.free(prepared.place)
            raise
        vendor.journal.changed(entry.effects)
        if vendor.keys is not None and prepared.key:
            vendor.keys.finish(prepared.place, answer, done)
        return answer

    def _serve(self, prepared: PreparedRequest, name: str) -> Answer:
        """The answer of the service, its refusal included."""
        vendor, entry = self._vendor, prepared.entry
        name, wall = self._named(f"{entry.operation}:{name}"), int(vendor.world.wall())
        request = OperationRequest(
            name, wall, entry.request_id, prepared.key, entry.effects, entry.path, entry.n, prepared.uploads,
            prepared.base, prepared.accept, prepared.way, prepared.body,
        )  # fmt: skip
        try:
            result = vendor.service.carry_out(prepared.operation, prepared.params, prepared.values, request)
        except (errors.VendorError, DocumentError) as error:
            refused = error if isinstance(error, errors.VendorError) else errors.unsound(str(error))
            return vendor.refusals.answer(refused, entry, prepared.headers)
        entry.carried_out = True
        vendor.webhooks.carried_out(entry.operation, prepared.values, result.body)
        return self._written(prepared, result)

    def _written(self, prepared: PreparedRequest, result: OperationResult) -> Answer:
        """The result as an answer: a document, or an event stream where the request or the result wants one."""
        vendor, operation, entry = self._vendor, prepared.operation, prepared.entry
        if isinstance(result.body, dict) and (cost := self._limits.body_members(entry)):
            result.body = {**result.body, **cost}
        headers = joined(result.headers, prepared.headers) if result.headers else prepared.headers
        streams = entry.method != "HEAD" and operation.streams(prepared.values.get("stream"), prepared.accept)
        if result.events or streams:
            events = result.events or vendor.service.bodies.events(operation, result.body, entry.request_id)
            return stream_of(result.status, events, headers)
        others = operation.documented.others if operation.documented else {}
        if others and "Content-Type" not in result.headers:
            wanted = preferred(prepared.accept, (operation.media, *others))
            if wanted is not None and wanted != operation.media:
                body = vendor.service.bodies.offered(operation, wanted, result.body, entry.request_id)
                return answer_of(result.status, body, {**headers, "Content-Type": with_boundary(wanted, body)})
        return self._in_its_media(operation, result, headers)

    def _in_its_media(
        self, operation: ResourceOperation, result: OperationResult, headers: Mapping[str, str]
    ) -> Answer:
        """The answer in the media type that the result says, else the first that the document has."""
        media = "" if "Content-Type" in result.headers else operation.media
        if media in ("", JSON) or result.body is NOTHING:
            return answer_of(result.status, result.body, headers)
        body = self._vendor.service.bodies.written(media, result.body, operation.answer)
        return answer_of(result.status, body, {**headers, "Content-Type": with_boundary(media, body)})

    def _named(self, name: str) -> str:
        """The name that the objects of this request are made from: its own, and how often that was given."""
        self.names[name] += 1
        return f"{name}:{self.names[name]}"
