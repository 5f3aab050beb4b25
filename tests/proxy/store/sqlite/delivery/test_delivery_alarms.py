"""Tests of tidegate.proxy.store.sqlite.delivery.delivery_alarms: what stands beside the contract."""

import sqlite3

from tests.proxy.store.delivering import FIRST
from tests.proxy.store.sqlite.delivery.cost import cost, fill
from tidegate.proxy.store.deliveries import ALARMS_MAX
from tidegate.proxy.store.sqlite.delivery.delivery_alarms import alarms, forget


def test_looking_for_alarms_costs_the_same_however_many_deliveries_there_are(connection: sqlite3.Connection) -> None:
    fill(connection, 20_000, FIRST)
    connection.execute("UPDATE deliveries SET state = 'parked' WHERE seq < 200")
    found, steps = cost(connection, lambda: alarms(connection))
    assert [alarm.n for alarm in found] == list(range(1, ALARMS_MAX + 1))
    assert steps < 20_000
    forget(connection, [alarm.n for alarm in found])
    assert alarms(connection)[0].n == ALARMS_MAX + 1
