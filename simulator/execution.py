"""Carries out a checked request, once under its idempotency key, and keeps the answer there.

Execution under way survives the client: when a slow request's connection is lost, the vendor finishes it all the same.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import orjson

from tidegate.openapi.document import DocumentError
from tidegate.simulator.answer import errors
from tidegate.simulator.answer.answer import Answer, answer_of, stream_of
from tidegate.simulator.document.shapes import Shape
from tidegate.simulator.door.limit_check import LimitCheck
from tidegate.simulator.objects.operation_request import OperationRequest
from tidegate.simulator.record.journal import JournalEntry
from tidegate.simulator.request.multipart import UploadedFile
from tidegate.simulator.trouble.faults import ChosenFaults
from tidegate.simulator.trouble.misbehave import Misbehaviour
from tidegate.simulator.vendor_parts import VendorParts


@dataclass(slots=True)
class Request:
    """A request that has come through: what it wants, and under which key."""

    entry: JournalEntry
    shape: Shape
    params: dict[str, str]
    values: dict[str, Any]
    key: str
    place: str
    """Where its idempotency key is kept."""
    headers: dict[str, str]
    chosen: ChosenFaults
    base: str
    """The address at which the vendor was asked."""
    uploads: Mapping[str, UploadedFile]
    """The files that were sent, by the field of the body."""
    accept: str
    """The media types that the client takes."""


class Execution:
    """What the vendor does with requests. `hint` is the name of its retry-hint header."""

    def __init__(self, vendor: VendorParts, door: LimitCheck, trouble: Misbehaviour, hint: str | None) -> None:
        self._vendor = vendor
        self._door = door
        self._trouble = trouble
        self._hint = hint
        self.names: Counter[str] = Counter()
        self._running: set[asyncio.Task[Answer]] = set()

    def reset(self) -> None:
        """Forget what was named, and stop what is still running."""
        self.names.clear()
        for task in self._running:
            task.cancel()

    def named(self, name: str) -> str:
        """What the objects of the next request of this name are named after."""
        self.names[name] += 1
        return f"{name}:{self.names[name]}"

    def change(
        self,
        entry: JournalEntry,
        body: bytes,
        carry_out: Callable[[OperationRequest], dict[str, Any]],
        chosen: ChosenFaults,
    ) -> dict[str, Any]:
        """Carry a GraphQL mutation out. Raises errors.VendorError where a fault has the vendor fail."""
        failure, told = self._trouble.failure(chosen), {}
        if failure is None or failure.effect == "done":
            name = self.named(f"{entry.operation}:{blake2b(body, digest_size=16).hexdigest()}")
            wall = int(self._vendor.world.wall())
            told = carry_out(OperationRequest(name, wall, entry.request_id, None, entry.effects, entry.path, entry.n))
            self._vendor.journal.changed(entry.effects)
        if failure is not None:
            raise failure.error
        return told

    async def carry_out(self, asked: Request) -> Answer:
        """The answer, its refusal included. Raises errors.VendorError for a key that cannot be used."""
        entry, keys = asked.entry, self._vendor.keys
        fingerprint = orjson.dumps([entry.method, entry.path, asked.values], option=orjson.OPT_SORT_KEYS)
        if asked.uploads:
            fingerprint = b"".join((fingerprint, *(upload.content for upload in asked.uploads.values())))
        if keys is not None and asked.key:
            digest = blake2b(fingerprint, digest_size=16).digest()
            kept = keys.begin(asked.key, digest, entry.at, entry.request_id, asked.place)
            if kept is not None:
                entry.replayed = True
                if asked.chosen.delay_s:
                    await self._vendor.world.sleep(asked.chosen.delay_s)
                return self._as_it_is_now(asked, kept)
        name = asked.key or blake2b(fingerprint, digest_size=16).hexdigest()
        if not asked.chosen.delay_s:
            return self._execute(asked, name)
        return await self._outliving(self._execute_later(asked, name))

    def _as_it_is_now(self, asked: Request, kept: Answer) -> Answer:
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

    async def _execute_later(self, asked: Request, name: str) -> Answer:
        try:
            await self._vendor.world.sleep(asked.chosen.delay_s)
        except asyncio.CancelledError:
            if self._vendor.keys is not None:
                self._vendor.keys.free(asked.place)
            raise
        return self._execute(asked, name)

    def _execute(self, asked: Request, name: str) -> Answer:
        """Do it, and keep the answer under its key. From here to the end nothing else runs."""
        vendor, failure = self._vendor, self._trouble.failure(asked.chosen)
        try:
            if failure is not None:
                if failure.effect == "done":
                    self._done(asked, name)
                hint = {self._hint: "false"} if self._hint and asked.key else {}  # the key would give the same again
                answer = vendor.refusals.answer(failure.error, asked.entry, {**asked.headers, **hint})
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

    def _done(self, asked: Request, name: str) -> Answer:
        """The answer of a request that is carried out, its refusal included."""
        vendor, entry = self._vendor, asked.entry
        name, wall = self.named(f"{entry.operation}:{name}"), int(vendor.world.wall())
        within = OperationRequest(
            name, wall, entry.request_id, asked.key, entry.effects, entry.path, entry.n, asked.uploads, asked.base,
            asked.accept,
        )  # fmt: skip
        try:
            outcome = vendor.service.carry_out(asked.shape, asked.params, asked.values, within)
        except errors.VendorError as error:
            return vendor.refusals.answer(error, entry, asked.headers)
        except DocumentError as error:
            return vendor.refusals.answer(errors.unsound(str(error)), entry, asked.headers)
        told, thing = self._door.told_in_body(entry), outcome.body
        vendor.webhooks.carried_out(entry.operation, asked.values, thing)
        if told and isinstance(thing, dict):
            thing = {**thing, **told}
        headers = {**asked.headers, **outcome.headers} if outcome.headers else asked.headers
        if outcome.events or (asked.shape.streams and asked.values.get("stream")):
            return stream_of(outcome.status, outcome.events or (("", thing),), headers)
        media = asked.shape.media
        if media not in ("", "application/json") and "*" not in media and "Content-Type" not in outcome.headers:
            headers = {**headers, "Content-Type": media}
        return answer_of(outcome.status, thing, headers)
