"""Tests of tidegate.proxy.store.wrapped_deliveries: whatever is asked of it is asked within, as it was asked."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.store.delivering import accepted, new, state_of
from tests.proxy.store.places import at, sqlite_at
from tidegate.proxy.store.deliveries import Deliveries, DeliveryRetention
from tidegate.proxy.store.wrapped_deliveries import WrappedDeliveries

METHODS = sorted(name for name, member in vars(Deliveries).items() if inspect.iscoroutinefunction(member))


class Within:
    """Notes what it is asked, and answers with the name of it."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        async def method(*args: Any, **named: Any) -> str:
            self.calls.append((name, args, named))
            return name

        return method


@pytest.mark.parametrize("name", METHODS)
async def test_every_method_of_the_port_passes_with_all_that_it_was_given(name: str) -> None:
    within = Within()
    wrapped: Any = WrappedDeliveries(within)  # type: ignore[arg-type]  # a fake
    asked = [*inspect.signature(getattr(Deliveries, name)).parameters.values()][1:]
    args = [each.name for each in asked if each.kind is each.POSITIONAL_OR_KEYWORD]
    named = {each.name: each.name for each in asked if each.kind is each.KEYWORD_ONLY}
    result = await getattr(wrapped, name)(*args, **named)
    [(called, passed, passed_by_name)] = within.calls
    assert (called, {*passed} | {*passed_by_name.values()}) == (name, {*args} | {*named.values()})
    assert [each for each in passed if each in args] == [each for each in args if each in passed]
    assert all(key == value for key, value in passed_by_name.items())
    assert result in (name, None)


async def test_what_is_set_on_it_is_set_within(tmp_path: Path) -> None:
    async with sqlite_at(tmp_path).opened() as store:
        wrapped, woken, kept = WrappedDeliveries(store.deliveries), list[str](), DeliveryRetention(done_s=7.0)
        wrapped.wake, wrapped.retention = woken.append, kept
        assert wrapped.retention is store.deliveries.retention is kept
        await accepted(wrapped, new(1))
        assert woken == ["outbox"]
        assert await state_of(store.deliveries, "d1") == await state_of(wrapped, "d1") == "queued"
        assert await wrapped.next_due("outbox", at()) == 0.0
