"""The files of an app that a scan looks into: by their endings, without what is generated, installed or too large.

Nothing is read here but names and sizes. What is left out for its size is said, never dropped in silence.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

LANGUAGES = {
    ".py": "python", ".pyi": "python",
    ".js": "javascript", ".jsx": "javascript", ".mjs": "javascript", ".cjs": "javascript",
    ".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "tsx",
    ".go": "go",
}  # fmt: skip
"""Ending → language."""
LEFT_OUT = frozenset({
    ".git", ".hg", ".svn", ".venv", "venv", "node_modules", "site-packages", "__pycache__", "dist", "build", "vendor",
    "third_party", ".tox", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".next", "coverage", ".idea",
})  # fmt: skip
"""Folders that hold what others wrote, or what was made of something. One that is named itself is looked into."""
FILES_MAX = 50_000
FILE_BYTES_MAX = 1_048_576
DEPTH_MAX = 64


@dataclass(frozen=True, slots=True)
class ScannedFile:
    """One file. `name` is its path from the current folder, or from what was given where that lies elsewhere."""

    path: Path
    name: str
    language: str
    within: str = ""
    """Its path from the folder that was given, without that folder's name; empty for a file that was given itself."""
    place: str = ""
    """The name of the folder that was given."""

    @property
    def _parts(self) -> list[str]:
        """The folders that its name says something by, and the file."""
        return f"{self.place}/{self.within or self.name}".lower().strip("/").split("/")

    @property
    def is_test(self) -> bool:
        """True where it is a test, by the customs of its language: made-up keys and SDKs have their place there."""
        parts, stem = self._parts, self._parts[-1]
        folders = {"test", "tests", "__tests__", "spec", "testdata", "fixtures", "__mocks__"}
        return bool(folders & set(parts[:-1])) or stem.startswith(("test_", "conftest")) or any(
            mark in stem for mark in ("_test.", ".test.", ".spec.")
        )  # fmt: skip

    @property
    def is_adapter(self) -> bool:
        """True where the app's adapters are: a folder or a file whose name says so."""
        return any("adapter" in part for part in self._parts)


def source_files(places: Sequence[Path]) -> Iterator[ScannedFile]:
    """The files below these places, in order. Links are not followed."""
    count = 0
    for place in places:
        if place.is_file():
            if place.suffix.lower() in LANGUAGES:
                yield ScannedFile(place, _name(place, place.name), LANGUAGES[place.suffix.lower()])
            continue
        for folder, folders, names in os.walk(place):
            here = Path(folder)
            depth = len(here.relative_to(place).parts)
            folders[:] = sorted(
                name
                for name in folders
                if name not in LEFT_OUT and not name.endswith(".egg-info") and depth < DEPTH_MAX
            )
            for name in sorted(names):
                file = here / name
                language = LANGUAGES.get(file.suffix.lower())
                if (
                    language is None
                    or file.is_symlink()
                    or not file.is_file()
                    or name.endswith((".min.js", ".d.ts", ".pb.go", "_pb2.py"))
                ):
                    continue
                count += 1
                if count > FILES_MAX:
                    return
                within = file.relative_to(place).as_posix()
                yield ScannedFile(file, _name(file, within), language, within, place.resolve().name)


def _name(file: Path, otherwise: str) -> str:
    """The path from the current folder, as code hosts want it; `otherwise` for a file that lies elsewhere."""
    try:
        return file.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except ValueError:
        return otherwise
