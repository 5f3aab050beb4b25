"""A page in a browser that is watched: what it logs as an error, and what axe-core finds in it (from npm)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
WIDE, NARROW = {"width": 1400, "height": 900}, {"width": 390, "height": 844}


def is_mistake(message: ConsoleMessage) -> bool:
    """Whether the page logged an error; that a request was refused is the browser's own line, and no error of ours."""
    return message.type == "error" and "Failed to load resource" not in message.text


@contextmanager
def watched(browser: Browser, **options: Any) -> Iterator[Page]:
    """A page of a new context, which must not log an error."""
    context = browser.new_context(**options)
    page, errors = context.new_page(), list[str]()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if is_mistake(message) else None)
    yield page
    context.close()
    assert not errors


@cache
def _axe() -> str:
    if not AXE.exists():
        missing = "axe-core is not here; `make test-web` installs it"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return AXE.read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA and good practice: rule, and where."""
    page.evaluate(_axe())
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", list(TAGS))
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]
