"""Draws the scenarios in which the payments vendor's credential changes: a token that ends, or a key that is exchanged.

Dice of its own: a scenario without a change is the same as it would be without this file. One with a pool has none.
"""

import random
from dataclasses import dataclass
from typing import Any, Literal

TOKEN_SHARE, EXCHANGE_SHARE = 0.08, 0.08
"""So many scenarios have each."""

ASKED = "oauth.token"
"""The token endpoint, as the vendor's journal names it."""

APART_S = 60.0
"""The vendor revokes what it gave no more often than this: after a 401 on a new token a proxy need not ask at once."""


@dataclass(frozen=True, slots=True)
class DrawnTokens:
    """The vendor takes access tokens alone. `revoked_s` are the moments at which it forgets all that it gave."""

    grant: Literal["client_credentials", "refresh_token"]
    life_s: float
    revoked_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class DrawnExchange:
    """The key is exchanged: moments at which its source has the new one, the vendor takes it, and refuses the old."""

    source_s: float
    taken_s: float
    ended_s: float

    @property
    def early(self) -> bool:
        """True where the source has it before the vendor takes it."""
        return self.source_s < self.taken_s


CredentialChange = DrawnTokens | DrawnExchange


def draw_change(seed: int, seconds: float) -> tuple[CredentialChange, list[dict[str, Any]]] | None:
    """The change of one seed, and the pieces that trouble it; None for a scenario without one."""
    rng = random.Random(f"credential change {seed}")  # noqa: S311 - repeatable on purpose
    roll = rng.random()
    if roll < TOKEN_SHARE:
        return _tokens(rng, seconds)
    if roll < TOKEN_SHARE + EXCHANGE_SHARE:
        return _exchange(rng, seconds), []
    return None


def _tokens(rng: random.Random, seconds: float) -> tuple[DrawnTokens, list[dict[str, Any]]]:
    grant: Literal["client_credentials", "refresh_token"] = rng.choice(
        ("client_credentials", "refresh_token", "refresh_token")
    )
    revoked = list[float]()
    for at in sorted(rng.uniform(0.1, 0.9) * seconds for _ in range(rng.randint(1, 3))):
        if not revoked or at - revoked[-1] >= APART_S:
            revoked.append(at)
    pieces = [_trouble(rng, seconds) for _ in range(rng.randint(0, 2))]
    return DrawnTokens(grant, rng.choice((30.0, 60.0, 120.0)), tuple(revoked)), pieces


def _trouble(rng: random.Random, seconds: float) -> dict[str, Any]:
    """The token endpoint fails or is slow for a while, or an answer of it is lost."""
    begin = {"from": f"{rng.uniform(0.05, 0.85) * seconds:.3f}s", "operations": [ASKED]}
    kind = rng.choice(("error", "latency", "reset_after"))
    if kind == "reset_after":
        return {"kind": kind, **begin, "first_n": rng.randint(1, 2)}
    lasting = {"kind": kind, **begin, "for": f"{rng.choice((5, 15, 30))}s"}
    if kind == "error":
        return lasting | {"status": rng.choice((500, 503)), "effect": "none"}
    return lasting | {"delay": f"{rng.randint(500, 9000)}ms"}


def _exchange(rng: random.Random, seconds: float) -> DrawnExchange:
    source_s = rng.uniform(0.1, 0.7) * seconds
    if rng.random() < 0.4:
        taken_s = source_s + rng.uniform(2.0, 20.0)
        return DrawnExchange(source_s, taken_s, taken_s + rng.uniform(0.0, 0.1) * seconds)
    return DrawnExchange(source_s, 0.0, source_s + rng.choice((0.0, 0.5, 5.0, 60.0)))
