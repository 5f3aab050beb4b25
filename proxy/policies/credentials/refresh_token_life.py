"""The life of a refresh token, as far as the vendor says how long it is: when to use it so that it does not end unused.

Where a refresh brings a new one, or a later end, a chain that nobody calls is refreshed at half of its life. Where it
brings neither, the end cannot be put off, and a person is told before it. Times are monotonic seconds. It does no input
or output.
"""

import math

KEEP_SHARE = 0.5
"""A refresh token is used at this share of its life at the latest."""
ENDING_S, ENDING_SHARE = 7 * 86_400.0, 0.25
"""It ends soon in its last seven days, and in its last quarter where that is shorter."""
MOVED_S = 1.0
"""An end that is later by less is the same end, read off another clock."""


class RefreshTokenLife:
    """The refresh token in force. Before the first, and where nobody knows of an end, it has none."""

    def __init__(self) -> None:
        self._began = -math.inf
        self.ends_at = math.inf
        """From when on it is no good; without end where nobody knows of one."""
        self.due_at = math.inf
        """When it is to be used, whoever calls; never where that would not put its end off."""

    def granted(self, began: float, ends_at: float, *, renewed: bool = True) -> None:
        """A grant that was asked for at `began` names, or leaves, this end. Not `renewed`, it was in the store."""
        moved = self.ends_at == math.inf or ends_at > self.ends_at + MOVED_S
        self.ends_at = ends_at
        if renewed:
            self.due_at = math.inf
        if moved:
            self._began = began
            self.due_at = began + KEEP_SHARE * (ends_at - began)

    def is_due(self, now: float) -> bool:
        """Whether it is to be used although nobody calls."""
        return now >= self.due_at

    def ends_soon(self, now: float) -> bool:
        """Whether somebody should be told that it ends."""
        return self.ends_at - now < min(ENDING_S, ENDING_SHARE * (self.ends_at - self._began))
