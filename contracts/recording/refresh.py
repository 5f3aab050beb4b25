"""Asks again what is on a cassette, and says what changed. Knows no vendor: an address and headers are given.

A value that was hidden cannot be sent, so such a request is passed over; so is a write, unless it is asked for: it
would be carried out. Ids that the vendor gives anew take the place of the recording's in what is asked after them.
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import aiohttp

from tidegate.cassette.recorded_exchange import CONDITIONS, Message, RecordedExchange, lowered
from tidegate.content_coding import coding_of, saved
from tidegate.contracts.bounded_body import read_body
from tidegate.contracts.recording.exchange_change import ExchangeChange, changes
from tidegate.problems import UsageError
from tidegate.redaction.secret import REDACTED

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110 §9.2.1)."""

TIMEOUT_S = 30.0

UNAUTHORISED = 401
"""Such an answer tells of our key, and nothing of what the vendor changed."""

BODY_BYTES_MAX = 1 << 24
"""A longer answer is read no further."""

NOT_SENT = frozenset(
    {
        "accept-encoding", "connection", "content-encoding", "content-length", "expect", "host", "keep-alive", "te",
        "transfer-encoding", "upgrade",
    }
)  # fmt: skip
"""Headers that belong to one connection, that the client makes itself, or that a body without its coding has not."""

IDS_MAX = 10_000
"""So many ids are carried over."""

ID_CHARS_MIN = 4
"""A shorter id is not carried over: it would take other words apart."""

ID_NAMES = frozenset({"id", "uuid", "guid", "sid", "gid", "key", "number"})
"""Fields that hold an object's id, beside those whose names end in `id`."""


@dataclass(frozen=True, slots=True)
class RefreshedExchange:
    """What became of one. `now` is the new exchange; `passed_over` says why there is none, `changed` what is other."""

    old: RecordedExchange
    now: RecordedExchange | None = None
    changed: tuple[ExchangeChange, ...] = ()
    passed_over: str = ""

    @property
    def place(self) -> str:
        """Method and path."""
        return f"{self.old.method} {self.old.path}"


async def refresh(
    exchanges: Sequence[RecordedExchange],
    base_url: str,
    headers: Mapping[str, str],
    *,
    writes: bool = False,
    values: bool = False,
) -> AsyncIterator[RefreshedExchange]:
    """Ask each again at `base_url`, in order. `headers` go with each in place of its own.

    Raises UsageError where nobody answers there.
    """
    ids: dict[str, str] = {}
    limits = aiohttp.ClientTimeout(total=TIMEOUT_S)
    async with aiohttp.ClientSession(timeout=limits, auto_decompress=False) as session:
        for old in exchanges:
            asked = _carried_over(old, ids)
            reason = _not_asked(asked, writes=writes)
            if reason:
                yield RefreshedExchange(old, passed_over=reason)
                continue
            now = await _ask(session, base_url, asked, headers)
            if now.status == UNAUTHORISED != old.status:
                reason = "the vendor refuses the key; --token-env or --header-env sends one"
                yield RefreshedExchange(old, passed_over=reason)
                continue
            _learn(ids, old, now)
            yield RefreshedExchange(old, now, tuple(changes(old, now, values=values)))


def _not_asked(asked: RecordedExchange, *, writes: bool) -> str:
    if not writes and asked.method.upper() not in SAFE:
        return "it would be carried out; --writes asks it again all the same"
    conditions = (asked.request.headers.get(name, "") for name in CONDITIONS)
    if REDACTED in conditions or REDACTED in asked.path or REDACTED.encode() in asked.request.body:
        return "a value in it is hidden, and cannot be sent"
    return ""


async def _ask(
    session: aiohttp.ClientSession, base_url: str, asked: RecordedExchange, headers: Mapping[str, str]
) -> RecordedExchange:
    sent = {name: value for name, value in asked.request.headers.items() if name not in NOT_SENT and value != REDACTED}
    try:
        async with session.request(
            asked.method,
            base_url.rstrip("/") + asked.path,
            data=asked.request.body or None,
            headers={**sent, **{name.lower(): value for name, value in headers.items()}},
            allow_redirects=False,
        ) as answer:
            body = saved(await read_body(answer.content, BODY_BYTES_MAX), coding_of(answer.headers), BODY_BYTES_MAX)
            return replace(asked, status=answer.status, answer=Message(lowered(answer.headers.items()), body))
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        reason = str(error) or type(error).__name__
        raise UsageError(f"{base_url}: {asked.method} {asked.path[:100]}: {reason}") from None


def _learn(ids: dict[str, str], old: RecordedExchange, now: RecordedExchange) -> None:
    """The ids of what was made, as the recording has them, and as they are now."""
    try:
        pairs = [(json.loads(old.answer.body), json.loads(now.answer.body))]
    except ValueError:
        return
    while pairs and len(ids) < IDS_MAX:
        was, is_now = pairs.pop()
        if isinstance(was, dict) and isinstance(is_now, dict):
            for name in was.keys() & is_now.keys():
                _learn_one(ids, name, was[name], is_now[name])
                pairs.append((was[name], is_now[name]))


def _learn_one(ids: dict[str, str], name: str, was: Any, now: Any) -> None:
    if name.lower() not in ID_NAMES and not name.lower().endswith("id"):
        return
    if isinstance(was, str) and isinstance(now, str) and was != now and len(was) >= ID_CHARS_MIN and was != REDACTED:
        ids[was] = now


def _carried_over(exchange: RecordedExchange, ids: Mapping[str, str]) -> RecordedExchange:
    """The request with today's ids."""
    path, body = exchange.path, exchange.request.body
    for was, now in ids.items():
        path, body = path.replace(was, now), body.replace(was.encode(), now.encode())
    return replace(exchange, path=path, request=Message(exchange.request.headers, body))
