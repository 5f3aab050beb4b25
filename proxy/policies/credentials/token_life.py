"""The life of an access token, and the steps of a refresh: who uses it, who asks for the next one, and who gives up.

    fresh ── refresh_at ──▶ due ── expires_at ──▶ expired
      ▲  everybody uses it     ▲ everybody still uses it;    ▲ nobody uses it: callers wait for the next one,
      │                        │ one refresh runs behind     │ each until its own deadline
      └────── a new version ───┴─────────────────────────────┘

A refresh, under a lease that all proxies on the store share:

    read the store ─ newer than ours? ─ yes ─▶ adopt it
          │ no
          ▼
    ask the vendor ─ grant ─▶ store it, the refresh token with it ─▶ use it        (never the other way round)
          │ invalid_grant
          ▼
    read again ─ newer? ─▶ adopt │ else wait 1 to 2 s, ask once more ─ again? ─▶ the refresh token before, where the
    vendor's grace allows it ─ again? ─▶ reauthorization is required; asked again after a cool-down that doubles

Times are monotonic seconds. It draws from the random source it is given, and does no input or output.
"""

import random
from dataclasses import dataclass
from typing import Literal

from tidegate.proxy.policies.credentials.token_answer import NoGrant
from tidegate.proxy.policies.resilience.backoff import equal_jitter, upwards

MARGIN_SHARE = 0.1
MARGIN_MIN_S = 60.0
"""A token is refreshed max(10 % of its life, 60 s) before it ends."""
MARGIN_SHARE_MAX = 0.5
"""But not before half its life: a vendor that gives tokens of a minute is not asked all the time."""
JITTER = 0.1
"""The margin is stretched by up to this share, so that proxies that started together do not ask together."""
FLIGHT_S = 5.0
FLIGHT_SHARE = 0.05
"""A token is not sent in its last min(5 s, 5 % of its life): the request takes time, and clocks differ."""
SECOND_TRY_S = (1.0, 2.0)
"""After an invalid_grant a sibling may be about to store what it got: ask once more, so much later."""
COOL_DOWN_S = 30.0
COOL_DOWN_MAX_S = 3600.0
"""After a refusal nobody asks for 30 s, then 60 s, 120 s, …: it takes a person to mend it."""
REJECTIONS_EVERY_S = 30.0
"""A 401 brings a refresh at most so often."""
BACKOFF_BASE_S = 1.0
BACKOFF_CAP_S = 30.0
"""After a failure that may heal by itself."""
RETRY_AFTER_MAX_S = 300.0
"""A longer Retry-After of the token endpoint is not kept to."""

Standing = Literal["none", "fresh", "due", "expired"]


@dataclass(frozen=True, slots=True)
class TokenTimes:
    """When a token is to be refreshed, and from when on it is not sent any more."""

    refresh_at: float
    expires_at: float


def times_of(began: float, life_s: float, rng: random.Random) -> TokenTimes:
    """The times of a token that was asked for at `began`: its life may have begun then."""
    flight_s = min(FLIGHT_S, FLIGHT_SHARE * life_s)
    margin_s = min(max(MARGIN_SHARE * life_s, MARGIN_MIN_S), MARGIN_SHARE_MAX * life_s)
    margin_s = min(margin_s * (1.0 + JITTER * rng.random()), life_s)
    return TokenTimes(began + life_s - max(margin_s, flight_s), began + life_s - flight_s)


class TokenLife:
    """One token after the other, and the pauses between refreshes that fail."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._times: TokenTimes | None = None
        self._rejected = False
        self._failures = self._refusals = 0
        self._paused_until = self._next_rejection = self._rejected_at = float("-inf")
        self.version = 0
        """Of the token in force, as the store counts them; 0 before the first."""
        self.reason = ""
        """Why the last refresh failed; empty where it did not."""
        self.reauthorize = False
        """A person has to connect the account again, or mend the client."""

    def standing(self, now: float) -> Standing:
        """How the token in force stands."""
        if self._times is None:
            return "none"
        if self._rejected or now >= self._times.expires_at:
            return "expired"
        return "due" if now >= self._times.refresh_at else "fresh"

    @property
    def refresh_at(self) -> float:
        """When the next refresh is due."""
        due = float("-inf") if self._times is None or self._rejected else self._times.refresh_at
        return max(due, self._paused_until)

    @property
    def expires_at(self) -> float:
        """From when on the token is not sent any more."""
        return float("-inf") if self._times is None else self._times.expires_at

    def wait_s(self, now: float) -> float:
        """Seconds for which no refresh begins; 0 where one may."""
        return max(self._paused_until - now, 0.0)

    def granted(self, version: int, times: TokenTimes, asked: float = float("inf")) -> None:
        """A token comes into force. One that was `asked` for before the last 401 may have been revoked with the others.

        So it may be rejected at once.
        """
        if asked < self._rejected_at:
            self._next_rejection = float("-inf")
        self.version, self._times, self._rejected = version, times, False
        self._failures = self._refusals = 0
        self._paused_until, self.reason, self.reauthorize = float("-inf"), "", False

    def rejected(self, version: int, now: float) -> bool:
        """A 401 on a token. True where it was on the one in force, which is not used again: once a version.

        One that was got just now, because of a 401, stays in force: a vendor that refuses every token is not asked for
        one after the other.
        """
        if version != self.version or self._rejected or now < self._next_rejection:
            return False
        self._next_rejection, self._rejected_at = now + REJECTIONS_EVERY_S, now
        self._rejected = True
        return True

    def failed(self, no_grant: NoGrant, now: float) -> None:
        """A refresh has ended without a token. The token in force stays in force as long as it is good."""
        self.reason = no_grant.reason
        if no_grant.failure == "transient":
            self._failures += 1
            wait_s = equal_jitter(self._rng, BACKOFF_BASE_S, BACKOFF_CAP_S, self._failures)
            asked_s = min(no_grant.retry_after_s, RETRY_AFTER_MAX_S)
            self._paused_until = now + max(wait_s, upwards(self._rng, asked_s))
            return
        self.reauthorize = True
        self._paused_until = now + min(COOL_DOWN_S * 2.0 ** min(self._refusals, 20), COOL_DOWN_MAX_S)
        self._refusals += 1


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the vendor, `after_s` seconds from now; with the refresh token before the last one where `previous`."""

    after_s: float = 0.0
    previous: bool = False


class Adopt:
    """Take the token that is in the store: another proxy has got it."""


ADOPT = Adopt()
Step = Ask | Adopt | NoGrant


class RefreshSteps:
    """One refresh under a lease, from its first step to its last. `held` is the version that is to be replaced."""

    def __init__(self, held: int, rng: random.Random) -> None:
        self._held, self._rng, self._refusals = held, rng, 0

    def first(self, stored: int, *, usable: bool) -> Step:
        """The first step. `stored` is the version in the store, `usable` says that it is one that has not ended."""
        return ADOPT if stored > self._held and usable else Ask()

    def after(self, no_grant: NoGrant, stored: int, *, usable: bool, previous_allowed: bool) -> Step:
        """The step after an answer without a grant. The store has been read again."""
        if no_grant.failure != "invalid-grant":
            return no_grant
        if stored > self._held and usable:
            return ADOPT
        self._refusals += 1
        if self._refusals == 1:
            low, high = SECOND_TRY_S
            return Ask(low + (high - low) * self._rng.random())
        if self._refusals == 2 and previous_allowed:
            return Ask(previous=True)
        return no_grant
