"""The lives of the proxies that share the store: each has a number, its boot, and counts beats for as long as it lasts.

A boot that ends, or that the others see dead, gives up the leases of its calls, once; from then on each is unknown and
may be resumed. So a proxy that was only paused is told dead, takes a new number, and settles what nobody has resumed.
"""

from tidegate.proxy.policies.resilience.peer_watch import PeerWatch
from tidegate.proxy.store.postgres.postgres_connections import Connection

LEASES_MAX = 1000
"""So many are given up in one transaction."""

_BEAT = "UPDATE boots SET beat = beat + 1, probe = %s WHERE boot = %s"
_GIVE_UP = """
UPDATE records SET lease_until = 0 WHERE id IN
    (SELECT id FROM records WHERE boot = %s AND state = 'running' AND lease_until > 0 LIMIT %s FOR UPDATE SKIP
    LOCKED)"""
_GIVE_UP_DELIVERIES = """
UPDATE deliveries SET lease_until = 0 WHERE seq IN
    (SELECT seq FROM deliveries WHERE boot = %s AND leased AND lease_until > 0 LIMIT %s FOR UPDATE SKIP LOCKED)"""


class PostgresBoots:
    """The own boot, and the watch over the others. `boot` is 0 before the first."""

    def __init__(self) -> None:
        self.boot = 0
        self._watch = PeerWatch()

    async def begin(self, connection: Connection, wall: float) -> None:
        """Begin a life of the proxy."""
        row = await (
            await connection.execute("INSERT INTO boots (wall) VALUES (%s) RETURNING boot", (wall,))
        ).fetchone()
        assert row is not None
        self.boot = int(row[0])

    async def beat(self, connection: Connection, uptime: float, wall: float, probe: bytes) -> None:
        """Tell the others that this proxy lives, and end the boots of those that do not."""
        if not (await connection.execute(_BEAT, (probe, self.boot))).rowcount:
            await self.begin(connection, wall)
        rows = await (await connection.execute("SELECT boot, beat FROM boots")).fetchall()
        beats = {boot: beat for boot, beat in rows if boot != self.boot}
        for boot in self._watch.look(beats, uptime):
            row = await (
                await connection.execute("SELECT beat FROM boots WHERE boot = %s FOR UPDATE SKIP LOCKED", (boot,))
            ).fetchone()
            if row == (beats[boot],):  # else it has come back, or somebody else ends it
                await self._end(connection, boot)

    async def end(self, connection: Connection) -> None:
        """End the own boot: nobody runs its calls any more."""
        if self.boot:
            await self._end(connection, self.boot)

    async def _end(self, connection: Connection, boot: int) -> None:
        """Give up the leases of a boot. It stays, for the next beat of anybody, where there are more."""
        given_up = [
            (await connection.execute(query, (boot, LEASES_MAX))).rowcount for query in (_GIVE_UP, _GIVE_UP_DELIVERIES)
        ]
        if max(given_up) < LEASES_MAX:
            await connection.execute("DELETE FROM boots WHERE boot = %s", (boot,))
