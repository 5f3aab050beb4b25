"""The life of a token that a secret store has lent us: when to renew it, and when to log in anew.

1. From two thirds of its life on it is renewed, so that one failed renewal leaves time for others.
2. A store caps what it lends (Vault's max_ttl), and no answer says where: a renewal then gives less than the one
   before. Where it gives less than half of the first, we log in anew while the token still works.
3. A token that cannot be renewed is replaced at the same two thirds.
4. A token that we were given, and cannot get anew, is used to its end.

Times are monotonic seconds.
"""

from dataclasses import dataclass
from typing import Literal

RENEW_AT = 2 / 3
SHRUNK = 0.5
AGAIN_S = 5.0
"""After a renewal or a login that failed, it is tried again so much later, while the token still works."""

Step = Literal["use", "renew", "login"]


@dataclass(slots=True)
class LeaseLife:
    """One lent token. `ttl_s` is what the last answer gave; 0 for one that never ends."""

    first_ttl_s: float
    renewable: bool
    can_login: bool
    got: float
    ttl_s: float
    not_before: float = 0.0

    @classmethod
    def begun(cls, now: float, ttl_s: float, *, renewable: bool, can_login: bool) -> "LeaseLife":
        """A token that was lent now."""
        return cls(ttl_s, renewable, can_login, now, ttl_s)

    @property
    def ends(self) -> float | None:
        """The second at which it is worth nothing; None for one that never ends."""
        return self.got + self.ttl_s if self.ttl_s > 0 else None

    def step(self, now: float) -> Step:
        """What to do before it is used."""
        ends = self.ends
        if ends is None:
            return "use"
        if now >= ends:
            return "login" if self.can_login else "use"
        if now < self.got + self.ttl_s * RENEW_AT or now < self.not_before:
            return "use"
        if self.renewable and not (self.can_login and self.ttl_s < self.first_ttl_s * SHRUNK):
            return "renew"
        return "login" if self.can_login else "use"

    def renewed(self, now: float, ttl_s: float, *, renewable: bool) -> None:
        """A renewal was granted."""
        self.got, self.ttl_s, self.renewable = now, ttl_s, renewable

    def failed(self, now: float) -> None:
        """A renewal or a login was not granted. It is tried again, and the token used meanwhile."""
        self.not_before = now + AGAIN_S
