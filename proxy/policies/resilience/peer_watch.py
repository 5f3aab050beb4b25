"""Which of the proxies that share a store are dead: those whose count of heartbeats stands still while somebody looks.

No clock is compared with another's: whoever looks counts by his own, and only the looks at which the store answered. So
a clock that jumps kills nobody, and neither does a store that was away, where nobody could beat. It refuses to know
where beats are stored.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

BEAT_EVERY_S = 5.0
"""A proxy that lives counts up so often."""
DEAD_AFTER_S = 30.0
"""One that has not for so long is dead, or was paused for longer than any lease allows (LEASE_MARGIN_S)."""


@dataclass(slots=True)
class _Peer:
    beat: int
    still_s: float


class PeerWatch:
    """See the module."""

    def __init__(self) -> None:
        self._peers: dict[int, _Peer] = {}
        self._looked_s = 0.0

    def look(self, beats: Mapping[int, int], now: float) -> list[int]:
        """Take in each peer's count of beats at the second `now`. Returns the peers that are dead."""
        passed = min(max(now - self._looked_s, 0.0), BEAT_EVERY_S)
        self._looked_s = now
        for peer in [peer for peer in self._peers if peer not in beats]:
            del self._peers[peer]
        for peer, beat in beats.items():
            known = self._peers.get(peer)
            if known is None or known.beat != beat:
                self._peers[peer] = _Peer(beat, 0.0)
            else:
                known.still_s += passed
        return [peer for peer, known in self._peers.items() if known.still_s >= DEAD_AFTER_S]

    def forget(self, peers: Iterable[int]) -> None:
        """Begin anew with peers."""
        for peer in peers:
            self._peers.pop(peer, None)
