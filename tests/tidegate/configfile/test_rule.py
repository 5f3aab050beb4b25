"""A rule registers itself with its code and its words."""

from collections.abc import Iterator

import pytest

from tidegate.configfile import rule as rule_module
from tidegate.configfile.block import Block
from tidegate.configfile.rule import Breach, Rule, rule


class Tide(Block):
    """A block of a file of its own."""

    height: int = 0


def test_the_decorated_function_is_registered_and_stays_callable(monkeypatch: pytest.MonkeyPatch) -> None:
    registered: list[Rule] = []
    monkeypatch.setattr(rule_module, "RULES", registered)

    @rule("TG999", "the tide is low", Tide, severity="warning")
    def check_tide(tide: Tide) -> Iterator[Breach]:
        if tide.height > 2:
            yield Breach(("height",), "too high")

    assert registered == [Rule("TG999", "the tide is low", Tide, check_tide, "warning")]
    assert list(check_tide(Tide(height=1))) == []
    assert [breach.loc for breach in check_tide(Tide(height=3))] == [("height",)]
