"""Tests of tidegate.proxy.desk.delivery_desk, on a proxy in the virtual world."""

from pathlib import Path

from tests.proxy.town import SECRET, Town, play
from tidegate.proxy.desk.delivery_desk import desk_for


def test_a_desk_stands_on_what_is_in_force_in_the_proxy(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        proxy = town.proxy
        parts = proxy.parts
        desk = desk_for(proxy._world, parts.store, proxy.telemetry, proxy.upstreams, proxy.gateway.plan)
        assert list(desk.vendors()) == ["things"]
        assert desk.terms("things", "PostThings").rate_per_s == 100.0
        assert desk.terms("gone", "PostThings").key_memory_s == 0.0
        assert SECRET not in desk.redactor().text(f"it has {SECRET}")
        assert desk.now() == parts.store.clock.now()

    play(tmp_path, [], story)
