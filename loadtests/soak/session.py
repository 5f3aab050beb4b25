"""Plays sessions of a vendor's traffic against a proxy, one after the other or several at once, and notes what failed.

An HTTP client as an app's SDK is one. It knows nothing of who answers.
"""

import asyncio
import itertools
import json
import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from tidegate.loadtests.soak.traffic import LARGE_BYTES, SoakStep
from tidegate.world.world import RealWorld

EXAMPLES_MAX = 10
"""So many failures are shown; the others are counted."""

LEAVES_S = 0.003
"""An app that goes away from a read does so after this."""
ANSWER_S = 30.0
"""The first bytes of a stream come within this."""

_BOUNDARY = "soak-boundary"
_NAME = re.compile(r"\{(\w+)\}")


@dataclass(slots=True)
class SoakCounts:
    """The calls of a stretch. `left` are those that the app itself went away from."""

    calls: int = 0
    left: int = 0
    failures: int = 0
    examples: list[str] = field(default_factory=list)

    def fail(self, method: str, path: str, why: str) -> None:
        """Note a failure."""
        self.failures += 1
        if len(self.examples) < EXAMPLES_MAX:
            self.examples.append(f"{method} {path}: {why}")


def sum_of(several: Iterable[SoakCounts]) -> SoakCounts:
    """The counts of several vendors together."""
    total = SoakCounts()
    for one in several:
        total.calls += one.calls
        total.left += one.left
        total.failures += one.failures
        total.examples = (total.examples + one.examples)[:EXAMPLES_MAX]
    return total


@dataclass(frozen=True, slots=True)
class SoakTarget:
    """The vendor's place on the proxy, the app's own headers, and the header that carries a key, where there is one."""

    base_url: str
    headers: Mapping[str, str]
    key_header: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    """What is known before the first call."""


class SoakPlayer(ABC):
    """Plays calls of one vendor, one after the other or several at once."""

    async def play(self, calls: int, at_once: int) -> SoakCounts:
        """At least `calls` calls, in whole sessions, `at_once` of them at a time."""
        counts = SoakCounts()

        async def one_after_the_other() -> None:
            while counts.calls < calls:
                await self.play_session(counts)

        await asyncio.gather(*(one_after_the_other() for _ in range(at_once)))
        return counts

    @abstractmethod
    async def play_session(self, counts: SoakCounts) -> None:
        """One session: calls of which each may need those before it."""


class SessionPlayer(SoakPlayer):
    """Plays the sessions of one run: each has a number of its own, so none meets another's objects."""

    def __init__(self, client: aiohttp.ClientSession, target: SoakTarget, steps: Sequence[SoakStep], run: str) -> None:
        self._world = RealWorld()
        self._client = client
        self._target = target
        self._steps = steps
        self._run = run
        self._numbers = itertools.count(1)

    async def play_session(self, counts: SoakCounts) -> None:
        """The steps in their order, up to the first that fails: those after it need what it would have given."""
        number = next(self._numbers)
        names = {**self._target.names, "n": f"{self._run}-{number}"}
        for place, step in enumerate(self._steps):
            counts.calls += 1
            keyed = step.writes and bool(self._target.key_header) and number % 2 == 0
            key = {self._target.key_header: f"{self._run}-{number}-{place}"} if keyed else {}
            why = await self._call(step, names, key, counts)
            if why:
                counts.fail(step.method, step.path, why)
                return

    async def _call(self, step: SoakStep, names: dict[str, str], key: Mapping[str, str], counts: SoakCounts) -> str:
        """Make one call. Why it failed, empty where it did not."""
        media, data = content_of(step, names)
        headers = {**self._target.headers, **({"Content-Type": media} if media else {}), **key}
        url = URL(self._target.base_url + filled(step.path, names), encoded=True)
        body: Any = _pieces(data) if step.chunked and data else data or None
        asked = self._client.request(step.method, url, data=body, headers=headers)
        if step.left:
            counts.left += 1
            return await self._left(asked, streams=step.writes)
        try:
            async with asked as answer:
                told = await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            return repr(error)
        return _flaw(step, answer.status, answer.headers, told, names)

    async def _left(self, asked: AbstractAsyncContextManager[aiohttp.ClientResponse], *, streams: bool) -> str:
        """Go away from a call: after a stream's first bytes, else very soon. An answer that was sooner is none."""
        try:
            async with self._world.timeout(ANSWER_S if streams else LEAVES_S), asked as answer:
                await answer.content.readany()
                answer.close()
                return "" if answer.status == 200 else str(answer.status)
        except TimeoutError:
            return "no first bytes came" if streams else ""
        except aiohttp.ClientError as error:
            return repr(error)


def _flaw(step: SoakStep, status: int, headers: Mapping[str, str], told: bytes, names: dict[str, str]) -> str:
    """What is wrong with an answer; takes from a good one what later steps need."""
    shown = f"{status} {headers.get('Tidegate-Problem', '')} {told[:160]!r}"
    if not 200 <= status < 300:
        return shown
    if "json" not in headers.get("Content-Type", "") or not told:
        return ""
    value = json.loads(told)
    if isinstance(value, dict) and (value.get("ok") is False or value.get("errors")):
        return shown
    for name, pointer in step.takes.items():
        part = value
        for word in pointer.split("/")[1:]:
            part = part.get(word) if isinstance(part, dict) else None
        if part is None:
            return f"nothing at {pointer}: {shown}"
        names[name] = str(part)
    return ""


def filled(text: str, names: Mapping[str, str]) -> str:
    """A text with each name in braces replaced; one that is not known stays, as the braces of a query do."""
    return _NAME.sub(lambda found: names.get(found[1], found[0]), text)


def content_of(step: SoakStep, names: Mapping[str, str]) -> tuple[str, bytes]:
    """The media type and the bytes of a step's content; both empty where it has none."""
    if not step.kind:
        return "", b""
    content = _filled(step.content, names)
    if step.kind == "form":
        return "application/x-www-form-urlencoded", urlencode(content).encode()
    if step.kind == "json":
        return "application/json", json.dumps(content).encode() + b" " * (LARGE_BYTES if step.padded else 0)
    return f"multipart/form-data; boundary={_BOUNDARY}", b"".join(_parts(content, padded=step.padded))


def _filled(content: Any, names: Mapping[str, str]) -> Any:
    if isinstance(content, dict):
        return {name: _filled(value, names) for name, value in content.items()}
    if isinstance(content, list):
        return [_filled(value, names) for value in content]
    return filled(content, names) if isinstance(content, str) else content


def _parts(fields: Mapping[str, str], *, padded: bool) -> Iterator[bytes]:
    for name, value in fields.items():
        yield f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    yield f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="soak.jsonl"\r\n'.encode()
    yield b"Content-Type: application/octet-stream\r\n\r\n" + b'{"a": 1}\n' * (LARGE_BYTES // 9 if padded else 10)
    yield f"\r\n--{_BOUNDARY}--\r\n".encode()


async def _pieces(data: bytes) -> AsyncIterator[bytes]:
    """The content in two pieces: a request that says no length."""
    yield data[: len(data) // 2]
    yield data[len(data) // 2 :]
