"""The pages about apps, approvals and the audit log: every example is one that Tidegate takes."""

import re
from pathlib import Path

import pytest

from tidegate.proxy.config import load_config
from tidegate.proxy.configured_vendors import flaws_of_access

DOCS = Path(__file__).parent.parent / "docs"
PAGES = ("apps.md", "approvals.md")


def examples() -> list[tuple[str, str]]:
    found = [(page, (DOCS / page).read_text(encoding="utf-8")) for page in PAGES]
    return [(page, block) for page, text in found for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]


@pytest.mark.parametrize(("page", "block"), examples(), ids=lambda text: text.split("\n")[0])
def test_an_example_is_a_configuration_without_a_flaw(page: str, block: str, tmp_path: Path) -> None:
    (tmp_path / "tidegate.yaml").write_text(block)
    assert flaws_of_access(load_config(tmp_path / "tidegate.yaml")) == [], page


def test_each_page_has_examples() -> None:
    assert {page for page, _ in examples()} == set(PAGES)
