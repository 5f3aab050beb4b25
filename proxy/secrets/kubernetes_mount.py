"""A Secret mounted by Kubernetes: a folder of links through `..data`, a link that is swapped when the Secret changes.

Each key is a link to `..data/<key>`, and `..data` a link to a folder named by a time. So all files that are read
through one resolved `..data` are of one version (kubernetes, pkg/volume/util/atomic_writer.go). The folder of the
version before is removed after the swap: whoever meets that begins again.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tidegate.configfile.secret_references import SecretRef
from tidegate.proxy.secrets.secret_file import ReadFile, read_file
from tidegate.proxy.secrets.secret_source import SecretFlaw

DATA = "..data"
TRIES_MAX = 3
"""A swap in the middle of reading is met by reading again. The kubelet swaps once a minute at most."""
DEPTH_MAX = 8
"""A key lies in its mount, or a few folders below (`items` with a path)."""


def mount_of(path: Path) -> Path | None:
    """The mount that a key lies in; None where there is no `..data` above it."""
    for folder in tuple(path.parents)[:DEPTH_MAX]:
        if (folder / DATA).is_symlink():
            return folder
    return None


def read_mount(mount: Path, refs: Sequence[SecretRef]) -> tuple[str, Mapping[SecretRef, ReadFile]]:
    """All keys of one mount, of one version, and the name of that version. Raises SecretFlaw."""
    flaw = SecretFlaw(f"{mount}: the mount is swapped again and again")
    for _ in range(TRIES_MAX):
        version = _version(mount)
        try:
            files = {ref: read_file(ref, mount / version / Path(ref.name).relative_to(mount)) for ref in refs}
        except SecretFlaw as error:
            flaw = error
            if _version(mount) == version:
                raise
            continue
        if _version(mount) == version:
            return version, files
    raise flaw


def _version(mount: Path) -> str:
    try:
        return str((mount / DATA).readlink())
    except OSError as error:
        raise SecretFlaw(f"{mount / DATA}: the link cannot be read: {error.strerror}") from None
