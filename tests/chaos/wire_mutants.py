"""Planted bugs of the wire: each of the first five is one that the proxy has had, as it was."""

import asyncio
from typing import Any
from unittest.mock import patch

from aiohttp.client_proto import ResponseHandler

from tidegate.proxy.call.content import NO_CONTENT, StreamedContent
from tidegate.proxy.onramp import admission
from tidegate.proxy.onramp.request_content import METHODS_WITH_CONTENT, read_content
from tidegate.proxy.policies.limits.wait_queue import WaitQueue
from tidegate.proxy.stages import cache as caches
from tidegate.proxy.upstream import answer_classifier
from tidegate.proxy.wire.answer_mending import AnswerMender, Unmendable
from tidegate.proxy.wire.idle_connections import IdleConnections
from tidegate.proxy.wire.pool import Pool
from tidegate.proxy.wire.pool_connection import Connection
from tidegate.proxy.wire.transport import IDLE_MAX_S


def a_streamed_content_leaves_without_framing() -> Any:
    async def read(request: Any, *arguments: Any, **more: Any) -> Any:
        content = await read_content(request, *arguments, **more)
        if isinstance(content, StreamedContent) and request.method not in METHODS_WITH_CONTENT:
            content.framing = b""
            if content.length is None:
                content.length = 0  # it is not sent in chunks either
        return content

    return patch.object(admission, "read_content", read)


def a_cached_answer_is_given_for_another_content() -> Any:
    original = caches._CachedRead.handle

    async def handle(self: Any, call: Any) -> Any:
        carried, call.content = call.content, NO_CONTENT
        key = self.key_of(call)
        call.content = NO_CONTENT if self.answers.get(key, call.headers) is not None else carried
        return await original(self, call)

    return patch.object(caches._CachedRead, "handle", handle)


def idle_connections_are_never_closed() -> Any:
    def put(self: IdleConnections, connection: Connection, now: float) -> None:
        self._waiting.append((connection, now))

    return patch.object(IdleConnections, "put", put)


def a_retry_takes_a_used_connection() -> Any:
    original = Pool.exchange

    def exchange(self: Pool, request: bytes, *, idle_max_s: float, **more: Any) -> Any:
        return original(self, request, idle_max_s=idle_max_s or IDLE_MAX_S, **more)

    return patch.object(Pool, "exchange", exchange)


def an_answer_with_a_byte_too_many_is_thrown_away() -> Any:
    return patch.object(AnswerMender, "feed", side_effect=Unmendable)


def a_long_line_makes_an_answer_unreadable() -> Any:
    original = ResponseHandler.set_response_params

    def params(self: Any, **given: Any) -> None:
        original(self, **{**given, "max_field_size": 8190, "max_headers": 128})

    return patch.object(Connection, "set_response_params", params)


def a_connection_that_is_not_kept_stays_counted() -> Any:
    original = Pool._give_back

    def give_back(self: Pool, connection: Connection, *, keep: bool) -> None:
        before = self._open
        original(self, connection, keep=keep)
        self._open = before

    return patch.object(Pool, "_give_back", give_back)


def a_place_in_the_queue_is_not_given_up() -> Any:
    original = WaitQueue.leave

    def leave(self: WaitQueue, ticket: Any) -> bool:
        if asyncio.current_task() is not None and ticket in self.order(0.0):
            return False
        return original(self, ticket)

    return patch.object(WaitQueue, "leave", leave)


def an_interim_answer_is_taken_for_the_final_one() -> Any:
    async def final(connection: Connection) -> Any:
        return await connection.read()

    async def first(connection: Connection) -> Any:
        message, payload = await final(connection)
        return message._replace(code=502) if message.code < 400 else message, payload

    return patch("tidegate.proxy.wire.pool._final", first)


def a_coded_answer_is_not_read() -> Any:
    def readable(body: bytes, _coding: str, bytes_max: int) -> bytes:
        return body[:bytes_max]

    return patch.object(answer_classifier, "readable", readable)


WIRE_MUTANTS = (
    a_streamed_content_leaves_without_framing,
    a_cached_answer_is_given_for_another_content,
    idle_connections_are_never_closed,
    a_retry_takes_a_used_connection,
    an_answer_with_a_byte_too_many_is_thrown_away,
    a_long_line_makes_an_answer_unreadable,
    a_connection_that_is_not_kept_stays_counted,
    a_place_in_the_queue_is_not_given_up,
    an_interim_answer_is_taken_for_the_final_one,
    a_coded_answer_is_not_read,
)
