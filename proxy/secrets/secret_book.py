"""Every secret that the proxy has by reference, with its versions: what a reference is resolved against.

It stands where the environment stands, and answers for variables too. A secret of this machine is read when it is first
asked for; one of another machine has to be fetched before. It asks nobody by itself: see
tidegate.proxy.secrets.secret_watcher.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar

from tidegate.configfile.secret_references import SecretRef
from tidegate.problems import UsageError
from tidegate.proxy.policies.credentials.secret_versions import SecretVersion, SecretVersions
from tidegate.proxy.secrets.local_sources import LocalSources
from tidegate.proxy.secrets.secret_source import SecretFlaw, SourcedSecret
from tidegate.redaction.secret import Secret

KEYS_MAX = 16
"""Tokens and the like that let us in at sources: the newest of them are hidden."""

NOTHING: frozenset[SecretRef] = frozenset()

OnRefusal = Callable[[SecretRef, int], Awaitable[bool]]
"""Told that the vendor has refused a version of a secret. Returns whether another is in force."""


class NotFetched(UsageError):
    """A secret of another machine is needed, and was not fetched before."""

    def __init__(self, ref: SecretRef) -> None:
        super().__init__(f"{ref}: the secret was not fetched")
        self.ref = ref


async def _nobody_watches(ref: SecretRef, number: int) -> bool:
    del ref, number
    return False


class SecretBook(Mapping[str, str]):
    """The environment, and the secrets in force. `now` is the world's clock."""

    def __init__(
        self,
        environ: Mapping[str, str],
        now: Callable[[], float],
        overlap_s: float,
    ) -> None:
        self._environ, self._now, self._overlap_s = environ, now, overlap_s
        self.lives: dict[SecretRef, SecretVersions] = {}
        self._trying: ContextVar[frozenset[SecretRef]] = ContextVar("trying", default=NOTHING)
        self.local = LocalSources(environ)
        self.on_refusal: OnRefusal = _nobody_watches
        self.access_keys: dict[str, None] = {}
        """The last values of what lets us in at sources: they are to be shown nowhere."""
        self.on_access_key: Callable[[str], object] = str
        """Told of each of them; nobody listens at first."""

    def __getitem__(self, name: str) -> str:
        return self._environ[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._environ)

    def __len__(self) -> int:
        return len(self._environ)

    @contextmanager
    def trying(self, refs: Iterable[SecretRef]) -> Iterator[None]:
        """Within, and for nobody else, the book is as it would be with the pending versions of `refs` in force."""
        token = self._trying.set(frozenset(refs))
        try:
            yield
        finally:
            self._trying.reset(token)

    def version(self, ref: SecretRef) -> SecretVersion:
        """The version that calls wear. Raises UsageError where there is none."""
        life = self._life(ref)
        version = (life.pending if ref in self._trying.get() else None) or life.in_force
        assert version is not None, "a life begins with a version in force"
        return version

    def good(self, ref: SecretRef) -> tuple[SecretVersion, ...]:
        """Every version that is still taken from others, newest first. Raises UsageError where there is none."""
        tried = ref in self._trying.get()
        return tuple(one for one in self._life(ref).good if one.state != "pending" or tried)

    def enter(self, ref: SecretRef, sourced: SourcedSecret) -> SecretVersions:
        """Begin the life of a secret with what its source said first."""
        life, now = SecretVersions(self._overlap_s), self._now()
        life.offer(sourced.secret, now, sourced.mark, created=sourced.created_wall, expires=sourced.expires_wall)
        life.put_in_force(now)
        return self.lives.setdefault(ref, life)  # another thread may have begun it as well

    def warnings(self, refs: Iterable[SecretRef]) -> Mapping[str, list[str]]:
        """What is to be told of where secrets of this machine lie → the references."""
        by_warning: dict[str, list[str]] = {}
        for ref in sorted((ref for ref in refs if not ref.remote), key=str):
            with suppress(SecretFlaw):  # it was good when it was read: the watch tells of it
                if warning := self.local.look((ref,))[ref].warning:
                    by_warning.setdefault(warning, []).append(str(ref))
        return by_warning

    def hide(self, key: Secret) -> None:
        """This lets us in at a source: whoever shows texts is told of it before it is used."""
        value = key.reveal()
        if value not in self.access_keys:
            self.access_keys[value] = None
            while len(self.access_keys) > KEYS_MAX:
                del self.access_keys[next(iter(self.access_keys))]
            self.on_access_key(value)

    def forget(self, used: Iterable[SecretRef]) -> None:
        """Drop every secret that is not among the used ones."""
        for ref in {*self.lives}.difference(used):
            del self.lives[ref]

    def _life(self, ref: SecretRef) -> SecretVersions:
        life = self.lives.get(ref)
        if life is not None:
            return life
        if ref.remote:
            raise NotFetched(ref)
        return self.enter(ref, self.local.look((ref,))[ref])
