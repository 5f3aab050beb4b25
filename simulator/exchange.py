"""One request from arrival to answer, in the vendor's order.

Outage, credential, operation, limits, faults, parameters, idempotency key, execution: each of these is a file of its
own; only their order, and what a fault does to it, is here.

Execution under way survives the client: when a slow request's connection is lost, the vendor finishes it all the same.
"""

import asyncio
import math
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import orjson
from aiohttp import web

from tidegate.openapi import Document, DocumentError, Match
from tidegate.scenario import Aimed, Drip, Hang, ResetAfter, ResetBefore, ServerError, Throttle, Truncate
from tidegate.simulator import credentials, errors, parameters, wire
from tidegate.simulator.admission import Admission
from tidegate.simulator.answer import Answer, answer_of, http_date, refusal_of, stream_of
from tidegate.simulator.faults import NOTHING, Chosen, Faults
from tidegate.simulator.journal import Entry, Journal
from tidegate.simulator.keys import Keys
from tidegate.simulator.limits import Limits
from tidegate.simulator.samples import Samples
from tidegate.simulator.sent import Sent, read
from tidegate.simulator.service import Asked, Service
from tidegate.simulator.shapes import Shape, Shapes
from tidegate.vendor import Facts
from tidegate.world import World

ORDINARY_PACE = Drip.model_validate({"every": "10ms"})
"""The events of a stream come so far apart, where no fault says otherwise."""

BODY_BYTES_MAX = 1 << 20
"""aiohttp's own limit for a request that is read whole."""


@dataclass(slots=True)
class Parts:
    """The parts that an exchange passes through. `began` is the monotonic second at which the run started."""

    world: World
    facts: Facts
    document: Document
    shapes: Shapes
    samples: Samples
    service: Service
    limits: Limits
    faults: Faults
    keys: Keys | None
    journal: Journal
    secret: str | None
    began: float


@dataclass(slots=True)
class _Asked:
    """A request that has come through: what it wants, and under which key."""

    entry: Entry
    shape: Shape
    identifier: str
    values: dict[str, Any]
    key: str
    headers: dict[str, str]
    chosen: Chosen


class Exchange:
    """Answers requests. `wall` and `now` are the world's; nothing here reads another clock."""

    def __init__(self, vendor: Parts) -> None:
        self._vendor = vendor
        self._hint = vendor.facts.errors.retry_hint.header if vendor.facts.errors.retry_hint else None
        self._key_header = vendor.facts.idempotency.header if vendor.facts.idempotency else ""
        self._door = Admission(vendor.facts, vendor.limits)
        self._times_named: Counter[str] = Counter()
        self._running: set[asyncio.Task[Answer]] = set()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """One request; what aiohttp's server calls."""
        vendor = self._vendor
        entry = vendor.journal.arrive(self.at, vendor.world.wall(), request.method, _path(request))
        entry.key = request.headers.get(self._key_header, "") if self._key_header else ""
        entry.request_id = "req_" + vendor.samples.letters(f"request:{entry.n}", 14)
        headers = self._headers(request, entry)
        try:
            answer, chosen = await self._judge(request, entry, headers)
        except errors.VendorError as error:
            answer, chosen = refusal_of(error, vendor.facts.errors.envelope, headers), NOTHING
        finally:
            entry.took_s = self.at - entry.at
        if answer is not None and not isinstance(chosen.fault, ResetAfter):
            entry.status = answer.status
        vendor.journal.close(entry)
        return await self._send(request, entry, answer, chosen)

    @property
    def at(self) -> float:
        """Seconds since the run began."""
        return self._vendor.world.now() - self._vendor.began

    def reset(self) -> None:
        """Forget what was named, and stop what is still running."""
        self._times_named.clear()
        for task in self._running:
            task.cancel()

    async def _judge(
        self, request: web.BaseRequest, entry: Entry, headers: dict[str, str]
    ) -> tuple[Answer | None, Chosen]:
        """The answer, None for none, and the faults that spoil the sending of it. Raises errors.VendorError."""
        vendor = self._vendor
        outage = vendor.faults.outage(entry.at)
        if outage is not None:
            entry.faults = ("outage",)
            if outage.mode == "status":
                raise errors.server_error(outage.status)
            return None, Chosen(fault=ResetBefore())
        body = await self._body(request)
        path, _, query = entry.path.partition("?")
        match = vendor.document.match(request.method, entry.path)
        entry.operation = match.operation.id if match is not None else ""
        credential = credentials.identify(request.headers.get(vendor.facts.auth.header, ""), vendor.secret)
        if match is None:
            raise errors.no_such_url(request.method, path)
        self._door.admit(entry, credential, body, headers)
        try:
            return await self._run(match, entry, headers, Sent(query, request.headers.get("Content-Type", ""), body))
        finally:
            self._door.leave(entry, credential)

    async def _run(
        self, match: Match, entry: Entry, headers: dict[str, str], sent: Sent
    ) -> tuple[Answer | None, Chosen]:
        """What follows once a request is let in."""
        vendor = self._vendor
        chosen = vendor.faults.choose(entry.operation, entry.at)
        entry.faults = chosen.names
        if _comes_to_nothing(chosen.fault):
            await vendor.world.sleep(chosen.delay_s)
            self._refuse(chosen.fault)
            return None, chosen
        asked = self._checked(match, entry, headers, chosen, sent)
        return await self._carry_out(asked), chosen

    async def _body(self, request: web.BaseRequest) -> bytes:
        if not request.body_exists:
            return b""
        try:
            return await request.read()
        except web.HTTPRequestEntityTooLarge:
            raise errors.too_large(BODY_BYTES_MAX) from None

    def _refuse(self, fault: Aimed | None) -> None:
        """Raise errors.VendorError where a fault by which nothing is done has an answer."""
        if isinstance(fault, Throttle):
            refused = errors.locked(self._hint) if fault.means == "contention" else self._door.throttled("global-rate")
        elif isinstance(fault, ServerError):
            refused = errors.server_error(fault.status)
        else:
            return
        if fault.retry_after is not None:
            dated = isinstance(fault, Throttle) and fault.written == "date"
            moment = math.ceil(self._vendor.world.wall() + fault.retry_after)
            refused.headers["Retry-After"] = http_date(moment) if dated else f"{fault.retry_after:g}"
        raise refused

    def _checked(self, match: Match, entry: Entry, headers: dict[str, str], chosen: Chosen, sent: Sent) -> _Asked:
        try:
            shape = self._vendor.shapes.of(match.operation)
            values = parameters.check(read(sent, shape.media), shape.parameters, self._vendor.shapes.resolve)
        except DocumentError as error:
            raise errors.unsound(str(error)) from None
        facts = self._vendor.facts.idempotency
        key = entry.key if facts is not None and entry.method in facts.methods else ""
        return _Asked(entry, shape, match.params.get(shape.id_param, ""), values, key, headers, chosen)

    async def _carry_out(self, asked: _Asked) -> Answer | None:
        entry, keys, fault = asked.entry, self._vendor.keys, asked.chosen.fault
        fingerprint = orjson.dumps([entry.method, entry.path, asked.values], option=orjson.OPT_SORT_KEYS)
        if keys is not None and asked.key:
            kept = keys.begin(asked.key, blake2b(fingerprint, digest_size=16).digest(), entry.at, entry.request_id)
            if kept is not None:
                entry.replayed = True
                return None if isinstance(fault, Hang) else kept
        name = asked.key or blake2b(fingerprint, digest_size=16).hexdigest()
        if not asked.chosen.delay_s:
            answer = self._execute(asked, name)
        else:
            answer = await self._outliving(self._execute_later(asked, name))
        if isinstance(fault, Hang):
            return None
        return answer

    async def _outliving(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Wait for work that goes on although its client has gone."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def _execute_later(self, asked: _Asked, name: str) -> Answer:
        try:
            await self._vendor.world.sleep(asked.chosen.delay_s)
        except asyncio.CancelledError:
            if self._vendor.keys is not None:
                self._vendor.keys.free(asked.key)
            raise
        return self._execute(asked, name)

    def _execute(self, asked: _Asked, name: str) -> Answer:
        """Do it, and keep the answer under its key. From here to the end nothing else runs."""
        vendor, fault = self._vendor, asked.chosen.fault
        try:
            if isinstance(fault, ServerError):
                if fault.effect == "done":
                    self._done(asked, name)
                hint = {self._hint: "false"} if self._hint and asked.key else {}  # the key would give the same again
                error = errors.server_error(fault.status)
                answer = refusal_of(error, vendor.facts.errors.envelope, {**asked.headers, **hint})
            else:
                answer = self._done(asked, name)
        except BaseException:
            if vendor.keys is not None:
                vendor.keys.free(asked.key)
            raise
        vendor.journal.changed(asked.entry.effects)
        if vendor.keys is not None and asked.key:
            vendor.keys.finish(asked.key, answer)
        return answer

    def _done(self, asked: _Asked, name: str) -> Answer:
        """The answer of a request that is carried out, its refusal included."""
        vendor, entry = self._vendor, asked.entry
        name = f"{entry.operation}:{name}"
        self._times_named[name] += 1
        name, wall = f"{name}:{self._times_named[name]}", int(vendor.world.wall())
        within = Asked(name, wall, entry.request_id, asked.key, entry.effects)
        try:
            thing = vendor.service.carry_out(asked.shape, asked.identifier, asked.values, within)
        except errors.VendorError as error:
            return refusal_of(error, vendor.facts.errors.envelope, asked.headers)
        except DocumentError as error:
            return refusal_of(errors.unsound(str(error)), vendor.facts.errors.envelope, asked.headers)
        told = self._door.told_in_body(entry)
        if told and isinstance(thing, dict):
            thing = {**thing, **told}
        if asked.shape.streams and asked.values.get("stream"):
            return stream_of(asked.shape.status, vendor.service.pieces(asked.shape, thing, asked.values), asked.headers)
        return answer_of(asked.shape.status, thing, asked.headers)

    def _headers(self, request: web.BaseRequest, entry: Entry) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Request-Id": entry.request_id}
        version = self._vendor.facts.versioning
        if version is not None:
            headers[version.header] = request.headers.get(version.header, version.pin)
        if entry.key:
            headers[self._key_header] = entry.key
        return headers

    async def _send(
        self, request: web.BaseRequest, entry: Entry, answer: Answer | None, chosen: Chosen
    ) -> web.StreamResponse:
        """Put the answer on the wire, or do what the fault does instead."""
        transport, fault = request.transport, chosen.fault
        if answer is None and isinstance(fault, Hang):
            await asyncio.get_running_loop().create_future()  # cancelled when the client goes
        if answer is None or isinstance(fault, ResetAfter):
            wire.reset(transport)
            return web.Response()
        headers = {**answer.headers, "Date": http_date(int(self._vendor.world.wall())), "Server": "simulator"}
        if answer.events or chosen.drip is not None:
            share = fault.share if isinstance(fault, Truncate) else None
            pace, sleep = chosen.drip or ORDINARY_PACE, self._vendor.world.sleep
            response = await wire.stream(request, answer, headers, pace, share, sleep)
            entry.answered = share is None and response is not None
            return response or web.Response()
        if isinstance(fault, Truncate):
            wire.truncate(transport, answer, headers, fault.share)
            return web.Response()
        entry.answered = transport is not None and not transport.is_closing()
        return web.Response(status=answer.status, body=answer.body, headers=headers)


def _path(request: web.BaseRequest) -> str:
    """Path and query as sent; a proxy's absolute form (RFC 9112 §3.2.2) loses its host."""
    raw = request.raw_path
    return raw if raw.startswith("/") else request.rel_url.raw_path_qs


def _comes_to_nothing(fault: Aimed | None) -> bool:
    return isinstance(fault, Throttle | ResetBefore) or (
        isinstance(fault, ServerError | Hang) and fault.effect == "none"
    )
