"""The JSON text of large YAML files, kept on disk for the next start.

An entry is named after a digest of what was read, so it never goes stale; it carries a checksum, so one that was cut
short or changed counts as not there. Two processes may read and write at once. A cache that cannot be used is none:
nothing here raises.
"""

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

FORMAT = b"tidegate document 1\n"
"""The first bytes of an entry. Another way to read YAML gets another number."""

ENTRIES_MAX = 32
"""The entries that were written longest ago go when there are more."""

_DIGEST_BYTES = 16


class DocumentCache:
    """A folder of entries."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def of_this_user(cls, environment: Mapping[str, str] | None = None) -> "DocumentCache | None":
        """The one in the user's cache folder (XDG Base Directory Specification); None where there is no home."""
        variables = os.environ if environment is None else environment
        named = Path(variables.get("XDG_CACHE_HOME", ""))
        if named.is_absolute():
            return cls(named / "tidegate" / "documents")
        home = Path(variables.get("HOME", ""))
        return cls(home / ".cache" / "tidegate" / "documents") if home.is_absolute() else None

    def get(self, source: bytes) -> bytes | None:
        """The stored JSON text of this source; None where there is none."""
        try:
            entry = self._entry(source).read_bytes()
        except OSError:
            return None
        head = len(FORMAT) + _DIGEST_BYTES
        text = entry[head:]
        return text if entry[:head] == FORMAT + _digest(text) else None

    def put(self, source: bytes, text: bytes) -> None:
        """Store the JSON text of this source. An entry is whole or not there."""
        written: Path | None = None
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            number, name = tempfile.mkstemp(dir=self.folder, prefix=".new-")
            written = Path(name)
            with os.fdopen(number, "wb") as file:
                file.write(FORMAT + _digest(text) + text)
            written.replace(self._entry(source))
            self._prune()
        except OSError:
            if written is not None:
                with suppress(OSError):
                    written.unlink(missing_ok=True)

    def _entry(self, source: bytes) -> Path:
        return self.folder / f"{_digest(FORMAT + source).hex()}.json"

    def _prune(self) -> None:
        entries = sorted(self.folder.glob("*.json"), key=lambda entry: entry.stat().st_mtime_ns)
        for entry in entries[:-ENTRIES_MAX]:
            entry.unlink(missing_ok=True)


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=_DIGEST_BYTES).digest()
