"""The provider of a vendor whose requests carry access tokens: refreshed behind the calls, and waited for at the end.

While a token is good every call takes it, a refresh or not; one refresh runs at a time. When it is not good any more
calls wait for the next one, each until its own deadline. What is decided is decided in
tidegate.proxy.policies.credentials.token_life, and one refresh is tidegate.proxy.credentials.token_renewal's.
"""

import asyncio
import math
from collections import Counter
from typing import TYPE_CHECKING

from tidegate.problems import PROBLEMS
from tidegate.proxy.call.credential import Credential
from tidegate.proxy.call.reply import Reply, refused
from tidegate.proxy.credentials.credential_maker import CredentialMaker
from tidegate.proxy.credentials.credential_provider import CredentialProvider
from tidegate.proxy.credentials.token_chain import ChainToken
from tidegate.proxy.credentials.token_renewal import TokenRenewal
from tidegate.proxy.policies.credentials.refresh_token_life import RefreshTokenLife
from tidegate.proxy.policies.credentials.scope_comparison import compare, needed_by
from tidegate.proxy.policies.credentials.token_answer import NoGrant
from tidegate.proxy.policies.credentials.token_life import TokenLife, times_of
from tidegate.redaction.secret import Secret
from tidegate.vendor.vendor import Auth
from tidegate.world.world import World

if TYPE_CHECKING:
    from tidegate.proxy.call.call import Call

LOOK_S_MAX = 86_400.0
"""An unused chain is looked at again after so long at the latest: a timer of months drifts."""
UNTHOUGHT_OF = NoGrant("transient", "an error of Tidegate's own")
OVER = NoGrant("transient", "the token had ended when it came")


class TokenProvider(CredentialProvider):
    """See the module. `name` is the chain's, `identity` tells one account from another, `hidden` get us tokens."""

    waits = fetches = True

    def __init__(
        self,
        world: World,
        auth: Auth,
        maker: CredentialMaker,
        renewal: TokenRenewal,
        *,
        name: str,
        identity: Secret,
        hidden: tuple[str, ...],
    ) -> None:
        super().__init__(maker.made(Secret(""), hidden=hidden, identity=identity))
        assert auth.tokens is not None
        assert auth.oauth is not None
        self._world, self._maker, self.renewal, self._request = world, maker, renewal, auth.tokens
        self._needs, self._identity, self._hidden = auth.oauth.needs, identity, hidden
        self.name = name
        self._rng = world.random(f"token life {name}")
        self.life = TokenLife(self._rng)
        self.counts: Counter[str] = Counter()
        """What came of the refreshes: refreshed, adopted, failed, refused."""
        self.refresh_token = RefreshTokenLife()
        self._running: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._look: asyncio.Task[None] | None = None
        self.token: ChainToken | None = None
        """The one in force."""
        self.used = False
        """Whether a call has asked for it since."""
        self._closed = False
        self._lacking: frozenset[str] = frozenset()
        self._refused_scopes: dict[str, Reply | None] = {}

    def inherit(self, old: CredentialProvider) -> None:
        """See CredentialProvider.inherit: the token in force, which the store may not be there to give again."""
        if isinstance(old, TokenProvider) and old.name == self.name:
            self.renewal.inherit(old.renewal)
            self.counts = old.counts
            if old.token is not None and old.life.standing(self._world.now()) in ("fresh", "due"):
                self._put(old.token, renewed=False)
                self.used = old.used

    def watch(self) -> None:
        """See CredentialProvider.watch: a refresh token that is in the store is not left to end unused."""
        self._look = asyncio.get_running_loop().create_task(self._look_at_store())

    async def _look_at_store(self) -> None:
        token = await self.renewal.stored()
        if token is None or self.life.version or self._closed:
            return  # there is none, or a call was first
        now = self._world.now()
        self.refresh_token.granted(now - self.renewal.age_s(token), now + self.renewal.refresh_left_s(token))
        self._due()

    async def ready(self, deadline: float) -> Reply | None:
        """See CredentialProvider.ready."""
        self.used = True
        standing = self.life.standing(self._world.now())
        if standing == "fresh":
            return None
        if standing == "due":
            self._begin()
            return None
        return await self._wait(deadline)

    async def for_call(self, call: "Call") -> Reply | None:
        """See CredentialProvider.for_call. The token may have ended while the call stood in a queue."""
        if self.life.standing(self._world.now()) not in ("fresh", "due"):
            if (permit := call.permit) is not None:  # calls that have waited together must not leave together
                permit.hold()
            try:
                refusal = await self._wait(call.deadline)
            finally:
                if permit is not None:
                    permit.leave()
            if refusal is not None:
                return refusal
        call.credential = self.current
        return self._refusal_for(call.plan.operation) if self._lacking else None

    async def rejected(self, credential: Credential, status: int) -> bool:
        """See CredentialProvider.rejected. A 401 brings one refresh for each version of the token, and a 403 none."""
        if credential.version != self.life.version:
            return True
        if status != 401 or not self.life.rejected(credential.version, self._world.now()):
            return self.life.standing(self._world.now()) in ("none", "expired") and status == 401
        self.note("token rejected", {"version": credential.version})
        self._begin()
        return True

    async def close(self) -> None:
        """See CredentialProvider.close."""
        self._closed = True
        if self._look is not None:
            self._look.cancel()
        if self._timer is not None:
            self._timer.cancel()
        await self.renewal.finish()
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        await self.renewal.close()

    def _begin(self) -> asyncio.Task[None] | None:
        """The refresh that is running, begun where none is; None in a pause between two."""
        if self._running is None and not self.life.wait_s(self._world.now()):
            self._running = asyncio.get_running_loop().create_task(self._renew())
        return self._running

    async def _renew(self) -> None:
        result: ChainToken | NoGrant = UNTHOUGHT_OF
        asked = self.renewal.asked
        try:
            result = await self.renewal.renewed(self.life.version)
        finally:
            self._running = None
            if isinstance(result, ChainToken):
                self._take(result, adopted=self.renewal.asked == asked)
            else:
                self._fail(result)

    def _take(self, token: ChainToken, *, adopted: bool) -> None:
        self._put(token, renewed=not adopted)
        outcome = "adopted" if adopted else "refreshed"
        self.counts[outcome] += 1
        self.note(f"token {outcome}", {"version": token.version, "life": round(token.life_s, 3)})

    def _put(self, token: ChainToken, *, renewed: bool) -> None:
        """Put a token in force."""
        now = self._world.now()
        asked = now - self.renewal.age_s(token)
        times = times_of(asked, token.life_s, self._rng)
        hidden = (*self._hidden, *token.secrets)
        self.wear(self._maker.made(Secret(token.access), version=token.version, hidden=hidden, identity=self._identity))
        self.token = token
        self.life.granted(token.version, times, asked)
        if self.life.standing(now) == "expired":  # the next one may be no better: ask for it after a pause
            self.life.failed(OVER, now)
        self._compare(token)
        self.refresh_token.granted(asked, now + self.renewal.refresh_left_s(token), renewed=renewed)
        self.used = False
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if self._closed else self._world.call_later(max(times.refresh_at - now, 0.0), self._due)

    def _fail(self, no_grant: NoGrant) -> None:
        now, known = self._world.now(), self.life.reauthorize
        self.life.failed(no_grant, now)
        self.counts["refused" if self.life.reauthorize else "failed"] += 1
        text = "reauth_required" if self.life.reauthorize else "token refresh failed"
        self.note(text, {"because": no_grant.reason, "again_in": round(self.life.wait_s(now), 3)})
        if self.life.reauthorize and not known:
            self.on_reauthorize(no_grant.reason)
        if self.life.standing(now) == "due" or (not self.life.reauthorize and self.refresh_token.is_due(now)):
            self._timer = self._world.call_later(self.life.wait_s(now), self._due)

    def _due(self) -> None:
        """The time for a refresh has come. A token that nobody has used is left to end; the next call gets another.

        But a refresh token is not left to end where a refresh brings another, or a later end.
        """
        now = self._world.now()
        if self._closed:
            return
        if self.used or self.refresh_token.is_due(now):
            self._begin()
        elif (wait_s := self.refresh_token.due_at - now) < math.inf:
            self._timer = self._world.call_later(min(wait_s, LOOK_S_MAX), self._due)

    def _compare(self, token: ChainToken) -> None:
        comparison = compare(self._needs, token.scopes, self._request.scope)
        self._refused_scopes.clear()
        lacking = frozenset().union(*comparison.lacking.values())
        if lacking:
            self.note("scopes lacking", {"scopes": " ".join(sorted(lacking))})
        if comparison.surplus:
            self.note("scopes not needed", {"scopes": " ".join(sorted(comparison.surplus))})
        self._lacking = lacking if self._request.lacking_scopes == "refuse" else frozenset()

    def _refusal_for(self, operation: str) -> Reply | None:
        lacking = needed_by(operation, self._needs) & self._lacking
        if not lacking:
            return None
        detail = f"Tidegate's token lacks the scope {' '.join(sorted(lacking))}, which {operation} needs."
        return refused(PROBLEMS["credential-unavailable"], detail)

    async def _wait(self, deadline: float) -> Reply | None:
        """Wait for a token that can be sent. A refusal where none comes in time, or nobody can get one."""
        while self.life.standing(now := self._world.now()) not in ("fresh", "due"):
            pause_s, left_s = self.life.wait_s(now), deadline - now
            if left_s <= pause_s or (self.life.reauthorize and pause_s):
                return self._unavailable(pause_s)
            try:
                async with self._world.timeout(left_s):
                    task = self._begin()
                    if task is None:
                        await self._world.sleep(pause_s)
                    else:
                        await asyncio.wait({task})
            except TimeoutError:
                return self._unavailable(self.life.wait_s(self._world.now()))
        return None

    def _unavailable(self, again_s: float) -> Reply:
        life = self.life
        if life.reauthorize:
            detail = f"Tidegate can get no access token: {life.reason}. A person has to connect the account again."
        elif life.reason:
            detail = f"Tidegate got no access token in time: {life.reason}."
        else:
            detail = "Tidegate got no access token in time."
        return refused(PROBLEMS["credential-unavailable"], detail, retry_after_s=max(again_s, 1.0))
