"""Counts refused tokens, so that somebody who tries many fills no log: the first is recorded, the rest once a minute.

It knows only why and from which address, never what was sent.
"""

from tidegate.proxy.audit.audit_recorder import AuditRecorder
from tidegate.world.world import World

EVERY_S = 60.0
"""One row for each reason and address in so many seconds."""
KINDS_MAX = 100
"""So many reasons and addresses are told apart in that time; the rest are counted together."""
OTHERS = ("several reasons", "several addresses")


class RefusalTally:
    """See the module. `what` is the kind of row."""

    def __init__(self, world: World, recorder: AuditRecorder, what: str = "token.refused") -> None:
        self._world, self._recorder, self._what = world, recorder, what
        self._counts: dict[tuple[str, str], int] = {}
        """Reason and address → how often since the last row."""

    def turned_away(self, why: str, source: str) -> None:
        """A request was refused, for a reason, from an address."""
        kind = (why, source)
        if kind not in self._counts and len(self._counts) >= KINDS_MAX:
            kind = OTHERS
        if kind in self._counts:
            self._counts[kind] += 1
            return
        if not self._counts:
            self._world.call_later(EVERY_S, self._minute)
        self._counts[kind] = 0
        self._record(kind, 1)

    def _minute(self) -> None:
        counts, self._counts = self._counts, {}
        for kind, times in counts.items():
            if times:
                self._record(kind, times)

    def _record(self, kind: tuple[str, str], times: int) -> None:
        why, source = kind
        self._recorder.record(self._what, who="nobody", target=f"address:{source}", reason=why, times=times)
