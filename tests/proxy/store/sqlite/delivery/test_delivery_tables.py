"""Tests of tidegate.proxy.store.sqlite.delivery.delivery_tables: no statement reads a whole table, no count drifts."""

import re
import sqlite3
from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.proxy.store.delivering import ROOM, new
from tests.proxy.store.places import at
from tidegate.proxy.policies.delivery.delivery import DUE, LIVE, ByHand, DeadReason, DeliveryState, Settlement
from tidegate.proxy.store.deliveries import DEFAULT_RETENTION, DeliveryFilter, HandMade
from tidegate.proxy.store.sqlite.delivery import (
    delivery_accept,
    delivery_backlog,
    delivery_by_hand,
    delivery_claim,
    delivery_overdue,
    delivery_pages,
    delivery_rows,
    delivery_settle,
    delivery_sweep,
)
from tidegate.proxy.store.sqlite.delivery.delivery_tables import make_tables
from tidegate.proxy.store.sqlite.sqlite_audit import make_audit

STATES = ("queued", "waiting", "unknown", "leased", "sending", "parked", "done", "dead", "cancelled")


class Planned(sqlite3.Connection):
    """A connection that notes the plan of each statement that is carried out on it."""

    plans: dict[str, list[str]]

    def execute(self, sql: str, *given: object) -> sqlite3.Cursor:
        if re.match(r"\s*(SELECT|UPDATE|INSERT|DELETE)", sql):
            plan = super().execute("EXPLAIN QUERY PLAN " + sql, *given).fetchall()  # type: ignore[arg-type]  # values
            self.plans[sql] = [row[3] for row in plan]
        return super().execute(sql, *given)  # type: ignore[arg-type]  # as above


ALLOWED = re.compile(
    r"SCAN (audit_head|sqlite_sequence|delivery_counts|delivery_former_keys USING COVERING INDEX \w+|c|"
    r"json_each VIRTUAL .*|\d+ CONSTANT ROWS)"
)
"""A row for each table and each kind that there is, whether there is any former key, and lists that we give."""


def test_nothing_that_is_done_reads_a_whole_table() -> None:
    planned = sqlite3.connect(":memory:", isolation_level=None, factory=Planned)
    planned.plans = {}
    planned.row_factory = sqlite3.Row
    make_tables(planned)
    make_audit(planned, b"k")
    planned.plans = {}
    backlog = delivery_backlog.SqliteBacklog()
    for number in range(4):
        one = new(number, order_key="o" * (number < 2), order="latest-wins", deadline=9.0 + 90 * (number > 1))
        delivery_accept.accept(planned, delivery_accept.Offer(one, at(), ROOM), backlog)
    claim = delivery_claim.SqliteClaim("outbox", at(10), 60.0, 2, ["stripe"], 1)
    delivery_overdue.end_leases_of_others(planned, 2)
    delivery_overdue.take_back_leases(planned, "outbox", at(10), DEFAULT_RETENTION)
    delivery_overdue.expire(planned, "outbox", at(10), DEFAULT_RETENTION)
    delivery_claim.ripen(planned, "outbox", at(10))
    first, second = delivery_claim.lease(planned, claim, "")
    delivery_settle.begin_attempt(planned, first, "c", at(10))
    delivery_settle.settle(planned, first, Settlement("done", answer_body=b"x"), at(11), DEFAULT_RETENTION)
    delivery_settle.settle(planned, second, Settlement("parked"), at(11), DEFAULT_RETENTION)
    delivery_settle.extend(planned, [first], at(11), 60.0)
    for action, delivery_id in BY_HAND:
        assert (
            delivery_by_hand.act(planned, delivery_id, HandMade(action, "ann", key="new"), at(12), DEFAULT_RETENTION)
            is not None
        )
    delivery_by_hand.audit_of(planned, "d1")
    delivery_rows.find_attempts(planned, "d1")
    for wanted in (DeliveryFilter(), DeliveryFilter(box="outbox", states=("done",), text="x")):
        delivery_pages.page(planned, wanted, "", 2)
    delivery_pages.next_due(planned, "outbox", at(12))
    delivery_pages.depths(planned)
    delivery_sweep.sweep(planned, at(12))
    plans = [(line, sql) for sql, plan in planned.plans.items() for line in plan]
    assert len(planned.plans) > 35
    assert [found for found in plans if found[0].startswith("SCAN") and not ALLOWED.fullmatch(found[0])] == []
    planned.close()


BY_HAND: tuple[tuple[ByHand, str], ...] = (("replay", "d1"), ("cancel", "d1"), ("redo", "d3"), ("cancel", "d3"))


def test_what_a_state_means_is_computed_as_the_policy_says(connection: sqlite3.Connection) -> None:
    for number, state in enumerate(STATES):
        delivery_accept.accept(
            connection, delivery_accept.Offer(new(number), at(), ROOM), delivery_backlog.SqliteBacklog()
        )
        connection.execute("UPDATE deliveries SET state = ? WHERE id = ?", (state, f"d{number}"))
    rows = {row["state"]: row for row in connection.execute("SELECT state, live, due, leased FROM deliveries")}
    assert {state for state in STATES if rows[state]["live"]} == set(LIVE)
    assert {state for state in STATES if rows[state]["due"]} == set(DUE)
    assert {state for state in STATES if rows[state]["leased"]} == {"leased", "sending"}


def test_tables_that_are_there_stay_as_they_are(connection: sqlite3.Connection) -> None:
    delivery_accept.accept(connection, delivery_accept.Offer(new(0), at(), ROOM), delivery_backlog.SqliteBacklog())
    make_tables(connection)
    make_audit(connection, b"k")
    assert connection.execute("SELECT rows FROM delivery_counts").fetchone()[0] == 1


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["accept", "move", "size", "delete", "undo"]),
        st.integers(0, 5),
        st.sampled_from(STATES),
        st.sampled_from(["", "rejected", "expired"]),
    ),
    max_size=40,
)


@given(STEPS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
def test_the_counts_never_drift(
    connection: sqlite3.Connection, steps: list[tuple[str, int, DeliveryState, DeadReason]]
) -> None:
    connection.execute("DELETE FROM deliveries")
    for step, number, state, reason in steps:
        connection.execute("SAVEPOINT work")
        if step == "accept":
            one = new(number, app=f"app{number % 2}", box=("outbox", "inbox")[number % 3 == 0], body=b"x" * number)
            delivery_accept.accept(connection, delivery_accept.Offer(one, at(), ROOM), delivery_backlog.SqliteBacklog())
        elif step == "delete":
            connection.execute("DELETE FROM deliveries WHERE id = ?", (f"d{number}",))
        else:
            connection.execute(
                "UPDATE deliveries SET state = ?, dead_reason = ?, bytes = bytes + ? WHERE id = ?",
                (state, reason, step == "size", f"d{number}"),
            )
        if step == "undo":
            connection.execute("ROLLBACK TO work")
        connection.execute("RELEASE work")
        assert counted(connection) == recounted(connection)


def counted(connection: sqlite3.Connection) -> set[tuple[object, ...]]:
    return {tuple(row) for row in connection.execute("SELECT * FROM delivery_counts WHERE rows <> 0 OR bytes <> 0")}


def recounted(connection: sqlite3.Connection) -> set[tuple[object, ...]]:
    rows, sizes = Counter[tuple[str, ...]](), Counter[tuple[str, ...]]()
    for row in connection.execute("SELECT box, app, vendor, state, dead_reason, bytes FROM deliveries"):
        kind = tuple(row)[:5]
        rows[kind] += 1
        sizes[kind] += row["bytes"]
    return {(*kind, rows[kind], sizes[kind]) for kind in rows}
