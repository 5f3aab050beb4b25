"""A copy of the package in which a page's recipe is carried out, file by file."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
COPIED = ("tidegate", "proxy")
"""The folders whose files a recipe may change; the others are links to the project's own."""
LINKED = ("adapters", "chaos", "contracts", "loadtests", "simulator", "tests", "pyproject.toml")


class Scratch:
    """The copy, and the source files that were changed in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.touched: set[str] = set()
        for name in COPIED:
            shutil.copytree(ROOT / name, folder / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        for name in LINKED:
            (folder / name).symlink_to(ROOT / name)

    def add(self, path: str, text: str) -> None:
        """A new source file."""
        assert not (self.folder / path).exists()
        (self.folder / path).write_text(text, encoding="utf-8")
        self.touched.add(path)

    def patch(self, diff: str) -> None:
        """Change one source file. Each hunk must fit at exactly one place."""
        heading, *hunks = re.split(r"^@@\n", diff, flags=re.MULTILINE)
        path = re.findall(r"^\+\+\+ b/(\S+)$", heading, re.MULTILINE)[0]
        text = (self.folder / path).read_text(encoding="utf-8")
        for hunk in hunks:
            old, new = (
                "".join(line[1:] for line in hunk.splitlines(keepends=True) if line[0] != mark) for mark in "+-"
            )
            assert text.count(old) == 1, f"{path} does not hold this once:\n{old}"
            text = text.replace(old, new)
        (self.folder / path).write_text(text, encoding="utf-8")
        self.touched.add(path)

    def run(self, tests: str) -> str:
        """What pytest says about a test file that runs on the copy."""
        (self.folder / "test_recipe.py").write_text(tests, encoding="utf-8")
        words = ("-q", "-p", "no:cacheprovider", "--import-mode=importlib", "test_recipe.py")
        result = subprocess.run(
            [sys.executable, "-m", "pytest", *words],
            cwd=self.folder,
            env={"PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        return result.stdout + result.stderr
