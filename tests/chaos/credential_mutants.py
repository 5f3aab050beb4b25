"""Planted bugs of tokens that are refreshed and of a secret that is exchanged."""

import asyncio
import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from tidegate.proxy.call.credential import Credential
from tidegate.proxy.credentials.rotated_credential import RotatedCredential
from tidegate.proxy.credentials.token_chain import ChainToken
from tidegate.proxy.credentials.token_provider import TokenProvider
from tidegate.proxy.credentials.token_renewal import TokenRenewal
from tidegate.proxy.policies.credentials.secret_versions import SecretVersions, VersionRefusal
from tidegate.proxy.policies.credentials.token_life import TokenLife
from tidegate.proxy.secrets.secret_watcher import SecretWatcher
from tidegate.proxy.store.sqlite import sqlite_tokens
from tidegate.proxy.store.tokens import TokenLease

WRITTEN_BEHIND_S = 0.2


def a_token_is_sent_after_its_end() -> Any:
    original = TokenLife.standing

    def standing(self: TokenLife, now: float) -> Any:
        found = original(self, now)
        return "due" if found == "expired" and not self._rejected else found

    return patch.object(TokenLife, "standing", standing)


def a_401_brings_no_new_token() -> Any:
    return patch.object(TokenLife, "rejected", lambda self, version, now: False)


def a_token_is_used_before_it_is_stored() -> Any:
    original = TokenRenewal._save
    under_way = set[asyncio.Task[Any]]()

    async def save(self: TokenRenewal, lease: TokenLease, token: ChainToken, follows: int) -> ChainToken:
        async def later() -> None:
            await self._world.sleep(WRITTEN_BEHIND_S)
            await original(self, lease, token, follows)

        task = asyncio.get_running_loop().create_task(later())
        under_way.add(task)
        task.add_done_callback(under_way.discard)
        return token

    return patch.object(TokenRenewal, "_save", save)


def the_age_of_a_new_token_is_read_from_the_stores_clock() -> Any:
    return patch.object(TokenRenewal, "age_s", lambda self, token: token.age_s(self._now()))


@contextmanager
def every_call_asks_for_a_token_of_its_own() -> Iterator[None]:
    def begin(self: TokenProvider) -> Any:
        if self.life.wait_s(self._world.now()):
            return None
        return asyncio.get_running_loop().create_task(self._renew())

    original = TokenRenewal.renewed

    async def renewed(self: TokenRenewal, held: int) -> Any:
        own = copy.copy(self)
        own._unbroken, own._holder = asyncio.Lock(), ""
        result = await original(own, held)
        self.asked, self.own = own.asked, own.own
        return result

    free = sqlite_tokens._LEASE.replace("WHERE holder = excluded.holder OR lease_until <= :least", "WHERE 1")
    several = patch.object(TokenProvider, "_begin", begin), patch.object(TokenRenewal, "renewed", renewed)
    with several[0], several[1], patch.object(sqlite_tokens, "_LEASE", free):
        yield


def the_old_secret_goes_on_being_worn() -> Any:
    return patch.object(RotatedCredential, "renewed", lambda self: lambda: None)


def a_refused_secret_is_not_looked_for() -> Any:
    async def look_soon(self: SecretWatcher, ref: Any) -> None:
        return None

    return patch.object(SecretWatcher, "_look_soon", look_soon)


def a_new_secret_that_is_refused_has_no_former_one() -> Any:
    return patch.object(SecretVersions, "refuse", lambda self, number, now: VersionRefusal(again=False))


def a_call_whose_credential_was_refused_ends_there() -> Any:
    async def rejected(self: RotatedCredential, credential: Credential, status: int) -> bool:
        return False

    return patch.object(RotatedCredential, "rejected", rejected)


CREDENTIAL_MUTANTS = (
    a_token_is_sent_after_its_end,
    a_401_brings_no_new_token,
    a_token_is_used_before_it_is_stored,
    the_age_of_a_new_token_is_read_from_the_stores_clock,
    every_call_asks_for_a_token_of_its_own,
    the_old_secret_goes_on_being_worn,
    a_refused_secret_is_not_looked_for,
    a_new_secret_that_is_refused_has_no_former_one,
    a_call_whose_credential_was_refused_ends_there,
)
