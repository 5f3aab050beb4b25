"""Draws the scenarios in which the payments vendor has several credentials: how many, and which are revoked when.

Dice of its own: a scenario without a pool is the same as it would be without this file.
"""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tidegate.vendor.vendor import Limit

SHARE = 0.15
"""So many scenarios have one."""

KEYS: Mapping[str, str] = {
    "one": "rk_pool_that_no_output_may_show_0001",
    "two": "rk_pool_that_no_output_may_show_0002",
    "three": "rk_pool_that_no_output_may_show_0003",
}
WHO: Mapping[str, str] = {name: f"***{key[-4:]}" for name, key in KEYS.items()}
"""Each as the vendor's journal has it."""


@dataclass(frozen=True, slots=True)
class DrawnPool:
    """The members of a pool, and the limit of each. At least one of them is never revoked."""

    members: tuple[str, ...]
    limit: Limit


def draw_pool(seed: int, seconds: float) -> tuple[DrawnPool, list[dict[str, Any]]] | None:
    """The pool of one seed, and the pieces that revoke members of it; None for a scenario without one."""
    rng = random.Random(f"pool {seed}")  # noqa: S311 - repeatable on purpose
    if rng.random() >= SHARE:
        return None
    members = tuple(KEYS)[: rng.choice((2, 3, 3))]
    rate = rng.choice((2, 3, 4))
    limit = {"name": "account", "rate": f"{rate}/s", "burst": rng.randint(math.ceil(0.4 * rate) + 1, rate + 1)}
    revoked = rng.sample(members, rng.randint(1, len(members) - 1))
    return DrawnPool(members, Limit.model_validate(limit)), [_revocation(rng, seconds, name) for name in revoked]


def _revocation(rng: random.Random, seconds: float, name: str) -> dict[str, Any]:
    """The vendor does not know the key any more: to the end, or until it is put in force again."""
    begin = rng.uniform(0.05, 0.8) * seconds
    piece = {"kind": "expired_token", "from": f"{begin:.3f}s", "apps": [WHO[name]]}
    return piece if rng.random() < 0.5 else piece | {"for": f"{rng.uniform(0.05, 0.3) * seconds:.3f}s"}
