"""What a person wants done, as they write it: one delivery's action, or a replay of many.

`{"action": "replay", "by": "ada", "note": "vendor is back"}`. What cannot be meant is a `Misread` with its reason. It
refuses to know whether the state allows it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast, get_args

import orjson

from tidegate.configfile.units import parse_share
from tidegate.configfile.wording import nearest
from tidegate.proxy.desk.delivery_query import FILTERS, Given, Misread
from tidegate.proxy.policies.delivery.delivery import ByHand
from tidegate.proxy.policies.delivery.replay_pace import SHARE
from tidegate.proxy.policies.resilience.idempotency_record import parse_key

ACTIONS: tuple[str, ...] = get_args(ByHand)
BY_CHARS_MAX = 64
NOTE_CHARS_MAX = 500
NEW_KEY = "a body that was edited is another request: send it with redo, under a new key"

BULK_MAX = 20_000
"""At most so many are replayed by one order."""
_ONE = ("action", "by", "note", "body", "keep_hidden", "key", "dry_run")
_MANY = ("filter", "by", "note", "share", "at_most", "dry_run")


@dataclass(frozen=True, slots=True)
class HandOrder:
    """One action on one delivery. `body` is to be sent instead, under a new key; `key` is that one, empty for any.

    With `keep_hidden` the body is what was shown, edited: what was hidden in it is put back.
    """

    action: ByHand
    by: str
    note: str
    body: bytes | None
    key: str
    dry_run: bool
    keep_hidden: bool = False


@dataclass(frozen=True, slots=True)
class BulkOrder:
    """A replay of every dead delivery that `given` finds. `share` is that of the operation's limit, 0…1."""

    given: Given
    by: str
    note: str
    share: float
    at_most: int
    """Where more match, none is replayed: somebody was told of fewer."""
    dry_run: bool


def read_order(content: bytes) -> HandOrder | Misread:
    """An action on one delivery."""
    order = _document(content, _ONE, '{"action": "replay", "by": "…"}')
    if isinstance(order, Misread):
        return order
    action, body, key = order.get("action"), order.get("body"), order.get("key", "")
    if not isinstance(action, str) or action not in ACTIONS:
        hint = nearest(action, ACTIONS) if isinstance(action, str) else ""
        return Misread(f"action is one of {', '.join(ACTIONS)}{hint}")
    if body is not None and not isinstance(body, str):
        return Misread("body is text, as it is to be sent")
    if body is not None and action != "redo":
        return Misread(NEW_KEY)
    if not isinstance(key, str) or (key and (action != "redo" or parse_key(key) is None)):
        return Misread("key is the new idempotency key of a redo, printable ASCII")
    return HandOrder(
        cast("ByHand", action),
        cast("str", order["by"]),
        cast("str", order.get("note", "")),
        None if body is None else body.encode("utf-8", "replace"),
        key,
        order.get("dry_run", False) is True,
        order.get("keep_hidden", False) is True,
    )


def read_bulk(content: bytes) -> BulkOrder | Misread:
    """A replay of many."""
    order = _document(content, _MANY, '{"filter": {"vendor": "…"}, "by": "…"}')
    if isinstance(order, Misread):
        return order
    given, share, at_most = order.get("filter", {}), order.get("share", SHARE), order.get("at_most", BULK_MAX)
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        return Misread(f"filter is a document of texts; it may name {', '.join(FILTERS)}")
    if not given:
        return Misread('an empty filter would replay everything: name a box, like {"box": "outbox"}, or more')
    if given.get("state", "dead") != "dead":
        return Misread("only dead deliveries are replayed; leave state out")
    if not isinstance(at_most, int) or isinstance(at_most, bool) or not 0 <= at_most <= BULK_MAX:
        return Misread(f"at_most is a whole number, at most {BULK_MAX}")
    try:
        part = share if isinstance(share, float) else parse_share(share)
    except ValueError as error:
        return Misread(f"share: {error}")
    if not 0 < part <= 1:
        return Misread("share is more than 0% and at most 100%")
    return BulkOrder(
        {**{name: [value] for name, value in given.items()}, "state": ["dead"]},
        cast("str", order["by"]),
        cast("str", order.get("note", "")),
        part,
        at_most,
        order.get("dry_run", False) is True,
    )


def _document(content: bytes, known: tuple[str, ...], like: str) -> Mapping[str, object] | Misread:
    """The JSON object of an order, its `by`, `note` and `dry_run` looked at."""
    try:
        order = orjson.loads(content)
    except orjson.JSONDecodeError:
        order = None
    if not isinstance(order, dict):
        return Misread(f"send JSON, like {like}")
    strange = next((name for name in order if name not in known), None)
    if strange is not None:
        return Misread(f"there is no {strange[:40]!r} here{nearest(strange[:40], known)}; known: {', '.join(known)}")
    by, note = order.get("by"), order.get("note", "")
    if not isinstance(by, str) or not 1 <= len(by.strip()) <= BY_CHARS_MAX or not by.isprintable():
        return Misread(f"by says who does it: 1 to {BY_CHARS_MAX} characters")
    if not isinstance(note, str) or len(note) > NOTE_CHARS_MAX or not note.isprintable():
        return Misread(f"note is one line of at most {NOTE_CHARS_MAX} characters")
    for name in ("dry_run", "keep_hidden"):
        if not isinstance(order.get(name, False), bool):
            return Misread(f"{name} is true or false")
    return order
