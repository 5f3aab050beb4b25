"""A page of the console by its recipe: one file, its template, one line."""

import sys
from pathlib import Path

import pytest
from jinja2 import ChoiceLoader, DictLoader

import tidegate.proxy.console.views
from tests.contributing.recipe import blocks
from tests.proxy.console.open_console import open_console
from tests.proxy.test_admin import FakeProxy
from tidegate.proxy.console import page_templates


async def test_it_is_in_the_menu_and_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (source,), (template,) = blocks("console-page", "python"), blocks("console-page", "html")
    (tmp_path / "connections.py").write_text(source)
    room = tidegate.proxy.console.views
    monkeypatch.setattr(room, "__path__", [*room.__path__, str(tmp_path)])
    environment = page_templates.environment()
    loader = environment.loader
    assert loader is not None
    monkeypatch.setattr(environment, "loader", ChoiceLoader([DictLoader({"connections.html": template}), loader]))
    module = __import__("tidegate.proxy.console.views.connections", fromlist=["connections_view"])
    try:
        async with open_console(views=[module.connections_view(FakeProxy())]) as browser:
            assert 'href="/console/connections">Connections' in (await browser.get("/console/")).text
            page = await browser.get("/console/connections")
            assert (page.status, "stripe 0" in page.words) == (200, True)
    finally:
        del sys.modules[module.__name__]
