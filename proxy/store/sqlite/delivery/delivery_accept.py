"""A delivery is accepted: dedupe, the bounds of what may wait, and its place in the order of its key, at once."""

import sqlite3
from collections.abc import Collection, Sequence
from typing import NamedTuple

from tidegate.proxy.policies.delivery.backlog import BacklogBounds, BacklogFull
from tidegate.proxy.policies.delivery.delivery import NewDelivery
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.deliveries import Accepted, Repeated
from tidegate.proxy.store.sqlite.delivery.delivery_backlog import SqliteBacklog
from tidegate.proxy.store.sqlite.delivery.delivery_insert import NewRow, insert
from tidegate.proxy.store.sqlite.delivery.delivery_order import OrderKey, cancel_older, is_held
from tidegate.proxy.store.sqlite.delivery.delivery_rows import find_by_key


class Offer(NamedTuple):
    """What is to be accepted. Without `bounds` any number may wait: what a settlement brings is never refused."""

    new: NewDelivery
    now: StoreTime
    bounds: BacklogBounds | None


Answer = Accepted | Repeated | BacklogFull
ACCEPTED = Accepted()


def accept_all(
    connection: sqlite3.Connection, offers: Sequence[Offer], backlog: SqliteBacklog
) -> list[Answer | ValueError]:
    """Accept several, each as if alone. A mistake stands in its place: it has changed nothing.

    What neither an order key nor a bound concerns is written together with its neighbours.
    """
    answers: list[Answer | ValueError] = []
    plain: list[NewRow] = []
    for offer in offers:
        row = _plain_row(connection, offer, backlog)
        if row is not None:
            plain.append(row)
            continue
        answers += _write(connection, plain)
        plain = []
        try:
            answers.append(accept(connection, offer, backlog))
        except ValueError as error:
            answers.append(error)
    return answers + _write(connection, plain)


def accept(connection: sqlite3.Connection, offer: Offer, backlog: SqliteBacklog) -> Answer:
    """See Deliveries.accept. Raises ValueError where the id is another delivery's."""
    new, now, bounds = offer
    size = new.size
    full = backlog.full(connection, new, size, now, bounds) if bounds is not None else None
    if full is not None or backlog.is_former(connection, new):
        known = find_by_key(connection, new.unique)
        if known is not None:
            return Repeated(known)
        if full is not None:
            return full
    order_key: OrderKey | None = (new.box, new.app, new.vendor, new.order_key) if new.order_key else None
    blocked = order_key is not None and is_held(connection, order_key)
    (seq,) = insert(connection, [(new, now.least, size, blocked)])
    if not seq:
        answer = _known(connection, new)
        if isinstance(answer, ValueError):
            raise answer
        return answer
    backlog.took(new.box, size)
    if order_key is not None and new.order == "latest-wins":
        cancel_older(connection, order_key, seq, now)
    return ACCEPTED


def _plain_row(connection: sqlite3.Connection, offer: Offer, backlog: SqliteBacklog) -> NewRow | None:
    """The row of one of which nothing but id and key is to be looked at, which counts as accepted already."""
    new, now, bounds = offer
    size = new.size
    if new.order_key or backlog.is_former(connection, new) or not backlog.takes(new.box, size, now, bounds):
        return None
    return new, now.least, size, False


def _write(connection: sqlite3.Connection, rows: Sequence[NewRow]) -> list[Answer | ValueError]:
    seqs = insert(connection, rows) if rows else []
    answers: list[Answer | ValueError] = [ACCEPTED] * len(rows)
    for place, seq in enumerate(seqs):
        if not seq:
            later = {row[0].id for row, there in zip(rows[place:], seqs[place:], strict=True) if there}
            answers[place] = _known(connection, rows[place][0], later)
    return answers


def _known(connection: sqlite3.Connection, new: NewDelivery, later: Collection[str] = ()) -> Repeated | ValueError:
    """What a delivery is told that could not be written. It does not repeat one that came `later`."""
    known = find_by_key(connection, new.unique)
    if known is None or known.new.id in later:
        return ValueError(f"the id {new.id} is another delivery's")
    return Repeated(known)
