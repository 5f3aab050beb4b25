"""The age of a store that several machines share: a row for each start of a machine, and the database's wall clock.

On the same start of a machine its row tells exactly what has passed. A machine that comes new goes on from the row that
was written last, by the database's wall clock, which is one for all. Then each errs to the safe side of the others'
rows at every beat (StoreClock.agree). docs/decisions/0011-postgres-store.md has the reasons.
"""

from tidegate.proxy.policies.resilience.store_time import SavedClock
from tidegate.proxy.store.postgres.postgres_connections import Connection
from tidegate.proxy.store.store_clock import StoreClock

MACHINES_KEPT = 100
"""Starts of machines. Of an older one the row is forgotten, so that it comes new."""

_LOAD = """
SELECT least, most, machine, uptime, wall, extract(epoch FROM clock_timestamp())::float8 FROM store_ages
ORDER BY (machine = %s AND machine <> '') DESC, turn DESC LIMIT 1"""
_SAVE = """
INSERT INTO store_ages AS row VALUES (%s, %s, %s, %s, extract(epoch FROM clock_timestamp()), nextval('store_turns'))
ON CONFLICT (machine) DO UPDATE SET least = excluded.least, most = excluded.most, uptime = excluded.uptime,
    wall = excluded.wall, turn = excluded.turn
WHERE row.uptime <= excluded.uptime OR row.machine = ''"""
_FORGET = """
DELETE FROM store_ages WHERE turn <
    (SELECT min(turn) FROM (SELECT turn FROM store_ages ORDER BY turn DESC LIMIT %s) AS kept)
"""
_OTHERS = "SELECT least, most, machine, uptime, wall, turn FROM store_ages"


class PostgresClock:
    """The store's clock, and what the others' have last said."""

    def __init__(self, clock: StoreClock) -> None:
        self._clock = clock
        self._turns: dict[str, int] = {}
        self._agreed_s = 0.0

    async def go_on(self, connection: Connection) -> None:
        """Go on with the age of the store, and write down that this machine does."""
        machine = self._clock.reading().boot
        row = await (await connection.execute(_LOAD, (machine,))).fetchone()
        if row is None:
            self._clock.go_on(None)
        else:
            *saved, wall = row
            self._clock.go_on(SavedClock(*saved), wall)
        await self.save(connection)

    async def save(self, connection: Connection) -> None:
        """Write down this machine's age, and agree with what the others have written since the last time."""
        now = self._clock.reading()
        since_s, self._agreed_s = now.uptime - self._agreed_s, now.uptime
        for *saved, turn in await (await connection.execute(_OTHERS)).fetchall():
            other = SavedClock(*saved)
            if self._turns.get(other.boot) not in (None, turn):
                self._clock.agree(other, since_s)
            self._turns[other.boot] = turn
        reading = self._clock.reading()
        await connection.execute(_SAVE, (reading.boot, reading.least, reading.most, reading.uptime))
        await connection.execute(_FORGET, (MACHINES_KEPT,))
