"""Gets from a provider the messages that pacts are about: asks it for something, and hands on what it sends.

Those are webhooks, or the events of the answer where it is a stream of them. The provider must be reachable and take an
address for webhooks at `webhooks_url`, as the simulator's control API does
(`POST {"url": …}`). Pact's verifier asks here for each message by its description. Knows no vendor.
"""

import asyncio
import json
from collections import deque
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from tidegate.contracts.bounded_body import read_body
from tidegate.world.world import Listener, World

WAIT_S: Final = 5.0
"""A webhook comes within so long after its request, or not at all."""

WEBHOOKS_MAX: Final = 100
"""So many of the newest are kept."""

BODY_BYTES_MAX: Final = 1 << 20
SAID_BYTES_MAX: Final = 500
"""So much of an answer is told where no message came."""

ANY: Final = "*"
"""Stands for any value where `where` tells a message from others."""

REFUSED: Final = frozenset((401, 403, 404, 405, 429))
"""Answers after which no webhook follows; another refusal, like a declined card, may be what it tells of."""


class MessageSource:
    """Listens on loopback for as long as it is entered: for webhooks, and for Pact's questions.

    `where` has for each message, by its description, what stands at which JSON Pointer of its body.
    """

    def __init__(
        self,
        world: World,
        url: str,
        webhooks_url: str,
        headers: Mapping[str, str],
        where: Mapping[str, Mapping[str, str]],
    ) -> None:
        self._world = world
        self._url = url.rstrip("/")
        self._webhooks_url = webhooks_url
        self._headers = headers
        self._where = where
        self._server = web.Server(self._handle, access_log=None)
        self._listener: Listener | None = None
        self._session: aiohttp.ClientSession | None = None
        self._got: deque[tuple[bytes, str]] = deque(maxlen=WEBHOOKS_MAX)
        self._news = asyncio.Event()
        self._was_asked = False
        self._answered = ""
        self._turn = 0

    @property
    def port(self) -> int:
        """Where Pact's verifier asks, at /message."""
        assert self._listener is not None
        return self._listener.port

    @property
    def _place(self) -> str:
        return f"/webhook/{self._turn}"

    async def __aenter__(self) -> Self:
        """Listen."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2 * WAIT_S))
        self._listener = await self._world.listen(self._server, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        if self._listener is not None:
            await self._listener.close()
        await self._server.shutdown(0.1)
        if self._session is not None:
            await self._session.close()

    async def ask(self, params: Mapping[str, Any], known: Mapping[str, Any]) -> None:
        """Make the request of a state, `known` filled in, and listen for what follows.

        Raises ValueError where it is refused.
        """
        assert self._session is not None
        self._was_asked = False
        self._turn += 1  # a webhook of an earlier request may still be on its way, to the address of that
        address = {"url": f"http://127.0.0.1:{self.port}{self._place}"}
        async with self._session.post(self._webhooks_url, json=address) as taken:
            if not taken.ok:
                raise ValueError(f"{self._webhooks_url} takes no address for webhooks: {taken.status}")
        self._got.clear()
        method, path = str(params.get("method", "POST")), _filled(str(params.get("path", "/")), known)
        headers, content = {**(params.get("headers") or {}), **self._headers}, b""
        if isinstance(form := params.get("form"), dict):
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            content = urlencode({name: _filled(str(value), known) for name, value in form.items()}).encode()
        elif "json" in params:
            headers["Content-Type"] = "application/json"
            content = _filled(json.dumps(params["json"]), known).encode()
        async with self._session.request(method, self._url + path, data=content or None, headers=headers) as answer:
            said = await read_body(answer.content, BODY_BYTES_MAX if params.get("stream") else SAID_BYTES_MAX)
            words = said[:SAID_BYTES_MAX].decode("utf-8", "replace")
            self._answered = f"{method} {path} was answered with {answer.status}: {words}"
            if answer.status in REFUSED or answer.status >= 500:
                raise ValueError(self._answered)
            if params.get("stream"):
                self._got.extend((data, "application/json") for data in _events(said))
        self._was_asked = True

    async def _handle(self, request: web.BaseRequest) -> web.Response:
        body = await read_body(request.content, BODY_BYTES_MAX)
        if request.path.startswith("/webhook/"):
            if request.path == self._place:
                self._got.append((body, request.headers.get("Content-Type", "application/json")))
                self._news.set()
            return web.Response()
        if request.path != "/message":
            return web.Response(status=404)
        name = str(json.loads(body).get("description", ""))
        found = await self._wait_for(self._where.get(name, {})) if self._was_asked else None
        if found is None:
            text = f"no webhook for {name!r} came within {WAIT_S:g} s; {self._answered or 'nothing was asked'}"
            return web.Response(status=404, text=text)
        return web.Response(body=found[0], headers={"Content-Type": found[1]})

    async def _wait_for(self, where: Mapping[str, str]) -> tuple[bytes, str] | None:
        """The first webhook in which these texts stand at their places, None where none comes."""
        try:
            async with self._world.timeout(WAIT_S):
                while True:
                    for body, media in self._got:
                        if all(_stands(body, pointer, text) for pointer, text in where.items()):
                            return body, media
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return None


def _filled(text: str, known: Mapping[str, Any]) -> str:
    for name, value in known.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


def _events(stream: bytes) -> Iterator[bytes]:
    """The data of each server-sent event that is JSON (WHATWG HTML, "Server-sent events")."""
    for event in stream.replace(b"\r\n", b"\n").split(b"\n\n"):
        lines = [line.removeprefix(b"data:").strip() for line in event.split(b"\n") if line.startswith(b"data:")]
        data = b"\n".join(lines)
        if data.startswith(b"{"):
            yield data


def _stands(body: bytes, pointer: str, text: str) -> bool:
    value = _at(body, pointer)
    return value is not None and text in (ANY, value)


def _at(body: bytes, pointer: str) -> str | None:
    """The text at a place of a JSON body (RFC 6901), None where there is none."""
    try:
        value = json.loads(body)
        for token in pointer.split("/")[1:]:
            value = value[int(token)] if isinstance(value, list) else value[token]
    except (ValueError, KeyError, IndexError, TypeError):
        return None
    return value if isinstance(value, str) else json.dumps(value)
