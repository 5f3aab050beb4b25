"""The page's files are served, and foreign text in them cannot run; tests/web tries them in a browser."""

import pytest

from tests.simulator.conftest import Played
from tidegate.simulator.control import page_files


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html"),
        ("/page.css", "text/css"),
        ("/page.js", "text/java"),
        ("/look.css", "text/css"),
        ("/mark.svg", "image/svg+xml"),
    ],
)  # fmt: skip
async def test_its_files_are_served(vendor: Played, path: str, kind: str) -> None:
    async with vendor.client.get(f"http://127.0.0.1:{vendor.simulator.control_port}{path}") as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith(kind)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert await answer.read() == getattr(page_files.part(path), "body", None)


def test_nothing_else_is() -> None:
    assert page_files.part("/index.html") is None
    assert page_files.part("/../app.py") is None
