"""The credential in force for one vendor, and what is done where the vendor refuses it.

Whoever renews a credential puts it in force here; whoever depends on it listens. What the requests of an ordinary
vendor carry is read from an attribute, and nobody waits for it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from tidegate.proxy.call.credential import Credential
from tidegate.proxy.credentials.client_certificate import LoadedCertificate
from tidegate.proxy.policies.credentials.pool_choice import PoolChoice

if TYPE_CHECKING:
    from tidegate.proxy.call.call import Call
    from tidegate.proxy.call.reply import Reply

Listener = Callable[[Credential], object]
"""Called with a credential before its first request is written."""


Note = Callable[[str, Mapping[str, str | float]], object]
"""Takes a note's text and its facts."""


def _nothing(text: str, facts: Mapping[str, str | float]) -> None:
    del text, facts


def _nobody() -> None:
    return None


def _unheard(reason: str) -> None:
    del reason


class CredentialProvider:
    """One vendor's credential. Other kinds of provider stand on this one."""

    waits = False
    """True where a call may have to wait for a credential, or has one chosen for it: `for_call` is then asked before
    each attempt."""

    choice: PoolChoice | None = None
    """The choice among several credentials; None where there is one alone."""
    fetches = False
    """True where there may be no credential to give for a while: `ready` is then asked before anything is lent for an
    attempt."""

    def __init__(self, credential: Credential) -> None:
        self.note: Note = _nothing
        """Told what happens to the credential; nobody listens at first."""
        self.on_reauthorize: Callable[[str], object] = _unheard
        """Told why a person has to connect the account again, once for each time."""
        self.certificate: LoadedCertificate | None = None
        """Our client certificate, where the vendor asks for one."""
        self.current = credential
        """The credential in force."""
        self.on_return: Callable[[], None] = _nobody
        self.waits = self.waits or credential.signer is not None
        self._listeners: list[Listener] = []

    def singles(self) -> "Iterable[CredentialProvider]":
        """The providers of one secret each that this one is made of."""
        return (self,)

    def listen(self, listener: Listener, on_return: Callable[[], None] = _nobody) -> None:
        """Have `listener` called with each credential that comes into force from now on.

        `on_return` is called when something may be worn again for which a call may wait.
        """
        self._listeners.append(listener)
        self.on_return = on_return

    def wear(self, credential: Credential) -> None:
        """Put a credential in force. Requests that are written keep the one that they have."""
        for listener in self._listeners:
            listener(credential)
        self.current = credential

    @property
    def credentials(self) -> Sequence[Credential]:
        """Every credential that a request may carry now."""
        return (self.current,)

    def inherit(self, old: "CredentialProvider") -> None:
        """Go on for an earlier version of the vendor. Before the first call."""

    def watch(self) -> None:
        """From now on see to what must be done although nobody calls. The store is open."""

    async def ready(self, deadline: float) -> "Reply | None":
        """Wait until there is a credential to give, or refuse, at `deadline` (monotonic seconds) at the latest."""
        del deadline
        return None

    async def for_call(self, call: "Call") -> "Reply | None":
        """Choose `call.credential`. Returns a refusal where none can be had in time."""
        call.credential = self.current
        return None

    async def rejected(self, credential: Credential, status: int) -> bool:
        """The vendor has answered 401 or 403 to this one. True where another is in force: the call may go once more."""
        del status
        return credential is not self.current

    async def close(self) -> None:
        """End what runs in the background."""
