"""One request from arrival to answer, in the vendor's order.

Outage, entrance, limits, faults, parameters, conditions, idempotency key, execution: each of these is a file of its
own; only their order is here.

Execution under way survives the client: when a slow request's connection is lost, the vendor finishes it all the same.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import orjson
from aiohttp import web

from tidegate.openapi import DocumentError, Match
from tidegate.simulator import errors, parameters
from tidegate.simulator.admission import Admission
from tidegate.simulator.answer import Answer, answer_of, stream_of
from tidegate.simulator.conditions import Conditions
from tidegate.simulator.credentials import Credentials
from tidegate.simulator.deprecation import Deprecations
from tidegate.simulator.entrance import Entrance
from tidegate.simulator.faults import Caller, Chosen
from tidegate.simulator.journal import Entry
from tidegate.simulator.misbehave import Misbehaviour
from tidegate.simulator.parts import Parts
from tidegate.simulator.sent import Sent, read
from tidegate.simulator.service import Asked
from tidegate.simulator.shapes import Shape

BODY_BYTES_MAX = 1 << 20
"""aiohttp's own limit for a request that is read whole."""


@dataclass(slots=True)
class _Asked:
    """A request that has come through: what it wants, and under which key."""

    entry: Entry
    shape: Shape
    identifier: str
    values: dict[str, Any]
    key: str
    place: str
    """Where its idempotency key is kept."""
    headers: dict[str, str]
    chosen: Chosen


@dataclass(frozen=True, slots=True)
class _Came:
    """A request as it came."""

    headers: Mapping[str, str]
    query: str
    body: bytes


class Exchange:
    """Answers requests. `wall` and `now` are the world's; nothing here reads another clock."""

    def __init__(self, vendor: Parts) -> None:
        self._vendor = vendor
        self._hint = vendor.facts.errors.retry_hint.header if vendor.facts.errors.retry_hint else None
        self._key_header = vendor.facts.idempotency.header if vendor.facts.idempotency else ""
        self._door = Admission(vendor.facts, vendor.limits)
        credentials = Credentials(vendor.facts.auth, vendor.secret, vendor.authority)
        self._entrance = Entrance(vendor.facts, credentials, vendor.document)
        self._conditions = Conditions(vendor.facts.conditional)
        self._deprecations = Deprecations(vendor.facts.deprecations)
        self._version_header = vendor.facts.versioning.header if vendor.facts.versioning else ""
        self._trouble = Misbehaviour(vendor.world, vendor.drifts, self._door.throttled, self._hint)
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
            answer = vendor.refusals.answer(error, entry, headers)
            caller = self._caller(entry, headers, request.headers)
            chosen = vendor.faults.choose(entry.operation, entry.at, caller, refused=True)
        except asyncio.CancelledError:  # the client has gone
            entry.took_s = self.at - entry.at
            vendor.journal.close(entry)
            vendor.journal.end(entry)
            raise
        finally:
            entry.took_s = self.at - entry.at
        answer = self._trouble.told(answer, chosen, entry)
        entry.status = answer.status if answer is not None else 0
        vendor.journal.close(entry)
        try:
            return await self._trouble.send(request, entry, answer, chosen)
        finally:
            vendor.journal.end(entry)

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
            return None, self._trouble.away(outage)
        body = await self._body(request)
        path, _, query = entry.path.partition("?")
        sent = _Came(request.headers, query, body)
        if vendor.authority is not None and (own := vendor.authority.owns(request.method, path)):
            entry.operation = own
            return await self._run(entry, headers, sent, lambda _: self._granting(entry, sent))
        match = vendor.document.match(request.method, entry.path)
        entry.operation = match.operation.id if match is not None else ""
        asking = self._entrance.identify(entry, match, request.headers, query)
        if match is None:
            raise errors.no_such_url(request.method, path)
        headers |= self._deprecations.headers(match.operation)
        granted = vendor.faults.granted(entry.operation, entry.at, self._caller(entry, headers, request.headers))
        self._door.admit(entry, asking.name, body, headers, granted)
        try:
            answer, chosen = await self._run(
                entry, headers, sent, lambda chosen: self._operating(match, entry, headers, sent, asking.name, chosen)
            )
            if answer is not None and answer.status == 304 and self._conditions.free:
                answer = self._door.undone(entry, asking.name, body, answer, self._conditions.free)
            return answer, chosen
        finally:
            self._door.leave(entry, asking.name)

    async def _run(
        self, entry: Entry, headers: dict[str, str], came: _Came, work: Callable[[Chosen], Coroutine[Any, Any, Answer]]
    ) -> tuple[Answer | None, Chosen]:
        """What follows once a request is let in."""
        vendor = self._vendor
        chosen = vendor.faults.choose(entry.operation, entry.at, self._caller(entry, headers, came.headers))
        entry.faults = chosen.names
        try:
            if self._trouble.stops(chosen):
                await vendor.world.sleep(chosen.delay_s)
                self._trouble.refuse(chosen)
                return None, chosen
            return await work(chosen), chosen
        except errors.VendorError as error:
            return vendor.refusals.answer(error, entry, headers), chosen

    def _caller(self, entry: Entry, headers: Mapping[str, str], sent: Mapping[str, str]) -> Caller:
        return Caller(entry.app, sent, headers.get(self._version_header, ""))

    async def _granting(self, entry: Entry, came: _Came) -> Answer:
        """A request for the vendor's OAuth endpoints."""
        assert self._vendor.authority is not None
        return self._vendor.authority.answer(entry.operation, came.headers, came.query, came.body, entry.at)

    async def _operating(
        self, match: Match, entry: Entry, headers: dict[str, str], came: _Came, who: str, chosen: Chosen
    ) -> Answer:
        """A request for an operation of the document."""
        asked = self._checked(match, entry, headers, chosen, came, who)
        tagged = self._conditions.of(entry.operation)
        if tagged and "If-Match" in came.headers and entry.method not in ("GET", "HEAD"):
            self._conditions.check(came.headers, self._current(match, entry))
        answer = await self._carry_out(asked)
        if tagged and entry.method in ("GET", "HEAD"):
            answer = self._conditions.answered(answer, came.headers)
        await self._vendor.webhooks.arrived(entry.n)
        return answer

    def _current(self, match: Match, entry: Entry) -> Answer | None:
        """What a read of the same address would be answered now; None where there is no such read."""
        vendor = self._vendor
        found = vendor.document.match("GET", entry.path)
        if found is None:
            return None
        shape = vendor.shapes.of(found.operation)
        within = Asked(f"{entry.operation}:current", int(vendor.world.wall()))
        try:
            thing = vendor.service.carry_out(shape, match.params.get(shape.id_param, ""), {}, within)
        except errors.VendorError:
            return None
        return answer_of(shape.status, thing, {})

    async def _body(self, request: web.BaseRequest) -> bytes:
        if not request.body_exists:
            return b""
        try:
            return await request.read()
        except web.HTTPRequestEntityTooLarge:
            raise errors.too_large(BODY_BYTES_MAX) from None

    def _checked(
        self, match: Match, entry: Entry, headers: dict[str, str], chosen: Chosen, came: _Came, who: str
    ) -> _Asked:
        try:
            shape = self._vendor.shapes.of(match.operation)
            sent = Sent(came.query, came.headers.get("Content-Type", ""), came.body)
            values = parameters.check(read(sent, shape.media), shape.parameters, self._vendor.shapes.resolve)
        except DocumentError as error:
            raise errors.unsound(str(error)) from None
        keys = self._vendor.keys
        key = keys.key_of(entry.method, entry.key, values) if keys is not None else ""
        entry.key = key or entry.key
        place = keys.place(key, who, entry.operation) if keys is not None and key else ""
        return _Asked(entry, shape, match.params.get(shape.id_param, ""), values, key, place, headers, chosen)

    async def _carry_out(self, asked: _Asked) -> Answer:
        entry, keys = asked.entry, self._vendor.keys
        fingerprint = orjson.dumps([entry.method, entry.path, asked.values], option=orjson.OPT_SORT_KEYS)
        if keys is not None and asked.key:
            digest = blake2b(fingerprint, digest_size=16).digest()
            kept = keys.begin(asked.key, digest, entry.at, entry.request_id, asked.place)
            if kept is not None:
                entry.replayed = True
                return self._as_it_is_now(asked, kept)
        name = asked.key or blake2b(fingerprint, digest_size=16).hexdigest()
        if not asked.chosen.delay_s:
            return self._execute(asked, name)
        return await self._outliving(self._execute_later(asked, name))

    def _as_it_is_now(self, asked: _Asked, kept: Answer) -> Answer:
        """The kept answer; with its object as it has become since, where the vendor answers so."""
        facts = self._vendor.facts.idempotency
        if facts is None or facts.answers == "stored" or kept.status >= 300 or not kept.body:
            return kept
        first = orjson.loads(kept.body)
        known = first.get("id") if isinstance(first, dict) else None
        latest = self._vendor.service.resources.get(asked.shape.kind, known)
        return kept if latest is None else Answer(kept.status, orjson.dumps({**first, **latest}), kept.headers)

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
                self._vendor.keys.free(asked.place)
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
                error = self._trouble.failed(failure)
                answer = vendor.refusals.answer(error, asked.entry, {**asked.headers, **hint})
            else:
                answer = self._done(asked, name)
        except BaseException:
            if vendor.keys is not None:
                vendor.keys.free(asked.place)
            raise
        vendor.journal.changed(asked.entry.effects)
        if vendor.keys is not None and asked.key:
            vendor.keys.finish(asked.place, answer)
        return answer

    def _done(self, asked: _Asked, name: str) -> Answer:
        """The answer of a request that is carried out, its refusal included."""
        vendor, entry = self._vendor, asked.entry
        name = f"{entry.operation}:{name}"
        self._times_named[name] += 1
        name, wall = f"{name}:{self._times_named[name]}", int(vendor.world.wall())
        within = Asked(name, wall, entry.request_id, asked.key, entry.effects, entry.n)
        try:
            thing = vendor.service.carry_out(asked.shape, asked.identifier, asked.values, within)
        except errors.VendorError as error:
            return vendor.refusals.answer(error, entry, asked.headers)
        except DocumentError as error:
            return vendor.refusals.answer(errors.unsound(str(error)), entry, asked.headers)
        vendor.webhooks.asked(entry.operation, asked.values, thing)
        told = self._door.told_in_body(entry)
        if told and isinstance(thing, dict):
            thing = {**thing, **told}
        if asked.shape.streams and asked.values.get("stream"):
            return stream_of(asked.shape.status, vendor.service.pieces(asked.shape, thing, asked.values), asked.headers)
        return answer_of(asked.shape.status, thing, asked.headers)

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
