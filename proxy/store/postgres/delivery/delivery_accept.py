"""A delivery is accepted: dedupe, the bounds of what may wait, and its place in the order of its key.

One without an order key is one statement. How much waits is counted once a second, and again before one is refused for
it; several proxies together may exceed a bound by what they take within a second.
"""

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple, get_type_hints

from tidegate.proxy.policies.delivery.backlog import Backlog, BacklogBounds, BacklogFull, WaitingCount
from tidegate.proxy.policies.delivery.delivery import NewDelivery
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.deliveries import Accepted, Repeated
from tidegate.proxy.store.postgres.delivery.delivery_order import OrderKey, cancel_older, is_held, lock_order
from tidegate.proxy.store.postgres.delivery.delivery_rows import find_by_key, row_of
from tidegate.proxy.store.postgres.postgres_connections import Connection

_TYPES: Mapping[type, str] = {str: "text", bytes: "bytea", int: "bigint", float: "double precision"}
_FIELDS = {name: kind if kind in _TYPES else str for name, kind in get_type_hints(NewDelivery).items()}
"""Field of a new delivery → its type; a Literal is a string."""
_fields_of = attrgetter(*_FIELDS)
_OFFERED = _FIELDS | {"age": float, "bytes": int}


def _insert_of(array: str) -> str:
    """The statement that accepts several: `array` stands for the values of a name, which are of a type.

    Bodies are taken out of their array one by one: a set of rows that has them goes to a file where they are large.
    OFFSET 0: former keys are looked up one by one, too, by a plan that was made when there were few of them.
    """
    arrays = {name: array.format(name=name, type=_TYPES[kind]) for name, kind in _OFFERED.items()}
    narrow = [name for name, kind in _OFFERED.items() if kind is not bytes]
    names = ", ".join(f'"{name}"' for name in narrow)
    return f"""
WITH offered AS (
    SELECT * FROM unnest({", ".join(arrays[name] for name in narrow)}) WITH ORDINALITY AS o ({names}, place)
), made AS (
    INSERT INTO deliveries (
        id, box, app, vendor, operation, key, fingerprint, method, destination, accepted, accepted_wall, deadline,
        keep_s, order_key, ordering, skip_after, priority, first_not_before, first_state, trace, bytes, state, resting,
        blocked, ripe, not_before, updated_wall, ever_sent)
    SELECT id, box, app, vendor, operation, key, fingerprint, method, destination, age, accepted_wall, deadline,
        keep_s, order_key, "order", skip_after, priority, not_before, state, trace, bytes, state, state,
        %(blocked)s, not_before <= age, not_before, accepted_wall, state = 'unknown'
    FROM offered o
    WHERE NOT EXISTS (SELECT FROM delivery_former_keys f WHERE f.box = o.box AND f.app = o.app
        AND f.vendor = o.vendor AND f.operation = o.operation AND f.key = o.key OFFSET 0)
    ORDER BY place ON CONFLICT DO NOTHING RETURNING seq, id
), with_body AS (
    INSERT INTO delivery_bodies SELECT seq, ({arrays["headers"]})[place], ({arrays["body"]})[place]
    FROM made JOIN offered USING (id)
)
SELECT id, seq FROM made"""


_INSERT = _insert_of("ARRAY[%({name})s::{type}]")
_INSERT_ALL = _insert_of("%({name})b::{type}[]")
"""In binary: psycopg takes 18 µs to write a body of 1 KiB as the text of an array."""
_WAITING = """
SELECT count(*) AS rows, coalesce(sum(bytes), 0)::bigint AS bytes,
    min(accepted) FILTER (WHERE state <> 'parked') AS oldest
FROM deliveries WHERE box = %s AND live"""


class PostgresBacklog(Backlog):
    """Watches what waits in each box."""

    async def full(
        self, connection: Connection, new: NewDelivery, now: StoreTime, bounds: BacklogBounds
    ) -> BacklogFull | None:
        """Which bound a delivery would break; None where it fits."""
        waiting = self.fresh(new.box, now)
        if waiting is not None and waiting.broken(new.size, now, bounds) is None:
            return None
        return (await self.count(connection, new.box, now)).broken(new.size, now, bounds)

    async def fits(self, connection: Connection, new: NewDelivery, now: StoreTime, bounds: BacklogBounds) -> bool:
        """Whether it fits for all that is known: what has ended since the last count still counts."""
        waiting = self.fresh(new.box, now) or await self.count(connection, new.box, now)
        return waiting.broken(new.size, now, bounds) is None

    async def count(self, connection: Connection, box: str, now: StoreTime) -> WaitingCount:
        """What waits in a box now."""
        row = await row_of(connection, _WAITING, (box,))
        assert row is not None
        return self.counted(box, now, row["rows"], row["bytes"], row["oldest"])


Answer = Accepted | Repeated | BacklogFull


class Offered(NamedTuple):
    """One of several that are accepted at once. It has no order key."""

    new: NewDelivery
    now: StoreTime
    bounds: BacklogBounds


async def accept_all(
    connection: Connection, offers: Sequence[Offered], backlog: PostgresBacklog, *, again: bool
) -> list[Answer | ValueError]:
    """Accept several in one commit, each as if alone. A mistake stands in its place: it has changed nothing.

    They are one statement, in the order of their keys: two proxies that wait for each other's would wait for ever. What
    was not new is looked at one by one, after the commit; and so are all where one may not fit, by one count.
    """
    first: dict[str, int] = {}
    for place in sorted(range(len(offers)), key=lambda place: offers[place].new.unique):
        first.setdefault(offers[place].new.id, place)
    fit = await _all_fit(connection, offers, backlog)
    made = await _insert(connection, [offers[place][:2] for place in first.values()]) if fit else {}
    answers: list[Answer | ValueError] = []
    waiting: dict[str, WaitingCount] = {}
    for place, (new, now, bounds) in enumerate(offers):
        if new.id in made and first[new.id] == place:
            answers.append(Accepted())
            continue
        if not fit and new.box not in waiting:
            waiting[new.box] = await backlog.count(connection, new.box, now)
        full = None if fit else waiting[new.box].broken(new.size, now, bounds)
        try:
            answers.append(await accept(connection, new, now, full, again=again))
        except ValueError as error:
            answers.append(error)
        if not fit and isinstance(answers[-1], Accepted):
            backlog.took(new.box, new.size)
    return answers


async def _all_fit(connection: Connection, offers: Sequence[Offered], backlog: PostgresBacklog) -> bool:
    """Whether no bound would be broken by any of them. Counts them: too many rather than too few."""
    for new, now, bounds in offers:
        if not await backlog.fits(connection, new, now, bounds):
            return False
        backlog.took(new.box, new.size)
    return True


async def accept(
    connection: Connection, new: NewDelivery, now: StoreTime, full: BacklogFull | None, *, again: bool
) -> Answer:
    """See Deliveries.accept. `full` where a bound would be broken; `again` where this may have been done before.

    With an order key or `latest-wins`, within a transaction.
    """
    seq = None if full is not None else await _inserted(connection, new, now)
    if seq is not None:
        return Accepted()
    known = await find_by_key(connection, new.unique)
    if known is not None:
        return Accepted() if again and known.new.id == new.id else Repeated(known)
    if full is not None:
        return full
    raise ValueError(f"the id {new.id} is another delivery's")


async def _inserted(connection: Connection, new: NewDelivery, now: StoreTime) -> int | None:
    """Its place in the order of acceptance; None where its key is known."""
    order_key: OrderKey | None = (new.box, new.app, new.vendor, new.order_key) if new.order_key else None
    blocked = False
    if order_key is not None:
        await lock_order(connection, order_key)
        blocked = await is_held(connection, order_key)
    seq = (await _insert(connection, [(new, now)], blocked=blocked)).get(new.id)
    if seq is not None and order_key is not None and new.order == "latest-wins":
        await cancel_older(connection, order_key, seq, now)
    return seq


async def _insert(
    connection: Connection, offered: Sequence[tuple[NewDelivery, StoreTime]], *, blocked: bool = False
) -> dict[str, int]:
    """Write down those whose key is new, in this order: id → place in the order of acceptance. Their ids differ."""
    rows = [(*_fields_of(new), now.least, new.size) for new, now in offered]
    if len(rows) == 1:
        values: dict[str, object] = dict(zip(_OFFERED, rows[0], strict=True))
    else:
        columns = zip(_OFFERED.items(), zip(*rows, strict=True), strict=True)
        values = {name: list(map(kind, column)) for (name, kind), column in columns}
    values["blocked"] = blocked
    cursor = await connection.execute(_INSERT if len(rows) == 1 else _INSERT_ALL, values)
    return dict(await cursor.fetchall())
