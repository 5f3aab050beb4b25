"""The credentials of a vendor that has several: which are worn, which are set aside, and how often each was.

Each member is a provider of its own, so that one may be renewed while the others go on. What becomes of a member is
decided in tidegate.proxy.policies.credentials; this file tells whoever listens.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from tidegate.proxy.call.credential import Credential
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.credentials.credential_provider import CredentialProvider
from tidegate.proxy.policies.credentials.pool_choice import PoolChoice
from tidegate.vendor.auth_facts import PoolFacts

if TYPE_CHECKING:
    from tidegate.proxy.call.call import Call
    from tidegate.proxy.call.reply import Reply


class CredentialPool(CredentialProvider):
    """See the module. `members` are at least one; `now` is the monotonic clock."""

    def __init__(self, members: Mapping[str, CredentialProvider], facts: PoolFacts, now: Callable[[], float]) -> None:
        super().__init__(next(iter(members.values())).current)
        self.members = members
        self.waits = any(member.waits for member in members.values())
        self.fetches = any(member.fetches for member in members.values())
        self.facts = facts
        self.choice: PoolChoice = PoolChoice(tuple(members))
        self.attempts: Counter[tuple[str, str]] = Counter()
        """Member and verdict → attempts."""
        self._now = now
        for name, member in members.items():
            self.choice.members[name].version = member.current.version
            member.listen(partial(self._renewed, name))

    def singles(self) -> Sequence[CredentialProvider]:
        """See CredentialProvider.singles."""
        return tuple(self.members.values())

    @property
    def credentials(self) -> Sequence[Credential]:
        """See CredentialProvider.credentials."""
        return [member.current for member in self.members.values()]

    def watch(self) -> None:
        """See CredentialProvider.watch."""
        for member in self.members.values():
            member.watch()

    def inherit(self, old: CredentialProvider) -> None:
        """See CredentialProvider.inherit: by the names of members whose value is the same."""
        if not isinstance(old, CredentialPool):
            return
        self.attempts = old.attempts
        same = [name for name, member in self.members.items() if _is_same(member, old.members.get(name))]
        for name in self.members.keys() & old.members.keys():
            self.members[name].inherit(old.members[name])
        self.choice.inherit(old.choice, same)

    async def for_call(self, call: "Call") -> "Reply | None":
        """See CredentialProvider.for_call: the member that was chosen with the permit says what is to be sent."""
        name = call.credential.name if call.credential is not None else self.current.name
        return await self.members[name].for_call(call)

    async def close(self) -> None:
        """See CredentialProvider.close."""
        for member in self.members.values():
            await member.close()

    async def rejected(self, credential: Credential, status: int) -> bool:
        """See CredentialProvider.rejected. By then every member that may be worn has been; one may have a new value."""
        member = self.members.get(credential.name)
        return member is not None and await member.rejected(credential, status)

    def answered(self, credential: Credential, verdict: Verdict, trial: int) -> None:
        """The vendor has let a request in under this one, or nothing is known of it."""
        self.attempts[credential.name, verdict] += 1
        if not trial:
            return
        if verdict in (Verdict.FAILED, Verdict.CANCELLED, Verdict.REFUSED):
            self.choice.members[credential.name].given_up(self._now(), trial)
        else:
            self.let_in(credential, trial)

    def let_in(self, credential: Credential, trial: int) -> None:
        """The vendor has let in the call that is this trial; its answer may still be coming."""
        if self.choice.members[credential.name].answered(trial):
            self._returned(credential.name)

    def refused(self, credential: Credential, trial: int) -> None:
        """The vendor does not know it: a 401."""
        self.attempts[credential.name, Verdict.CREDENTIAL] += 1
        if self.choice.members[credential.name].rejected(self._now(), credential.version, trial):
            self._set_aside(credential.name)

    def exhausted(self, credential: Credential, trial: int, reset_s: float | None) -> None:
        """Its quota is used up, for `reset_s` seconds where the vendor says so."""
        self.attempts[credential.name, "exhausted"] += 1
        if self.choice.members[credential.name].exhausted(self._now(), credential.version, trial, reset_s):
            self._set_aside(credential.name)

    def unavailable(self, credential: Credential, trial: int, again_s: float) -> None:
        """No token can be had for it now: nothing was sent."""
        if self.choice.members[credential.name].unavailable(self._now(), credential.version, trial, again_s):
            self._set_aside(credential.name)

    def states(self) -> dict[str, dict[str, object]]:
        """Each member as `/state` shows it."""
        now = self._now()
        return {
            name: {
                "standing": member.standing,
                "version": member.version,
                "aside_s": round(member.wait_s(now), 3),
                "attempts": {str(ended): count for (whose, ended), count in self.attempts.items() if whose == name},
            }
            for name, member in self.choice.members.items()
        }

    def _renewed(self, name: str, credential: Credential) -> None:
        self.wear(credential)
        if self.choice.members[name].renewed(credential.version):
            self._returned(name)

    def _set_aside(self, name: str) -> None:
        member = self.choice.members[name]
        for_s = round(member.wait_s(self._now()), 3)
        facts: dict[str, str | float] = {"credential": name, "because": member.standing, "for_s": for_s}
        self.note("credential set aside", facts)
        self.on_return()  # who waits may have waited for this one

    def _returned(self, name: str) -> None:
        self.note("credential in force again", {"credential": name})
        self.on_return()


def _is_same(member: CredentialProvider, old: CredentialProvider | None) -> bool:
    return old is not None and member.current.identity.reveal() == old.current.identity.reveal()
