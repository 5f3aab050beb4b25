"""Builds the documentation site, and fails on anything that is wrong with it: `make docs`.

The builder runs in an environment of its own (.venv-docs). What it warns of is an error, and what it made is read again
by tests/site/built_site.py.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

from tests.site.built_site import flaws
from tests.site.navigation import navigation, unnamed
from tests.site.source import ROOT, site_pages, write_source

BUILDER = ROOT / ".venv-docs" / "bin" / "zensical"
BUILD_S_MAX = 300
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_WARNING = re.compile(r"^Warning: (.+)\n\s*╭─\[ (\S+) \]", re.MULTILINE)


def build(folder: Path, builder: Path = BUILDER) -> list[str]:
    """Build the site in `folder`/site, and say what is wrong with it. Raises OSError where there is no builder."""
    write_source(folder)
    command = [str(builder), "build", "--strict", "--clean"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=BUILD_S_MAX)
    if done.returncode:
        return _warnings(f"{done.stdout}\n{done.stderr}")
    return flaws(folder / "site")


def _warnings(printed: str) -> list[str]:
    """`place: what is wrong` of each warning; all that was printed, where there is none."""
    plain = _COLOUR.sub("", printed)
    found = [f"{place}: {what}" for what, place in _WARNING.findall(plain)]
    return found or [f"zensical: {plain.strip()}"]


def main() -> int:
    """Build, and print where the site is or what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "docs", help="where to build")
    parser.add_argument("--builder", type=Path, default=BUILDER, help="the builder's program")
    arguments = parser.parse_args()
    wrong = build(arguments.folder.resolve(), arguments.builder.absolute())
    for flaw in wrong:
        print(flaw, file=sys.stderr)
    for page in unnamed(navigation((ROOT / "zensical.toml").read_text(encoding="utf-8"), site_pages())):
        print(f"{page} is in no section, so it is under More: list it on the page of a section", file=sys.stderr)
    if not wrong:
        print(f"The site is in {arguments.folder / 'site'}; open index.html in a browser.")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
