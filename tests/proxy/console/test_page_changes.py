"""Tests of tidegate.proxy.console.page_changes."""

from tests.proxy.test_admin import FakeProxy
from tidegate.proxy.console.page_changes import CLOCK_S, PageChanges


async def test_the_number_is_another_whenever_something_is() -> None:
    proxy, clock, calls = FakeProxy(), [0.0], ["a"]
    changes = PageChanges(proxy, lambda: clock[0], [lambda: calls[-1]])
    first = await changes.revision()
    assert await changes.revision() == first
    calls.append("b")
    second = await changes.revision()
    assert second != first
    proxy.refused = {"stripe": {"why": "line 3"}}
    third = await changes.revision()
    assert third != second
    clock[0] += CLOCK_S
    assert await changes.revision() != third
