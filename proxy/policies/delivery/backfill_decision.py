"""Which of the events that a vendor lists never came as webhooks: a pure decision over a list, the newest first.

Everything that is newer than the oldest event of the list which the inbox knows, and that it does not know, was missed.
Where it knows none of them nothing is: either this inbox has just begun, and what the vendor did before is no gap, or
so much was missed that a person has to say from when on it counts. An event that came longer ago than the inbox
remembers says nothing, though it is known yet, as a dead letter is: what came after it may be forgotten. It refuses to
know what an event is.
"""

from collections.abc import Sequence


def missed_events(came_s: Sequence[float | None], remembered_s: float) -> list[int]:
    """The places of the missed ones, the oldest first.

    `came_s` says of each event, the newest first, how long ago it came, None of one that is not known. Whatever came in
    the last `remembered_s` seconds, or was sent after such a one, is known.
    """
    telling = (place for place, ago_s in enumerate(came_s) if ago_s is not None and ago_s < remembered_s)
    return [place for place in range(max(telling, default=-1), -1, -1) if came_s[place] is None]
