"""Tests of tidegate.proxy.desk.port.admin_view: the proxy is what the admin port sees."""

from pathlib import Path

from tests.proxy.town import Town, play
from tidegate.proxy.desk.port.admin_view import AdminView


def test_the_proxy_has_everything_that_the_admin_port_looks_at(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        view: AdminView = town.proxy
        for name in ("config", "draining", "in_flight", "troubles", "store_trouble", "file", "refused", "state"):
            assert getattr(view, name) is not None
        assert not view.force("nobody", "default", None)

    play(tmp_path, [200], story)
