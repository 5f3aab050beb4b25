"""The summary is a paragraph, and each risk follows from the file."""

from pathlib import Path

from tests.tidegate.blueprint.made import shipped, shop
from tidegate.blueprint.summary import glance, limits_of, risk_table, risks, summary


def test_the_summary_is_one_paragraph_with_the_first_risk(tmp_path: Path) -> None:
    text = summary(*shop(tmp_path))
    assert "\n" not in text
    assert "Sells things." in text
    assert "risks stand below" in text


def test_risks_follow_from_the_file(tmp_path: Path) -> None:
    names = " ".join(name for name, _ in risks(*shipped("stripe")))
    for part in ("Personal data leaves to us", "Nothing stands in", "One credential"):
        assert part in names, part
    names = " ".join(name for name, _ in risks(*shop(tmp_path, ("owner:", "undecided: [everything]\nowner:"))))
    assert "1 points of the vendor file are undecided" in names
    assert "No webhook is taken" in names


def test_facts_and_bounds_are_named(tmp_path: Path) -> None:
    vendor, plans = shop(tmp_path)
    assert "| Owner | shop-team |" in glance(vendor)
    assert "50/s" in limits_of(shipped("warehouse")[0])
    assert risk_table(vendor, plans).startswith("| Risk |")
