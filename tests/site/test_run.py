"""The site builds, strictly, and nothing in it is broken."""

import os
from pathlib import Path

import pytest

from tests.site.run import BUILDER, build


def test_the_site_builds_and_has_no_flaw(tmp_path: Path) -> None:
    if not BUILDER.is_file() and "CI" not in os.environ:
        pytest.skip("make setup builds .venv-docs, which has the builder")
    assert build(tmp_path / "docs") == []
    pages = {file.relative_to(tmp_path / "docs" / "site").as_posix() for file in (tmp_path / "docs").rglob("*.html")}
    assert {"index.html", "first-steps.html", "reference/commands/serve.html", "decisions/index.html"} <= pages


def test_what_the_builder_warns_of_is_told(tmp_path: Path) -> None:
    warns = tmp_path / "zensical"
    printed = "\x1b[33mWarning:\x1b[0m anchor does not exist\n    \x1b[38;5;246m╭\x1b[0m─[ apps.md:25:66 ]\n"
    warns.write_text(f"#!/bin/sh\ncat <<'END'\n{printed}END\nexit 1\n")
    warns.chmod(0o755)
    assert build(tmp_path / "docs", warns) == ["apps.md:25:66: anchor does not exist"]


def test_a_builder_that_fails_otherwise_is_quoted(tmp_path: Path) -> None:
    fails = tmp_path / "zensical"
    fails.write_text("#!/bin/sh\necho 'no such option' >&2\nexit 2\n")
    fails.chmod(0o755)
    assert build(tmp_path / "docs", fails) == ["zensical: no such option"]
