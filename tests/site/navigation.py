"""The navigation of the site: the sections that zensical.toml names, filled by what their pages link to.

The page of a section lists its pages: `## Group`, and a line `- [title](page.md): …` for each. Who adds a page adds
that line, and the page is in the navigation under that title. A link to a folder's index stands for the folder, in
the order of its links. A page that no section has is put at the end, under "More".
"""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from posixpath import dirname, join, normpath
from typing import Any

LEFTOVERS = "More"
"""The section of pages that no section has."""
_NAV = re.compile(r"^nav = \[\n.*?^\]\n", re.MULTILINE | re.DOTALL)
_LINE = re.compile(r"^## (?P<group>.+)$|^- \[(?P<title>[^\]]+)\]\((?P<page>[^)#\s]+\.md)\)", re.MULTILINE)

_ANY_LINK = re.compile(r"\[(?P<words>[^\[\]]*)\]\((?P<page>[^)#\s]+\.md)[^)]*\)")

Entry = str | dict[str, Any]
Pages = Mapping[str, str]
"""The path of each page on the site → its text."""


def navigation(config: str, pages: Pages) -> list[Entry]:
    """The whole navigation, by the text of zensical.toml and the pages of the site."""
    nav: list[Entry] = []
    for entry in tomllib.loads(config)["project"]["nav"]:
        [(title, page)] = entry.items()
        nav.append({title: page if page == "index.md" else [page, *_section(page, pages)]})
    left = [page for page in sorted(pages) if page not in set(named(nav))]
    return [*nav, {LEFTOVERS: left}] if left else nav


def unnamed(nav: Iterable[Entry]) -> list[str]:
    """The pages that no section has."""
    return [page for entry in nav if isinstance(entry, dict) for page in entry.get(LEFTOVERS, ())]


def named(nav: Iterable[Entry]) -> Iterator[str]:
    """Every page of a navigation, in its order."""
    for entry in nav:
        if isinstance(entry, str):
            yield entry
            continue
        for inside in entry.values():
            yield from named([inside] if isinstance(inside, str) else inside)


def _section(page: str, pages: Pages) -> list[Entry]:
    """What the page of a section lists, by its groups; what stands before the first one is in none."""
    entries: list[Entry] = []
    inside = entries
    for line in _LINE.finditer(pages[page]):
        if line["group"]:
            inside = []
            entries.append({line["group"]: inside})
            continue
        target = normpath(join(dirname(page), line["page"]))
        if target in pages:
            inside.append({line["title"].strip("`"): _folder(target, pages) or target})
    return [entry for entry in entries if isinstance(entry, str) or all(entry.values())]


def _folder(index: str, pages: Pages) -> list[Entry]:
    """The pages of a folder, where this is its index and it has others."""
    folder = dirname(index)
    if not folder or index != f"{folder}/index.md":
        return []
    others = {page for page in pages if dirname(page) == folder and page != index}
    links = [(match["words"], normpath(join(folder, match["page"]))) for match in _ANY_LINK.finditer(pages[index])]
    order = [page for page in dict.fromkeys(page for _, page in links) if page in others]
    titles = {page: words.strip("`") for words, page in _listed(pages[index], folder)}
    entries: list[Entry] = [
        {titles[page]: page} if page in titles else page for page in (*order, *sorted(others - set(order)))
    ]
    return [index, *entries] if entries else []


def _listed(text: str, folder: str) -> Iterator[tuple[str, str]]:
    """The lines of a list that lead to a page: its words, and the page."""
    for line in _LINE.finditer(text):
        if line["page"]:
            yield line["title"], normpath(join(folder, line["page"]))


def with_navigation(config: str, nav: list[Entry]) -> str:
    """The text of zensical.toml with another navigation."""
    return _NAV.sub(lambda _: f"nav = {_toml(nav)}\n", config)


def _toml(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_toml(inside)}" for key, inside in value.items()) + " }"
    return json.dumps(value)
