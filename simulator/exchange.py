"""One request from arrival to answer, in the vendor's order.

Outage, credential, operation, limits, faults, parameters, idempotency key, execution: each of these is a file of its
own; only their order is here.

Execution under way survives the client: when a slow request's connection is lost, the vendor finishes it all the same.
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import orjson
from aiohttp import web

from tidegate.openapi import Document, DocumentError, Match
from tidegate.scenario import ResetBefore
from tidegate.simulator import credentials, errors, parameters
from tidegate.simulator.admission import Admission
from tidegate.simulator.answer import Answer, answer_of, stream_of
from tidegate.simulator.faults import NOTHING, Chosen, Faults
from tidegate.simulator.journal import Entry, Journal
from tidegate.simulator.keys import Keys
from tidegate.simulator.limits import Limits
from tidegate.simulator.misbehave import Misbehaviour
from tidegate.simulator.refusals import Refusals
from tidegate.simulator.samples import Samples
from tidegate.simulator.sent import Sent, read
from tidegate.simulator.asked import Asked
from tidegate.simulator.service import Service
from tidegate.simulator.shapes import Shape, Shapes
from tidegate.vendor import Facts
from tidegate.world import World

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
    refusals: Refusals
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
    params: dict[str, str]
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
        self._trouble = Misbehaviour(vendor.world, lambda: self._door.throttled("global-rate"), self._hint)
        self._times_named: Counter[str] = Counter()
        self._running: set[asyncio.Task[Answer]] = set()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """One request; what aiohttp's server calls."""
        vendor = self._vendor
        entry = vendor.journal.arrive(self.at, vendor.world.wall(), request.method, _path(request))
        entry.key = request.headers.get(self._key_header, "") if self._key_header else ""
        entry.request_id = vendor.facts.request_id.prefix + vendor.samples.letters(f"request:{entry.n}", 14)
        headers = self._headers(request, entry)
        try:
            answer, chosen = await self._judge(request, entry, headers)
        except errors.VendorError as error:
            answer, chosen = vendor.refusals.answer(error, entry, headers), NOTHING
        finally:
            entry.took_s = self.at - entry.at
        answer = self._trouble.told(answer, chosen)
        entry.status = answer.status if answer is not None else 0
        vendor.journal.close(entry)
        return await self._trouble.send(request, entry, answer, chosen)

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
        try:
            if self._trouble.stops(chosen):
                await vendor.world.sleep(chosen.delay_s)
                self._trouble.refuse(chosen)
                return None, chosen
            return await self._carry_out(self._checked(match, entry, headers, chosen, sent)), chosen
        except errors.VendorError as error:
            return vendor.refusals.answer(error, entry, headers), chosen

    async def _body(self, request: web.BaseRequest) -> bytes:
        if not request.body_exists:
            return b""
        try:
            return await request.read()
        except web.HTTPRequestEntityTooLarge:
            raise errors.too_large(BODY_BYTES_MAX) from None

    def _checked(self, match: Match, entry: Entry, headers: dict[str, str], chosen: Chosen, sent: Sent) -> _Asked:
        try:
            shape = self._vendor.shapes.of(match.operation)
            values = parameters.check(read(sent, shape.media), shape.parameters, self._vendor.shapes.resolve)
        except DocumentError as error:
            raise errors.unsound(str(error)) from None
        facts = self._vendor.facts.idempotency
        key = entry.key if facts is not None and entry.method in facts.methods else ""
        return _Asked(entry, shape, match.params, values, key, headers, chosen)

    async def _carry_out(self, asked: _Asked) -> Answer:
        entry, keys = asked.entry, self._vendor.keys
        fingerprint = orjson.dumps([entry.method, entry.path, asked.values], option=orjson.OPT_SORT_KEYS)
        if keys is not None and asked.key:
            kept = keys.begin(asked.key, blake2b(fingerprint, digest_size=16).digest(), entry.at, entry.request_id)
            if kept is not None:
                entry.replayed = True
                return kept
        name = asked.key or blake2b(fingerprint, digest_size=16).hexdigest()
        if not asked.chosen.delay_s:
            return self._execute(asked, name)
        return await self._outliving(self._execute_later(asked, name))

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
        vendor, failure = self._vendor, self._trouble.failure(asked.chosen)
        try:
            if failure is not None:
                if failure.effect == "done":
                    self._done(asked, name)
                hint = {self._hint: "false"} if self._hint and asked.key else {}  # the key would give the same again
                error = errors.server_error(failure.status)
                answer = vendor.refusals.answer(error, asked.entry, {**asked.headers, **hint})
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
        within = Asked(name, wall, entry.request_id, asked.key, entry.effects, entry.path)
        try:
            outcome = vendor.service.carry_out(asked.shape, asked.params, asked.values, within)
        except errors.VendorError as error:
            return vendor.refusals.answer(error, entry, asked.headers)
        except DocumentError as error:
            return vendor.refusals.answer(errors.unsound(str(error)), entry, asked.headers)
        told, thing = self._door.told_in_body(entry), outcome.body
        if told and isinstance(thing, dict):
            thing = {**thing, **told}
        headers = {**asked.headers, **outcome.headers} if outcome.headers else asked.headers
        if asked.shape.streams and asked.values.get("stream"):
            return stream_of(outcome.status, vendor.service.pieces(asked.shape, thing, asked.values), headers)
        return answer_of(outcome.status, thing, headers)

    def _headers(self, request: web.BaseRequest, entry: Entry) -> dict[str, str]:
        headers = {"Content-Type": "application/json", self._vendor.facts.request_id.header: entry.request_id}
        version = self._vendor.facts.versioning
        if version is not None:
            headers[version.header] = request.headers.get(version.header, version.pin)
        if entry.key:
            headers[self._key_header] = entry.key
        return headers


def _path(request: web.BaseRequest) -> str:
    """Path and query as sent; a proxy's absolute form (RFC 9112 §3.2.2) loses its host."""
    raw = request.raw_path
    return raw if raw.startswith("/") else request.rel_url.raw_path_qs
