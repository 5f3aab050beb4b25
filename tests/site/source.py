"""The source of the site: the pages of docs/ and of the project, with links that hold there, and those from the code.

It writes files of Markdown and a configuration for the builder; it builds nothing.
"""

import posixpath
import re
import shutil
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from tests.site.command_pages import by_command, command_pages, examples_in
from tests.site.navigation import navigation, with_navigation
from tests.site.reference_pages import (
    VENDOR_FILE,
    config_page,
    problem_page,
    rule_page,
    vendor_file_anchors,
    vendor_file_pages,
)

ROOT = Path(__file__).resolve().parents[2]
PLACES = {
    "ARCHITECTURE.md": "project/architecture.md",
    "CHANGELOG.md": "project/changelog.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "docs/check.md": "reference/check/index.md",
    "docs/cli.md": "reference/commands/index.md",
    "docs/problems.md": "reference/problems/index.md",
    "docs/tidegate-yaml.md": "reference/tidegate-yaml/index.md",
}
"""Pages that are elsewhere on the site: those from beside docs/, and those that get pages from the code beside them."""
COMMANDS_PAGE = "docs/cli.md"
MADE_ELSEWHERE = "docs/vendor-file.md"
"""On the site it is `reference/vendor-file/`, in parts."""
_LINK = re.compile(r"\[([^\[\]]*)\]\(([^()\s]+)\)")
_ROW = re.compile(r"^\| `tidegate ([a-z ]+)` \|", re.MULTILINE)
_FENCED = re.compile(r"^(?P<fence>`{3,}|~{3,}).*?^(?P=fence)[`~]*\s*?$", re.MULTILINE | re.DOTALL)
_CELL_CODE = re.compile(r"(?<=[|` ])`[^`\n]*\\\|[^`\n]*`")

Pages = dict[str, str]


@cache
def site_pages() -> Pages:
    """Every page of the site: its path there → its text. Links to what is not on the site are plain words."""
    written, made = _linked(written_pages()), _linked(made_pages())
    twice = written.keys() & made.keys()
    if twice:
        raise ValueError(f"written by hand and made from the code: {', '.join(sorted(twice))}")
    return {**written, **made}


def written_pages() -> dict[str, tuple[str, str]]:
    """The pages that people wrote: path in the repository → path on the site, and text."""
    files = {file.relative_to(ROOT).as_posix(): file for file in sorted((ROOT / "docs").rglob("*.md"))}
    pages = {
        path: (_on_site(path), file.read_text(encoding="utf-8"))
        for path, file in files.items()
        if path != MADE_ELSEWHERE
    }
    for path, place in PLACES.items():
        pages[path] = (place, (ROOT / path).read_text(encoding="utf-8"))
    place, text = pages[COMMANDS_PAGE]
    pages[COMMANDS_PAGE] = (place, _ROW.sub(_to_its_page, text))
    return pages


def _to_its_page(row: re.Match[str]) -> str:
    """A row of the table of commands, with a link to what is made from the code."""
    word, *others = row[1].split()
    fragment = f"#tidegate-{'-'.join((word, *others))}" if others else ""
    return f"| [`tidegate {row[1]}`](reference/commands/{word}.md{fragment}) |"


@cache
def made_pages() -> dict[str, tuple[str, str]]:
    """The pages that are made from the code, as if they stood in docs/."""
    examples = [
        example
        for path, (_, text) in written_pages().items()
        if path.startswith("docs/")
        for example in examples_in(path.removeprefix("docs/"), text)
    ]
    pages = {
        **command_pages(by_command(examples)),
        "reference/tidegate-yaml/keys.md": config_page(),
        "reference/problems/types.md": problem_page(),
        "reference/check/rules.md": rule_page(),
        **vendor_file_pages(),
        "decisions/index.md": _decisions(),
    }
    return {f"docs/{path}": (path, text) for path, text in pages.items()}


def write_source(folder: Path) -> None:
    """Fill a folder with the builder's configuration, the pages and the pictures. What was there before is gone."""
    shutil.rmtree(folder, ignore_errors=True)
    pages = site_pages()
    for path, text in pages.items():
        file = folder / "pages" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    if (ROOT / "docs" / "pictures").is_dir():
        shutil.copytree(ROOT / "docs" / "pictures", folder / "pages" / "pictures")
    shutil.copytree(ROOT / "docs" / "site", folder / "pages" / "scripts")
    config = (ROOT / "zensical.toml").read_text(encoding="utf-8")
    nav = navigation(config, pages)
    (folder / "zensical.toml").write_text(with_navigation(config, nav), encoding="utf-8")


def _on_site(path: str) -> str:
    """A folder's README is its index there."""
    place = PLACES.get(path) or path.removeprefix("docs/")
    return place.removesuffix("README.md") + "index.md" if place.endswith("README.md") else place


def _linked(pages: Mapping[str, tuple[str, str]]) -> Pages:
    places = [place for place, _ in pages.values()]
    twice = sorted({place for place in places if places.count(place) > 1})
    if twice:
        raise ValueError(f"two pages would be at one place of the site: {', '.join(twice)}")
    known, anchors = _known(), vendor_file_anchors()

    def at(path: str, place: str) -> Callable[[re.Match[str]], str]:
        def relinked(match: re.Match[str]) -> str:
            words, target = match.groups()
            if re.match(r"[a-z]+:|#", target):
                return match[0]
            file, _, fragment = target.partition("#")
            meant = posixpath.normpath(posixpath.join(posixpath.dirname(path), file))
            to = known.get(meant)
            if meant == MADE_ELSEWHERE:
                to = anchors.get(fragment, to) if fragment else to
            if to is None:
                return words
            link = posixpath.relpath(to, posixpath.dirname(place) or ".")
            return f"[{words}]({link}{'#' if fragment else ''}{fragment})"

        return relinked

    return {place: _relinked(text, at(path, place)) for path, (place, text) in pages.items()}


def _known() -> dict[str, str]:
    """What a link may lead to, by its path in the repository → its path on the site."""
    known = {path: place for path, (place, _) in (written_pages() | made_pages()).items()}
    pictures = (ROOT / "docs" / "pictures").glob("*")
    known |= {f"docs/pictures/{file.name}": f"pictures/{file.name}" for file in pictures}
    folders = {"docs/decisions": "decisions/index.md", "docs/contributing": "contributing/index.md"}
    return {**known, **folders, "README.md": "index.md", MADE_ELSEWHERE: f"{VENDOR_FILE}/index.md"}


def _relinked(text: str, link: Callable[[re.Match[str]], str]) -> str:
    """The text with every link changed, those in blocks of code left alone.

    A bar in code in a table is written with a backslash for GitHub; the site's builder would show that.
    """

    def changed(part: str) -> str:
        rows = re.sub(r"^\|.*$", lambda row: _CELL_CODE.sub(_bars, row[0]), part, flags=re.MULTILINE)
        return _LINK.sub(link, rows)

    parts, end = [], 0
    for block in _FENCED.finditer(text):
        parts += [changed(text[end : block.start()]), block[0]]
        end = block.end()
    return "".join((*parts, changed(text[end:])))


def _bars(code: re.Match[str]) -> str:
    return code[0].replace("\\|", "|")


def _decisions() -> str:
    rows = []
    for file in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        title = file.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")
        rows.append(f"- [{title}]({file.name})")
    intro = "Why things are as they are. Each page has the context, the decision and what follows from it.\n"
    return "\n".join(("# Decisions\n", intro, *rows, ""))
