"""One document, served in this process and asked over a socket: its operations, and the families that make objects."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote

import aiohttp
import orjson
from yarl import URL

from tests.documents.drawn_requests import DrawnRequest, DrawnRequests, Undrawn
from tests.documents.drawn_values import DrawnValues
from tests.documents.oracle import Judgement, Oracle, Unjudged
from tests.documents.raw_document import RawDocument, RawOperation
from tidegate.simulator.app import SimulatorServer
from tidegate.simulator.control.operation_notes import notes, unreadable
from tidegate.simulator.simulated_vendor import load_simulated_vendor
from tidegate.world.world import RealWorld

_PARAMETER = re.compile(r"\{([^{}]+)\}")
IDS = ("id", "uuid", "guid", "sid", "key", "slug", "name", "code", "number", "arn", "self", "href")
"""Fields that a reader tries, plainly spelt, where none has the parameter's own name."""
BODY_DEPTH_MAX = 3
PUT_AS = "7"
"""The id under which something is put: a number and a text."""


@dataclass(frozen=True)
class ReceivedAnswer:
    """An answer, whole."""

    status: int
    media: str
    body: bytes
    location: str
    sent: Any = None
    """What it answers, as a value."""

    @property
    def value(self) -> Any:
        """Its JSON; None where it is none."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None


@dataclass(frozen=True)
class Family:
    """An operation that makes objects, and the one that reads one of them."""

    create: RawOperation
    read: RawOperation


class ServedDocument:
    """See the module. Use it in `async with`."""

    def __init__(self, path: Path, seed: int = 1) -> None:
        served = load_simulated_vendor(None, path)
        self.simulator = SimulatorServer(RealWorld(1), served.document, served.vendor, seed)
        self._facts = served.vendor.facts
        self.document = RawDocument(orjson.loads(path.read_bytes()))
        self.oracle = Oracle(self.document)
        values = DrawnValues(self.document, random.Random(seed))
        self._requests = DrawnRequests(self.document, self.oracle, values)
        self._made = {operation.key: operation for operation in self.document.operations()}

    async def __aenter__(self) -> Self:
        await self.simulator.start(control_port=None)
        self._client = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._client.close()
        await self.simulator.close()

    @property
    def operations(self) -> list[RawOperation]:
        """Every operation."""
        return list(self._made.values())

    def families(self) -> Iterator[Family]:
        """Every pair of POST on a collection and GET on one of its objects."""
        for operation in self.operations:
            if operation.method == "get" and operation.template.rstrip("/").endswith("}"):
                collection = operation.template.rstrip("/").rpartition("/")[0]
                create = self._made.get(f"POST {collection}") or self._made.get(f"POST {collection}/")
                if create is not None and _PARAMETER.fullmatch(operation.template.rstrip("/").rpartition("/")[2]):
                    yield Family(create, operation)

    @property
    def unreadable_line(self) -> str:
        """The line in which the start says what is made and cannot be read again; empty where it says nothing."""
        return unreadable(self._facts, self.simulator.resource_operations)

    def unreadable_note(self, operation: RawOperation) -> str:
        """What `/operations` says of that for one operation."""
        known = self.simulator.document.operations.values()
        mine = (one for one in known if (one.method, one.template) == (operation.method.upper(), operation.template))
        found = next(mine, None)
        return str(notes(self.simulator.resource_operations, found).get("unreadable", "")) if found is not None else ""

    async def judged(self, operation: RawOperation) -> Judgement:
        """Ask for an operation as somebody would who has the document alone. Raises Undrawn."""
        self.simulator.reset()
        known = await self._existing(operation)
        request = self._requests.of(operation, known)
        answer = await self.ask(request)
        if operation.method == "head" or (answer.status == 412 and "*" in request.headers.values()):
            return Judgement("unjudged", "HEAD, or a condition that must not hold where nothing is there")
        is_missing = answer.status == 404 or (400 <= answer.status < 500 and b"No such" in answer.body)
        if is_missing and len(known) < operation.template.count("{"):
            return self.oracle.judged_missing(operation, answer.status, answer.media, answer.body)
        return self.oracle.judged(operation, answer.status, answer.media, answer.body)

    async def readable(self, family: Family) -> tuple[bool | None, str]:
        """Whether what is made can be read; None where nobody could tell what was made. Raises Undrawn."""
        self.simulator.reset()
        known = await self._existing(family.create)
        made = await self.ask(self._requests.of(family.create, known))
        if made.status >= 300:
            return None, f"not made: {made.status} {made.body[:160].decode(errors='replace')}"
        param = _PARAMETER.findall(family.read.template)[-1]
        identifiers = self._fitting(family.read, param, made, _word(family.create.template))
        if not identifiers:
            return None, "the answer names no object"
        last = None
        for identifier in identifiers[:8]:
            last = await self.ask(self._requests.of(family.read, {**known, param: identifier}))
            if last.status < 300:
                return True, ""
        assert last is not None
        return False, f"{identifiers[:4]}: {last.status} {last.body[:160].decode(errors='replace')}"

    async def ask(self, request: DrawnRequest) -> ReceivedAnswer:
        """Send a request."""
        url = URL(f"http://127.0.0.1:{self.simulator.port}{request.target}", encoded=True)
        headers = {name: text for name, text in request.headers.items() if text.isprintable() and text.isascii()}
        sent = self._client.request(
            request.method, url, data=request.body or None, headers=headers, allow_redirects=False
        )
        try:
            async with sent as answer:
                body, told = await answer.read(), answer.headers
                media, location = told.get("Content-Type", ""), told.get("Location", "")
                return ReceivedAnswer(answer.status, media, body, location, request.sent)
        except aiohttp.ClientError as error:  # an answer that no client can read
            return ReceivedAnswer(599, "", f"{type(error).__name__}: {error}".encode(), "")

    async def _existing(self, operation: RawOperation) -> dict[str, str]:
        """Path parameters that name objects which were made for it, as far as something makes them."""
        known: dict[str, str] = {}
        steps = operation.template.split("/")
        for place, step in enumerate(steps):
            names = _PARAMETER.findall(step)
            if len(names) != 1 or _PARAMETER.sub("", step):
                continue
            collection = "POST " + "/".join(steps[:place])
            create = self._made.get(collection) or self._made.get(collection + "/")
            put = self._made.get("PUT " + "/".join(steps[: place + 1]))
            if create is not None and create is not operation:
                made = await self._asked(create, known)
                is_made = made is not None and made.status < 300
                told = self._fitting(operation, names[0], made, _word(create.template)) if made and is_made else []
                identifier = told[0] if told else ""
            elif put is not None and put is not operation:
                made = await self._asked(put, {**known, names[0]: PUT_AS})
                identifier = PUT_AS if made is not None and made.status < 300 else ""
            else:
                continue
            if identifier:
                known[names[0]] = identifier
        return known

    def _fitting(self, operation: RawOperation, param: str, made: ReceivedAnswer, word: str) -> list[str]:
        """What may name the object that was made, as far as the path's parameter takes it."""
        schema: Any = {}
        for entry in self.document.parameters(operation):
            schema = self.document.parameter_schema(entry)[0] if entry.get("name") == param else schema
        found = dict.fromkeys(_identifiers(made, param, word))
        return [text for text in found if self._takes(schema, text)]

    def _takes(self, schema: Any, text: str) -> bool:
        try:
            values = [text, int(text)] if text.isdecimal() else [text]
            return any(not self.oracle.flaw(schema, value) for value in values)
        except Unjudged:
            return True

    async def _asked(self, operation: RawOperation, known: Mapping[str, str]) -> ReceivedAnswer | None:
        """The answer to a request for an operation; None where no valid request was found."""
        try:
            return await self.ask(self._requests.of(operation, known))
        except Undrawn:
            return None


def _identifiers(made: ReceivedAnswer, param: str, word: str) -> Iterator[str]:
    """What may name the object that was made, the likeliest first. `word` is the collection's."""
    value = made.value
    if isinstance(value, str | int) and not isinstance(value, bool):
        yield str(value)
    own, *endings = _endings(param)
    yield from _named(value, (own,), word)
    yield from _named(made.sent, (own,), word)
    for names in (endings, IDS[:4], IDS[4:]):
        yield from _named(value, names, word)
    if made.location:
        yield unquote(made.location.partition("?")[0].rstrip("/").rpartition("/")[2])


def _named(value: Any, names: Sequence[str], word: str) -> Iterator[str]:
    """Texts and numbers under these names, the shallower first."""
    for depth in range(BODY_DEPTH_MAX):
        for name in names:
            for inner in _at_depth(value, depth, word):
                for field, text in inner.items():
                    if _bare(field) == name and isinstance(text, str | int) and not isinstance(text, bool) and text:
                        yield str(text).rstrip("/").rpartition("/")[2] if name in ("self", "href") else str(text)


def _endings(param: str) -> list[str]:
    """The plain name of a parameter, and what its last words are: `orgName` → `orgname`, `name`."""
    words = re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", param) or [param]
    return [_bare("".join(words[start:])) for start in range(len(words))]


def _at_depth(value: Any, depth: int, word: str) -> Iterator[Mapping[str, Any]]:
    """The objects at a depth, those first that have the collection's name."""
    if isinstance(value, list) and value:
        yield from _at_depth(value[0], depth, word)
    elif isinstance(value, dict):
        if depth == 0:
            yield value
        else:
            for name in sorted(value, key=lambda name: not _bare(word).startswith(_bare(name) or "-")):
                yield from _at_depth(value[name], depth - 1, word)


def _word(template: str) -> str:
    """The last word of a path that is no parameter."""
    return next((step for step in reversed(template.split("/")) if step and "{" not in step), "")


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
