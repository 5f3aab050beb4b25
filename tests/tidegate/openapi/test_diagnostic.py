"""Every code says what is wrong and what would mend it."""

import re
from pathlib import Path

from tidegate.openapi.diagnostic import MEANINGS, diagnosed


def test_every_code_has_its_words() -> None:
    assert all(re.fullmatch(r"D\d{3}", code) for code in MEANINGS)
    assert all(meaning.finding and meaning.cure for meaning in MEANINGS.values())


def test_a_diagnostic_names_what_exactly_and_knows_its_cure() -> None:
    diagnostic = diagnosed("D001", "#/paths/x", "x")
    assert diagnostic.message == f"x: {MEANINGS['D001'].finding}"
    assert diagnostic.cure == MEANINGS["D001"].cure
    assert diagnosed("D003", "").message == MEANINGS["D003"].finding


def test_the_page_on_documents_lists_every_code(root: Path) -> None:
    page = (root / "docs" / "documents.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (D\d{3}) \| (.*) \| (.*) \|$", page, re.MULTILINE)
    assert rows == [(code, meaning.finding, meaning.cure) for code, meaning in MEANINGS.items()]
