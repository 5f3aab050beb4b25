"""A Secret of Kubernetes in a folder, swapped as the kubelet does it (pkg/volume/util/atomic_writer.go)."""

import itertools
import shutil
from pathlib import Path

_VERSIONS = itertools.count(1)


class Mount:
    """See the module. `swap` writes a version beside the old one, swaps `..data`, and takes the old one away."""

    def __init__(self, folder: Path, **keys: str) -> None:
        self.folder = folder
        folder.mkdir()
        self.write(**keys)
        for name in keys:
            (folder / name).symlink_to(f"..data/{name}")

    def write(self, **keys: str) -> Path | None:
        """A new version, with `..data` on it. Returns the folder of the old one, which is still there."""
        data = self.folder / "..data"
        old = data.resolve() if data.is_symlink() else None
        new = self.folder / f"..2026_11_30_{next(_VERSIONS)}"
        new.mkdir()
        for name, value in keys.items():
            (new / name).write_text(value)
        beside = self.folder / "..data_tmp"
        beside.symlink_to(new.name)
        beside.replace(data)
        return old

    def swap(self, **keys: str) -> None:
        """The whole of it."""
        old = self.write(**keys)
        if old is not None:
            shutil.rmtree(old)

    def ref(self, name: str) -> str:
        """A reference to a key."""
        return f"kubernetes:{self.folder / name}"
