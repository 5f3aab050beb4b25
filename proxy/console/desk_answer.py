"""An answer of the desk, as a page of the console needs it: its document, or why there is none."""

from collections.abc import Mapping
from typing import Any, cast

from tidegate.proxy.console.view import PageFailure
from tidegate.proxy.desk.page import Page

Document = Mapping[str, Any]


def answered(page: Page, cure: str = "") -> Document | PageFailure:
    """The document of a page that is there; `cure` is what to do where it is not."""
    document = cast("Document", page.document)
    return document if page.status == 200 else PageFailure(page.status, str(document["error"]), cure)
