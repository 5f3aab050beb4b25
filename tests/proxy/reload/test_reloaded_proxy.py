"""Tests of tidegate.proxy.reload.reloaded_proxy."""

from tidegate.proxy.app import Proxy
from tidegate.proxy.reload.reloaded_proxy import ReloadedProxy


def test_a_proxy_can_be_reloaded() -> None:
    def taken(proxy: ReloadedProxy) -> ReloadedProxy:
        return proxy

    def checked_by_mypy(proxy: Proxy) -> ReloadedProxy:
        return taken(proxy)

    assert callable(checked_by_mypy)
    assert all(hasattr(Proxy, name) for name in ("change",))
