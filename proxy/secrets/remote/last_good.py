"""The last good secrets of other machines, sealed in a file of this one: what a proxy starts with while they are away.

Kept is what was put in force, and given is each secret once in the life of a process, where its source does not answer:
from then on the source is away as it is for a proxy that has run for long. A file that cannot be opened, or that
somebody has changed, is as none. It knows how the file is written, and nothing of keys.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import orjson

from tidegate.configfile.secret_references import SecretRef
from tidegate.proxy.policies.credentials.secret_versions import SecretVersion
from tidegate.proxy.secrets.secret_source import Bundle, SecretSource, SourceAway, SourcedSecret
from tidegate.redaction.secret import Secret

KEPT_MAX = 1024
"""So many secrets are kept, those that were put in force last."""

_Written = tuple[str, str, float | None, float | None]
"""Value, mark, and when its source got it and will let it end."""

Cipher = Callable[[bytes], bytes | None]
"""Seals, or opens: None where that cannot be done."""


class LastGood:
    """See the module. `said` is told, for a person, what is used of it, and why it cannot be written."""

    def __init__(self, path: Path, seal: Cipher, unseal: Cipher, said: Callable[[str], object]) -> None:
        self._path, self._seal, self._said = path, seal, said
        self._kept = _read(path, unseal)
        self._given = set[SecretRef]()

    def keep(self, ref: SecretRef, version: SecretVersion) -> None:
        """This version is in force now. The file is replaced whole, or stays as it is."""
        written = (version.secret.reveal(), version.mark, version.created_wall, version.expires_wall)
        if not ref.remote or self._kept.get(str(ref)) == written:
            return
        self._kept.pop(str(ref), None)
        self._kept[str(ref)] = written
        for oldest in [*self._kept][:-KEPT_MAX]:
            del self._kept[oldest]
        sealed = self._seal(orjson.dumps(self._kept))
        if sealed is not None:
            try:
                _replace(self._path, sealed)
            except OSError as error:
                self._said(f"secrets.keep: {self._path}: {error.strerror}; the last good secrets are not kept")

    def give(self, refs: Sequence[SecretRef], why: str) -> Bundle | None:
        """What was kept of a bundle, once; None where that is not all of it."""
        if any(ref in self._given or str(ref) not in self._kept for ref in refs):
            return None
        self._given.update(refs)
        self._said(f"warning: {why}; the last good secrets are used: {', '.join(map(str, refs))}")
        return {ref: _sourced(*self._kept[str(ref)]) for ref in refs}


class KeptSource:
    """A source whose last good secrets are kept. See SecretSource."""

    def __init__(self, source: SecretSource, last_good: LastGood) -> None:
        self._source, self._last_good = source, last_good

    def bundle(self, ref: SecretRef) -> str:
        """See SecretSource.bundle."""
        return self._source.bundle(ref)

    async def read(self, bundle: str, refs: Sequence[SecretRef], *, forced: bool = False) -> Bundle:
        """See SecretSource.read."""
        try:
            return await self._source.read(bundle, refs, forced=forced)
        except SourceAway as away:
            kept = self._last_good.give(refs, str(away))
            if kept is None:
                raise
            return kept

    async def close(self) -> None:
        """See SecretSource.close."""
        await self._source.close()


def _sourced(value: str, mark: str, created: float | None, expires: float | None) -> SourcedSecret:
    return SourcedSecret(Secret(value), mark, created, expires)


def _read(path: Path, unseal: Cipher) -> dict[str, _Written]:
    try:
        opened = unseal(path.read_bytes())
        kept = orjson.loads(opened) if opened is not None else {}
        return {ref: (str(value), str(mark), made, ends) for ref, (value, mark, made, ends) in kept.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _replace(file: Path, data: bytes) -> None:
    """Write a file whole, or not at all, for its owner alone."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = file.with_name(f".{file.name}.new")
    made.unlink(missing_ok=True)
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        target.write(data)
        os.fsync(target.fileno())
    made.replace(file)
