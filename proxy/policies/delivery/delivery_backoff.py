"""The wait before a delivery is tried again: full jitter under a ceiling that doubles.

While an outage is young the ceiling stays low, so that all that waits goes out within a minute of its end. A long one
is asked less often. Who has a cap of its own keeps to that. It refuses to know why there is another try.
"""

import random

from tidegate.proxy.policies.resilience.backoff import full_jitter, upwards

BASE_S = 1.0
"""The ceiling of the first wait; each next one is twice as high."""
CAP_S = 60.0
"""The highest ceiling while it has been tried for less than LONG_AFTER_S."""
LONG_AFTER_S = 600.0
"""So old is an outage that is long."""
LONG_CAP_S = 900.0
"""The highest ceiling after that."""


def backoff_s(
    tries: int,
    tried_for_s: float,
    rng: random.Random,
    *,
    base_s: float = BASE_S,
    cap_s: float | None = None,
    retry_after_s: float = 0.0,
) -> float:
    """Seconds until it is tried again, after `tries` of it (at least 1) in so many seconds.

    `cap_s` is a cap of the operation's own, however long the outage. What the other side asked for (`retry_after_s`)
    is never shortened: it is stretched a little, so that those that were told the same do not come together.
    """
    if cap_s is None:
        cap_s = CAP_S if tried_for_s < LONG_AFTER_S else LONG_CAP_S
    wait_s = full_jitter(rng, base_s, cap_s, max(tries, 1))
    return max(wait_s, upwards(rng, retry_after_s))


def added_jitter_s(tries: int, rng: random.Random, *, base_s: float, cap_s: float) -> float:
    """Seconds until it is tried again, after `tries` of it: min(base·2ⁿ + jitter, cap), where n is 0 at first.

    The jitter is up to the base. For who must wait at least so long, and cannot wait for nothing as with full jitter.
    """
    doubled = base_s * 2.0 ** min(max(tries, 1) - 1, 60)
    return min(doubled + rng.random() * base_s, cap_s)
