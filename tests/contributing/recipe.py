"""The blocks of a page of docs/contributing."""

import re
from pathlib import Path

PAGES = Path(__file__).resolve().parent.parent.parent / "docs" / "contributing"


def blocks(page: str, language: str) -> list[str]:
    """The page's code in one language, in its order."""
    text = (PAGES / f"{page}.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
