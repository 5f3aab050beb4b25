"""What is wrong with a built site: links and anchors that lead nowhere, Markdown left as it is, requests to elsewhere.

It reads the files alone, as a browser would, and knows nothing of the builder.
"""

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

FETCHING = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("source", "src"), ("video", "src")}
"""Attributes whose address a browser asks for by itself."""
_REMOTE_STYLE = re.compile(r"""(?:url\(\s*["']?|@import\s+["'])(https?:)?//""")


_AS_IT_IS = frozenset({"pre", "code", "script", "style", "title", "textarea"})
_UNREAD = re.compile(r"^\s*(?:[-*] \S|\|.*\|$|```|#{2,} )|\]\([\w./#-]+\)|<!--|\*\*\S|\\\|", re.MULTILINE)
"""Markdown that was passed on as words: a list or a table without an empty line before it, a link in a wrong form."""


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._code = self._cells = 0
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._code += tag in _AS_IT_IS
        self._cells += tag == "td"
        values = {name: value for name, value in attrs if value is not None}
        self.ids |= {value for name, value in values.items() if name in {"id", "name"}}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        relation = values.get("rel", "stylesheet") if tag == "link" else ""
        if relation in {"canonical", "next", "prev", "alternate"}:
            return
        self.fetched += [value for name, value in values.items() if (tag, name) in FETCHING]

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag in _AS_IT_IS
        self._cells -= tag == "td"

    def handle_data(self, data: str) -> None:
        if not self._code or (self._cells and "\\|" in data):
            self.words.append(data)


@cache
def _read(file: Path) -> _Page:
    page = _Page()
    page.feed(file.read_text(encoding="utf-8"))
    return page


def flaws(site: Path) -> list[str]:
    """`page: what is wrong`, for every page and style sheet of the site."""
    _read.cache_clear()
    pages = sorted(file for file in site.rglob("*.html") if file.name != "404.html")
    found = [f"{file.relative_to(site)}: {flaw}" for file in pages for flaw in _page(file, site)]
    found += [
        f"{file.relative_to(site)}: fetches something from elsewhere"
        for file in sorted([*site.rglob("*.css"), *site.rglob("*.svg")])
        if _REMOTE_STYLE.search(file.read_text(encoding="utf-8"))
    ]
    return found if pages else ["there are no pages"]


def _page(file: Path, site: Path) -> Iterator[str]:
    page = _read(file)
    for words in page.words:
        if _UNREAD.search(words):
            yield f"shows Markdown as it is written: {' '.join(words.split())[:80]}"
    for address in page.fetched:
        if urlsplit(address).scheme not in {"", "data"} or urlsplit(address).netloc:
            yield f"fetches {address}"
        elif not urlsplit(address).scheme and not _file(file, site, address).is_file():
            yield f"misses {address}"
    for address in dict.fromkeys(page.links):
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            continue
        target = _file(file, site, address)
        if not target.is_file():
            yield f"links to {address}, which is not there"
        elif parts.fragment and target.suffix == ".html" and unquote(parts.fragment) not in _read(target).ids:
            yield f"links to {address}, where there is no such anchor"


def _file(page: Path, site: Path, address: str) -> Path:
    path = unquote(urlsplit(address).path)
    if not path:
        return page
    target = (site / path.lstrip("/") if path.startswith("/") else page.parent / path).resolve()
    return target / "index.html" if target.is_dir() else target
