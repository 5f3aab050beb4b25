"""Anti-patterns are held or open by what the file says, and tasks stand by priority."""

from pathlib import Path

from tests.tidegate.blueprint.made import shipped, shop
from tidegate.blueprint.adapter_interface import AdapterClass
from tidegate.blueprint.checklist import anti_patterns, checklist

ADAPTER = AdapterClass("Shop", "", ("def a()",))


def row(text: str, name: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(f"| {name}"))


def test_what_is_held_and_what_is_open(tmp_path: Path) -> None:
    vendor, plans = shipped("stripe")
    text = anti_patterns(vendor, plans, [ADAPTER])
    assert row(text, "Calls without a timeout").endswith("| held |")
    assert row(text, "The vendor's types").endswith("| held |")
    assert row(text, "Calls past the proxy").endswith("| open |")
    text = anti_patterns(*shop(tmp_path), [])
    assert row(text, "The vendor's types").endswith("| open |")


def test_tasks_stand_by_priority_and_are_ticked_where_they_are_done(tmp_path: Path) -> None:
    vendor, _ = shop(tmp_path, ("owner:", "undecided: [the region]\nowner:"))
    text = checklist(vendor, [])
    assert text.index("### P0") < text.index("### P1") < text.index("### P2")
    assert "- [ ] Decide: the region" in text
    assert "- [x] A team answers for it: shop-team" in text
    assert "- [ ] An adapter keeps" in text
    assert "- [x] An adapter keeps" in checklist(vendor, [ADAPTER])
