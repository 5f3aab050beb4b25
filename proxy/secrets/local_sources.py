"""The sources on this machine: environment, files, Kubernetes mounts, credentials of systemd.

A file that is written in place can be met half written, so a new content is taken once it was seen twice. A Kubernetes
mount is swapped whole and needs no second look; a `file:` inside one is read as what it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tidegate.configfile.secret_references import SecretRef
from tidegate.proxy.secrets.kubernetes_mount import mount_of, read_mount
from tidegate.proxy.secrets.secret_file import BeingWritten, ReadFile, mounted_alone, read_file
from tidegate.proxy.secrets.secret_source import Bundle, SecretFlaw, SourcedSecret, usable

ENV_WARNING = "an environment variable cannot change while the proxy runs, and is inherited by every child process"
SUBPATH_WARNING = (
    "the file is mounted by itself (subPath): what replaces it outside is never seen here; mount its folder"
)
NO_MOUNT_WARNING = "there is no ..data beside it: this is no Kubernetes mount, or one by subPath, which never changes"
SYSTEMD_WARNING = "systemd gives a credential once: after a change, restart the service"
CREDENTIALS = "CREDENTIALS_DIRECTORY"
"""The variable in which systemd names the folder of a service's credentials (systemd.exec(5))."""


class LocalSources:
    """Every source of this machine. `environ` is the process's environment."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._seen: dict[SecretRef, ReadFile] = {}
        self._taken: dict[SecretRef, ReadFile] = {}

    def bundle(self, ref: SecretRef) -> str:
        """See SecretSource.bundle: the keys of one mount are read together."""
        mount = mount_of(Path(ref.name)) if ref.source in ("file", "kubernetes") else None
        return str(ref) if mount is None else f"kubernetes:{mount}"

    async def read(self, bundle: str, refs: Sequence[SecretRef], *, forced: bool = False) -> Bundle:
        """See SecretSource.read."""
        del bundle
        return self.look(refs, forced=forced)

    async def close(self) -> None:
        """Nothing is held open."""

    def look(self, refs: Sequence[SecretRef], *, forced: bool = True) -> Bundle:
        """The same without waiting: what is here is read at once. Raises SecretFlaw."""
        first = refs[0]
        if first.source == "env":
            return {ref: self._variable(ref) for ref in refs}
        mount = mount_of(Path(first.name)) if first.source in ("file", "kubernetes") else None
        if mount is not None:
            version, files = read_mount(mount, refs)
            return {ref: replace(_sourced(ref, file), mark=version, warning="") for ref, file in files.items()}
        found = {ref: self._settled(ref, self._path(ref), forced=forced) for ref in refs}
        return {ref: self._warned(ref, file) for ref, file in found.items() if file is not None}

    def _variable(self, ref: SecretRef) -> SourcedSecret:
        value = self._environ.get(ref.name)
        if value is None:
            raise SecretFlaw(f"{ref}: the environment variable {ref.name} is not set")
        return SourcedSecret(usable(ref, value), warning=ENV_WARNING)

    def _path(self, ref: SecretRef) -> Path:
        if ref.source != "systemd":
            return Path(ref.name)
        folder = self._environ.get(CREDENTIALS)
        if not folder:
            raise SecretFlaw(f"{ref}: ${CREDENTIALS} is not set; run as a service with LoadCredential={ref.name}:…")
        return Path(folder) / ref.name

    def _settled(self, ref: SecretRef, path: Path, *, forced: bool) -> ReadFile | None:
        """The file, where it is as it was when it was last looked at; None where it may still be being written."""
        try:
            file = read_file(ref, path)
        except BeingWritten:
            if forced:
                raise
            return None
        before, self._seen[ref] = self._seen.get(ref), file
        if forced or file == before or file.text == getattr(self._taken.get(ref), "text", None):
            self._taken[ref] = file
            return file
        return None

    def _warned(self, ref: SecretRef, file: ReadFile) -> SourcedSecret:
        sourced = _sourced(ref, file)
        if ref.source == "kubernetes":
            return replace(sourced, warning=NO_MOUNT_WARNING)
        if ref.source == "systemd":
            return replace(sourced, warning=SYSTEMD_WARNING)
        return replace(sourced, warning=SUBPATH_WARNING) if mounted_alone(Path(ref.name)) else sourced


def _sourced(ref: SecretRef, file: ReadFile) -> SourcedSecret:
    return SourcedSecret(usable(ref, file.text), file.mark, file.changed_wall, warning=file.warning)
