"""The app's side of HTTP on aiohttp's low-level server: replies that are bytes already, and errors that are ours.

What is relied on beyond the documented API (`handle_error`) is held by tests/proxy/onramp/test_server.py; aiohttp's
minor version is pinned.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import RawRequestMessage
from aiohttp.http_exceptions import LineTooLong
from aiohttp.streams import StreamReader
from aiohttp.web_protocol import RequestHandler

from tidegate.world.raw_response import RawResponse

BadRequestWriter = Callable[[int, str, BaseException | None], bytes]
"""Makes the whole reply where there is none: (status, what is wrong, a bug of ours or None) → bytes.

Without a bug the request could not be read."""


class _AppConnection(RequestHandler):
    __slots__ = ("cancel_when_gone", "write_bad_request")
    write_bad_request: BadRequestWriter
    cancel_when_gone: bool

    def connection_lost(self, exc: BaseException | None) -> None:
        """The app has gone: nobody needs the answer to a read, while a write is finished for its record's sake."""
        task = self._task_handler if self.cancel_when_gone else None
        super().connection_lost(exc)
        if task is not None:
            task.cancel()

    def handle_error(
        self,
        request: web.BaseRequest,  # noqa: ARG002 - the signature that aiohttp calls
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """A request that could not be parsed, or a handler that failed (500). It always ends the connection."""
        if isinstance(exc, LineTooLong):
            status = 431
        if isinstance(exc, ConnectionError) and self.transport is None:
            status, message = 400, "the app went away before its content had ended"
        data = self.write_bad_request(status, message or "the request cannot be read", exc if status == 500 else None)
        return RawResponse(data, keep_alive=False)  # type: ignore[return-value]  # the duck type that finish_response uses


class AppServer(web.Server):
    """Makes the connections."""

    def __init__(
        self,
        handler: Callable[[web.BaseRequest], object],
        bad_request: BadRequestWriter,
        *,
        body_max_bytes: int,
        **options: Any,
    ) -> None:
        super().__init__(
            handler,  # type: ignore[arg-type]  # it returns the duck type
            request_factory=self._request,
            access_log=None,
            auto_decompress=False,
            **options,
        )
        self._bad_request = bad_request
        self._body_max_bytes = body_max_bytes

    def __call__(self) -> RequestHandler:
        """A new connection."""
        connection = _AppConnection(self, loop=self._loop, **self._kwargs)
        connection.write_bad_request = self._bad_request
        connection.cancel_when_gone = False
        return connection

    def _request(
        self,
        message: RawRequestMessage,
        payload: StreamReader,
        protocol: RequestHandler,
        writer: AbstractStreamWriter,
        task: "asyncio.Task[None]",
    ) -> web.BaseRequest:
        return web.BaseRequest(
            message, payload, protocol, writer, task, self._loop, client_max_size=self._body_max_bytes
        )


def cancel_when_gone(protocol: RequestHandler, *, cancel: bool) -> None:
    """Choose if the call under way on this connection is cancelled when the app closes it."""
    assert isinstance(protocol, _AppConnection)
    protocol.cancel_when_gone = cancel


def first_line(text: str) -> str:
    """The first line of a parser's message, bounded: the rest repeats what was sent."""
    return text.strip().partition("\n")[0].rstrip(":. ")[:120]
