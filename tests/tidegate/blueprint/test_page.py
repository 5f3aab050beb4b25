"""The page needs nothing else, and nothing of the vendor file is markup in it."""

import re

from tidegate.blueprint.page import page

MARKDOWN = """# A

<script>alert(1)</script> **b**

```mermaid
flowchart LR
```

| a | b |
| --- | --- |
| `x` | [y](javascript:alert(1)) |

- [ ] open
- [x] done
"""


def test_markdown_becomes_a_page_with_the_drawing() -> None:
    html = page("A & B", MARKDOWN, "<svg></svg>")
    assert "<title>A &amp; B</title>" in html
    assert "<strong>b</strong>" in html
    assert "<svg></svg>" in html
    assert "<table>" in html
    assert "☐ open" in html
    assert "☑ done" in html
    assert "flowchart" not in html


def test_no_markup_and_no_script_comes_through() -> None:
    html = page("A", MARKDOWN, "")
    assert "<script" not in html
    assert 'href="javascript' not in html


def test_nothing_is_loaded_from_elsewhere() -> None:
    assert re.findall(r"(?:src|href)=", page("A", "text", "")) == []
    assert page("A", "text", "").count("<p>text</p>") == 1
