"""Which of the events that a vendor lists never came as webhooks: a pure decision over a list, the newest first.

Everything that is newer than the oldest event of the list which the inbox knows, and that it does not know, was missed.
Where it knows none of them nothing is: either this inbox has just begun, and what the vendor did before is no gap, or
so much was missed that a person has to say from when on it counts. It refuses to know what an event is.
"""

from collections.abc import Sequence


def missed_events(known: Sequence[bool]) -> list[int]:
    """The places of the missed ones, the oldest first. `known` says of each event, the newest first, if it came."""
    oldest_known = max((place for place, came in enumerate(known) if came), default=-1)
    return [place for place in range(oldest_known, -1, -1) if not known[place]]
