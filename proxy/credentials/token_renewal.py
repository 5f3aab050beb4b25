"""Renews one chain of tokens: takes the lease, reads what is stored, asks the vendor, stores what it gave.

What proxies on one store share is here: one asks, the others adopt. A token is handed on only when it is on the disk
together with its refresh token; where the store is away, a chain that has no refresh token goes on without it. When a
renewal is due, and what the callers do meanwhile, is tidegate.proxy.credentials.token_provider's matter.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable
from dataclasses import dataclass

from tidegate.proxy.credentials.token_chain import ChainToken, next_token, read, written
from tidegate.proxy.credentials.token_endpoint import TOTAL_S, TokenEndpoint
from tidegate.proxy.policies.credentials.token_answer import NoGrant, TokenGrant
from tidegate.proxy.policies.credentials.token_life import ADOPT, Ask, RefreshSteps, Step, times_of
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.store_error import StoreError
from tidegate.proxy.store.tokens import TokenLease, TokenRows
from tidegate.redaction.secret import Secret
from tidegate.world.world import World

LEASE_S = 2 * TOTAL_S
"""It is taken again before each further question, so that one who died holds nobody up for longer."""
SHORT_LEASE_S, BEAT_S = 3.0, 1.0
"""Where asking twice does no harm, a lease is short and taken again each second: one who died is soon followed."""
UNREADABLE = NoGrant("invalid-grant", "the refresh token in the store cannot be opened")
"""The first one has been used, and used again it may end the whole family (RFC 9700 §4.14.2)."""
POLL_S = (0.1, 0.3)
"""While another proxy has the lease, the store is looked at again after so long."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain of one client at one vendor. `first` is the refresh token that it begins with, or None."""

    name: str
    first: Secret | None
    reuse_grace_s: float
    refresh_life_s: float = 0.0
    """How long a refresh token is good for where its grant does not say; 0.0 where nobody knows."""
    rotates: bool = False
    """A refresh token works once."""


@dataclass(slots=True)
class Unsaved:
    """A token that was given and could not be stored yet, and the version that it follows."""

    token: ChainToken | None = None
    follows: int = 0


class TokenRenewal:
    """See the module. `now` reads the store's clock. One renewal at a time."""

    def __init__(
        self, world: World, chain: Chain, endpoint: TokenEndpoint, tokens: TokenRows, now: Callable[[], StoreTime]
    ) -> None:
        self._world, self._chain, self._endpoint, self._tokens, self._now = world, chain, endpoint, tokens, now
        self._rng: random.Random = world.random(f"tokens {chain.name}")
        self.unsaved = Unsaved()
        self._lease: TokenLease | None = None
        self._unbroken = asyncio.Lock()
        """Held where an end would cost something: from a question until what was given is stored, and for a lease."""
        self._holder = ""
        """One name for all its leases: it has one again of which it was not told, or whose end nobody is sure of."""
        harmless = chain.first is None or chain.reuse_grace_s >= LEASE_S
        self._lease_s = SHORT_LEASE_S if harmless else LEASE_S
        self.own: tuple[str, float] | None = None
        """The access token that was given here last, and the monotonic second at which it was asked for."""
        self.asked = 0
        """How many times the vendor was asked."""

    def age_s(self, token: ChainToken) -> float:
        """Seconds that may have passed since a token was asked for.

        The store's clock is as unsure as the machines' clocks differ; of its own questions the proxy knows the moment.
        """
        if self.own is not None and self.own[0] == token.access:
            return self._world.now() - self.own[1]
        return token.age_s(self._now())

    async def stored(self) -> ChainToken | None:
        """What the store has of a chain with a refresh token; None where that is nothing, or the store is away."""
        if self._chain.first is None:
            return None
        try:
            return read(await self._tokens.read(self._chain.name))
        except StoreError:
            return None

    def refresh_left_s(self, token: ChainToken) -> float:
        """Seconds for which its refresh token is surely good; without end where nobody knows of one."""
        return float("inf") if token.refresh_until is None else token.refresh_until - self._now().most

    def inherit(self, old: "TokenRenewal") -> None:
        """Go on for an earlier version of the vendor, of the same chain."""
        self.unsaved, self.own = old.unsaved, old.own

    async def finish(self) -> None:
        """Wait until no refresh token is under way: the answer may hold the only one that is still good."""
        if self._chain.first is not None:
            async with self._unbroken:
                pass

    async def close(self) -> None:
        """Close the connections to the token endpoint."""
        await self._endpoint.close()

    async def renewed(self, held: int) -> ChainToken | NoGrant:
        """A newer token than version `held`, or why there is none."""
        self._holder = self._holder or self._tokens.holder()
        try:
            token = await self._leased(held)
            if token is not None:
                return token
            try:
                return await self._steps(held)
            finally:
                await self._let_go()
        except StoreError as error:
            if self._chain.first is None and self.unsaved.token is None:
                return await self._without_store(held)
            return NoGrant("transient", f"the store: {error}")

    async def _leased(self, held: int) -> ChainToken | NoGrant | None:
        """Take the lease; what another proxy got meanwhile, or that it got nothing, in its place. Raises StoreError."""
        ends = self._world.now() + 2 * LEASE_S
        while not await self._take():
            token = read(await self._tokens.read(self._chain.name))
            if token is not None and token.version > held and self._usable(token):
                return token
            if self._world.now() >= ends:
                return NoGrant("transient", "another proxy renews the token, and does not come to an end")
            low, high = POLL_S
            await self._world.sleep(low + (high - low) * self._rng.random())
        return None

    async def _take(self) -> bool:
        async with self._unbroken:
            self._lease = await self._tokens.lease(self._chain.name, self._holder, self._now(), self._lease_s)
        return self._lease is not None

    async def _beat(self, answered: asyncio.Event) -> None:
        """Take the lease again and again, until the vendor has answered.

        It is not cancelled: the store would go on to give a lease of which nobody knew.
        """
        while True:
            with contextlib.suppress(TimeoutError):
                async with self._world.timeout(BEAT_S):
                    await answered.wait()
            if answered.is_set():
                return
            with contextlib.suppress(StoreError):
                again = await self._tokens.lease(self._chain.name, self._holder, self._now(), self._lease_s)
                if again is None:  # it is another's: what is got cannot be saved under the one that ran out
                    return
                self._lease = again

    async def _let_go(self) -> None:
        lease, self._lease = self._lease, None
        if lease is not None:
            with contextlib.suppress(StoreError):  # it runs out by itself
                await self._tokens.release(lease)

    def _usable(self, token: ChainToken) -> bool:
        now = self._world.now()
        return now < times_of(now - self.age_s(token), token.life_s, self._rng).expires_at

    async def _steps(self, held: int) -> ChainToken | NoGrant:
        """The steps of a renewal, decided one by one. Raises StoreError."""
        steps, lease = RefreshSteps(held, self._rng), self._lease
        assert lease is not None
        if self.unsaved.token is not None and self.unsaved.follows == lease.row.version:
            return await self._save(lease, self.unsaved.token, self.unsaved.follows)
        if self._chain.rotates and lease.row.version and read(lease.row) is None:
            return UNREADABLE
        step: Step = steps.first(lease.row.version, usable=self._good(lease))
        while isinstance(step, Ask):
            if step.after_s:
                await self._world.sleep(step.after_s)
            if step.after_s and not await self._take():
                return NoGrant("transient", "the lease ran out")
            assert self._lease is not None
            lease = self._lease
            if lease.row.version > held and self._good(lease):
                step = ADOPT
                break
            async with self._unbroken:
                answer = await self._asked(lease, held, previous=step.previous)
                if not isinstance(answer, NoGrant):
                    return await self._save(self._lease, answer, lease.row.version)
            if not await self._take():
                return NoGrant("transient", "the lease ran out")
            lease = self._lease
            step = steps.after(
                answer, lease.row.version, usable=self._good(lease), previous_allowed=self._previous_allowed(lease)
            )
        token = read(lease.row)
        if isinstance(step, NoGrant):
            return step
        assert token is not None
        return token

    async def _asked(self, lease: TokenLease, held: int, *, previous: bool) -> ChainToken | NoGrant:
        """Ask the vendor once, and keep a short lease meanwhile."""
        before = read(lease.row)
        used, began = self._refresh_token(before, previous=previous), self._now().least
        answered = asyncio.Event()
        beat = asyncio.get_running_loop().create_task(self._beat(answered)) if self._lease_s < LEASE_S else None
        try:
            answer = await self._grant(used)
        finally:
            answered.set()
            if beat is not None:
                await beat
        if isinstance(answer, NoGrant):
            return answer
        version = max(lease.row.version, held) + 1
        sent = used.reveal() if used is not None else ""
        return next_token(before, answer, sent, version, began, self._chain.refresh_life_s)

    async def _grant(self, used: Secret | None = None) -> TokenGrant | NoGrant:
        """The endpoint's answer, and the moment of the question with it."""
        self.asked += 1
        asked = self._world.now()
        answer = await self._endpoint.ask(used)
        if not isinstance(answer, NoGrant):
            self.own = (answer.access, asked)
        return answer

    async def _save(self, lease: TokenLease, token: ChainToken, follows: int) -> ChainToken | NoGrant:
        """Store a token that was given; only then it may be used. Raises StoreError."""
        self.unsaved.token, self.unsaved.follows = token, follows
        if not await self._tokens.save(lease, token.version, written(token)):
            return NoGrant("transient", "the lease ran out before the token was stored")
        self.unsaved.token = None
        return token

    async def _without_store(self, held: int) -> ChainToken | NoGrant:
        """A token of a client that has no refresh token to lose, while the store is away."""
        began = self._now().least
        answer = await self._grant()
        if isinstance(answer, NoGrant):
            return answer
        return next_token(None, answer, "", held + 1, began)

    def _refresh_token(self, token: ChainToken | None, *, previous: bool) -> Secret | None:
        if self._chain.first is None:
            return None
        if token is None or not token.refresh:
            return self._chain.first
        return Secret(token.previous if previous else token.refresh)

    def _good(self, lease: TokenLease) -> bool:
        token = read(lease.row)
        return token is not None and self._usable(token)

    def _previous_allowed(self, lease: TokenLease) -> bool:
        """Whether the refresh token before the last one may be tried: only in the vendor's grace.

        After it the vendor takes it for a stolen one, and ends the whole family (RFC 9700 §4.14.2).
        """
        token = read(lease.row)
        return token is not None and bool(token.previous) and token.age_s(self._now()) < self._chain.reuse_grace_s
