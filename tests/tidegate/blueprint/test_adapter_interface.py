"""The adapters' methods are read from their source, and nothing of it is run."""

from pathlib import Path

import pytest

from tests.tidegate.blueprint.made import shipped
from tidegate.blueprint.adapter_interface import adapter_interface, adapters_beside
from tidegate.vendor.search_path import shipped_vendors

SOURCE = '''
raise RuntimeError("this is never run")

class Shop:
    """Sells things.

    More.
    """

    def __init__(self, gateway): ...
    async def buy(self, what: str, *, key: str) -> "Receipt | None": ...
    def parse(self): ...
    @property
    def name(self): ...
    def _hidden(self): ...

class _Inner:
    def a(self): ...

class Values:
    a: int = 1
'''


def test_public_methods_are_read(tmp_path: Path) -> None:
    (tmp_path / "shop_adapter.py").write_text(SOURCE)
    (tmp_path / "test_shop_adapter.py").write_text(SOURCE)
    [found] = adapters_beside(tmp_path)
    assert (found.name, found.says) == ("Shop", "Sells things.")
    assert found.methods == ("async def buy(what: str, *, key: str) -> 'Receipt | None'", "def parse()")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"class (:", b"(" * 100_000])
def test_what_cannot_be_read_is_no_adapter(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "odd.py").write_bytes(content)
    assert adapters_beside(tmp_path) == []


def test_shipped_adapters_and_vendors_without_one() -> None:
    vendor, _ = shipped("stripe")
    text = adapter_interface(vendor, adapters_beside(shipped_vendors()["stripe"].parent))
    assert "async def pay(reference: str" in text
    openai, _ = shipped("openai")
    assert "No adapter stands beside" in adapter_interface(openai, [])
    assert "`X-Shopify-Access-Token`" in adapter_interface(shipped("shopify")[0], [])
