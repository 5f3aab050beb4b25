"""Every rule has a code of its own, says what is wrong and what is right, and stands on the page."""

from pathlib import Path

from tidegate.scan.scan_rules import RULES

PAGE = Path(__file__).resolve().parents[3] / "docs" / "scan.md"


def test_codes_are_distinct_and_texts_are_sentences() -> None:
    assert len({rule.code for rule in RULES.values()}) == len(RULES)
    for rule in RULES.values():
        assert rule.says.endswith(".")
        assert rule.cure.endswith(".")


def test_the_page_lists_every_rule() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [rule.name for rule in RULES.values() if f"| `{rule.name}` | {rule.code} |" not in page] == []
