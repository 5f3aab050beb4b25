"""How near a secret is to the age that it may reach: what is due is told before it is over, and once for each step.

Pure: ages and periods are in seconds.
"""

from typing import Literal

DUE_SHARE = 0.1
"""Of the rotation period: when so much of it is left, somebody is told."""

Standing = Literal["young", "due", "over"]

_GRAVITY: dict[Standing, int] = {"young": 0, "due": 1, "over": 2}


def standing(age_s: float, every_s: float | None) -> Standing:
    """Whether a secret is to be exchanged soon, or should have been. One with no period stays young."""
    if every_s is None:
        return "young"
    left_s = every_s - age_s
    return "over" if left_s <= 0 else "due" if left_s <= every_s * DUE_SHARE else "young"


def to_tell(before: Standing, now: Standing) -> bool:
    """Whether it has become graver since it was last told."""
    return _GRAVITY[now] > _GRAVITY[before]
