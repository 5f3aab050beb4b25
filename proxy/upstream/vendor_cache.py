"""One vendor's share of the stored answers: whose they are, and the renewals that no call waits for.

What is kept is in tidegate.proxy.upstream.answer_cache; this file knows under which place, and holds the background
tasks.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from hashlib import blake2s

from multidict import CIMultiDictProxy

from tidegate.policy.cache import Cache
from tidegate.proxy.call.call import Call
from tidegate.proxy.call.credential import Credential
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.policies.caching.cache_control import NONE
from tidegate.proxy.policies.caching.cache_rules import storable
from tidegate.proxy.policies.caching.freshness import StoredAnswer, judged_by
from tidegate.proxy.policies.caching.invalidation import changed
from tidegate.proxy.policies.caching.vary import VaryKey
from tidegate.proxy.upstream.answer_cache import AnswerCache, Key
from tidegate.proxy.upstream.request_writer import RequestWriter
from tidegate.vendor.vendor import Vendor

RenewalListener = Callable[[Call, Reply], None]
"""Is told of each call that no app made: a stored answer that was renewed in the background."""


class VendorCache:
    """One vendor's share of the cache. `answers` is shared by all vendors; `address` is where this one lives.

    `members` are the credentials of a pool.
    """

    def __init__(
        self,
        answers: AnswerCache,
        vendor: Vendor,
        address: str,
        credential: Credential,
        outgoing: RequestWriter,
        members: Sequence[Credential] = (),
    ) -> None:
        self.answers = answers
        self.used = any(settings.cache is not None for settings in vendor.operations.values())
        """True where some operation keeps answers."""
        self._vendor, self._address = vendor, address
        self.place = place_of(vendor, address, credential)
        apart = vendor.facts.auth.pool.account == "each"
        self.members = {one.name: place_of(vendor, address, one) for one in members if one.name and apart}
        """The places of a pool's members that have accounts of their own: what one was given is no other's."""
        self.listener: RenewalListener | None = None
        self._sends = outgoing.sends
        self.renewals: set[asyncio.Task[None]] = set()
        self._closed = False

    def wear(self, credential: Credential) -> None:
        """A credential comes into force: what was kept under another is not given under this one."""
        place = place_of(self._vendor, self._address, credential)
        if self.members:
            self.members[credential.name] = place
        else:
            self.place = place

    @property
    def places(self) -> Sequence[bytes]:
        """Every place in which answers of this vendor are kept."""
        return tuple(self.members.values()) or (self.place,)

    def vary_key(self, by: Sequence[str]) -> VaryKey:
        """Picks the request headers by which answers are kept apart, those in `by` among them."""
        return VaryKey(self._sends, by)

    def held(self, key: Key, headers: CIMultiDictProxy[str], rules: Cache) -> StoredAnswer | None:
        """What a request with these headers selects, judged by the settings in force: a reload changes them."""
        stored = self.answers.get(key, headers)
        if stored is None or stored.rules is rules:
            return stored
        if not storable(NONE, stored.status, stored.names, stored.verdict, rules):
            self.answers.drop(key, stored)
            return None
        judged = judged_by(stored, rules)
        self.answers.put(key, judged)
        return judged

    def outdate(self, path: str, headers: Mapping[str, str] | CIMultiDictProxy[str], now: float) -> None:
        """Forget what a write to this path, below the vendor's address, may have changed. `headers` are its answer's.

        `now` is the second, by the clock that answers age by, at which it may still have been at work.
        """
        names = changed(path, self._address, headers)
        for place in self.places:
            self.answers.forget(place, names, now)

    def inherit(self, old: "VendorCache") -> None:
        """Go on for an earlier version: renewals under way end when this is closed."""
        self.listener, self.renewals = old.listener, old.renewals

    def start(self, renewal: Coroutine[None, None, None]) -> None:
        """Let a renewal run. It is cancelled by `close`, and not begun after that."""
        if self._closed:
            renewal.close()
            return
        task = asyncio.get_running_loop().create_task(renewal)
        self.renewals.add(task)
        task.add_done_callback(self.renewals.discard)

    def note(self, call: Call, reply: Reply) -> None:
        """Tell whoever listens of a renewal that has ended."""
        if self.listener is not None:
            self.listener(call, reply)

    async def close(self) -> None:
        """Cancel the renewals that still run."""
        self._closed = True
        for task in tuple(self.renewals):
            task.cancel()
        await asyncio.gather(*self.renewals, return_exceptions=True)


def place_of(vendor: Vendor, address: str, credential: Credential) -> bytes:
    """Whose answers these are: vendor, address, credential and pinned version, as a digest."""
    pin = vendor.facts.versioning.pin if vendor.facts.versioning else ""
    identity = "\n".join((vendor.vendor, address, str(credential.header), credential.identity.reveal(), pin))
    return blake2s(identity.encode(), digest_size=16).digest()
