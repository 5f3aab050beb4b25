"""The choice of a credential among those of a pool: the one whose limits have most room left.

1. A member that is set aside, or whose limits have not enough now, is passed over.
2. A member whose time aside is over is tried first, by one call that can be sent again.
3. A call that has reason to prefer one (it is on record as its wearer) gets that one.
4. Else the member of whose fullest limit the smallest share is used; among equals the one that was worn longest ago;
   among those the first in the order of the pool. So equal circumstances choose equally, and idle members take turns.
5. Where none can be worn now, the wait is the least of theirs.

Stickiness (a resend that must wear what its first attempt wore) is no choice, so it is not here: such a call waits at
the member's own limits. It refuses to know what a limit counts (tidegate.proxy.policies.limits) and what is worn.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2s

from tidegate.proxy.policies.credentials.pool_member import PoolMember


@dataclass(frozen=True, slots=True)
class Room:
    """What the limits of one member have for a request: seconds until there is enough, and the share in use, 0…1."""

    wait_s: float
    used: float


@dataclass(frozen=True, slots=True)
class Worn:
    """The call wears this member now."""

    name: str


@dataclass(frozen=True, slots=True)
class Later:
    """None can be worn now; this one will be first, in so many seconds. Without a name none may be waited for."""

    name: str
    wait_s: float


NEVER = Later("", float("inf"))


def by_digest(what: str, names: Sequence[str]) -> str:
    """The member that equal reads prefer, so that they find what each other kept; another where that one is gone."""
    return max(names, key=lambda name: blake2s(f"{name}\n{what}".encode("utf-8", "replace"), digest_size=8).digest())


class PoolChoice:
    """The members of a pool, in its order, and the choice among them."""

    def __init__(self, names: Sequence[str]) -> None:
        self.members = {name: PoolMember(name) for name in names}
        self.turns = 0
        """How often one was worn."""
        self.worn_at = dict.fromkeys(names, 0)
        """The turn in which each was worn last."""

    def choose(
        self, now: float, rooms: Mapping[str, Room], *, prefer: str = "", resendable: bool = True
    ) -> Worn | Later:
        """The member for a request, or how long to wait. Members that have no room in `rooms` are out of question.

        A request that is not `resendable` is nobody's trial.
        """
        best: tuple[bool, bool, float, int, int] | None = None
        chosen, first = "", NEVER
        for place, member in enumerate(self.members.values()):
            room = rooms.get(member.name)
            tried = member.needs_trial(now)
            if room is None or (tried and not resendable):
                continue
            wait_s = max(member.wait_s(now), room.wait_s)
            if wait_s > 0.0:
                if wait_s < first.wait_s:
                    first = Later(member.name, wait_s)
                continue
            rank = (not tried, member.name != prefer, room.used, self.worn_at[member.name], place)
            if best is None or rank < best:
                best, chosen = rank, member.name
        return Worn(chosen) if chosen else first

    def worn(self, name: str, now: float) -> int:
        """A call wears this one from now on. Returns the number of the trial that it is, 0 where it is none."""
        self.turns += 1
        self.worn_at[name] = self.turns
        return self.members[name].worn(now)

    def usable(self, now: float) -> list[str]:
        """The members that calls may wear, those that may be tried among them."""
        return [member.name for member in self.members.values() if member.wait_s(now) <= 0.0]

    def all_rejected(self) -> bool:
        """True where the vendor knows none of them any more, as far as was tried."""
        return all(
            member.standing in ("rejected", "on trial") and not member.without_token for member in self.members.values()
        )

    def none_to_send(self) -> bool:
        """True where no member can be worn, and for one at least no token can be had."""
        members = self.members.values()
        aside = all(member.standing in ("unavailable", "rejected", "on trial") for member in members)
        return aside and any(member.without_token for member in members)

    def inherit(self, old: "PoolChoice", names: Collection[str]) -> None:
        """Go on for an earlier pool with the members of these names: what was set aside stays so."""
        self.turns = old.turns
        for name in names:
            if name in self.members and name in old.members:
                self.members[name], self.worn_at[name] = old.members[name], old.worn_at[name]
