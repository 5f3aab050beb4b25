"""The reference pages that are made from the code: keys of tidegate.yaml, problem types, rules, the vendor file.

It says nothing of its own about a key, a problem or a rule: what is said stands beside each in the code.
"""

import re
from collections.abc import Iterator

from tidegate.check.rulebook import CODES
from tidegate.configfile.field_tables import models_of, section
from tidegate.configfile.finding import FORM_CODES
from tidegate.configfile.rule import RULES
from tidegate.problems import PROBLEMS
from tidegate.proxy.config import Config
from tidegate.vendor.vendor_schema import vendor_reference

VENDOR_FILE = "reference/vendor-file"
_FREE_NAMES = {
    "use": "<vendor>",
    "apps": "<app>",
    "inbox.sources": "<source>",
    "placeholders": "<placeholder>",
    "": "<name>",
}
_PARTS = (
    ("index", "The vendor file", ("The file",)),
    ("facts", "Vendor file: facts", ("facts",)),
    ("facts-auth", "Vendor file: credentials", ("facts.auth",)),
    ("facts-errors", "Vendor file: errors, refusals, dialects", ("facts.errors", "facts.throttled", "facts.dialect")),
    ("facts-objects", "Vendor file: what the vendor holds", ("facts.resources", "facts.conditional", "facts.graphql")),
    ("facts-conversations", "Vendor file: conversations, deprecations", ("facts.conversations", "facts.deprecations")),
    ("facts-webhooks", "Vendor file: webhooks", ("facts.webhooks",)),
    ("policy", "Vendor file: policy", ("policy",)),
    ("operations", "Vendor file: operations", ("operations",)),
)
"""File, title, and the keys whose sections stand there; the part that names most of a key takes it."""


def config_page() -> str:
    """Every key of tidegate.yaml."""
    sections = (section(Config, model, "The file", _FREE_NAMES) for model in models_of(Config))
    return "\n".join((_CONFIG, *map(_marked, sections)))


def problem_page() -> str:
    """Every problem type, as a client meets it on the wire."""
    rows = [
        f"| [`{name}`](../../problems.md#{name}--{problem.status}) | {problem.status} | {problem.title} "
        f"| `{problem.proxy_status}` |"
        for name, problem in PROBLEMS.items()
    ]
    return "\n".join(
        (_PROBLEMS, "| Problem | Status | Title | `Proxy-Status` |", "| --- | --- | --- | --- |", *rows, "")
    )


def rule_page() -> str:
    """Every code that `tidegate check` reports."""
    head = ("| Code | What holds where it is not reported | About | Severity |", "| --- | --- | --- | --- |")
    return "\n".join((_RULES, *head, *(_rule_row(code, holds) for code, holds in CODES.items()), ""))


def _rule_row(code: str, holds: str) -> str:
    severities = {rule.severity for rule in RULES if rule.code == code} or {"error"}
    about = "form" if code in FORM_CODES else "meaning"
    return f"| `{code}` | {holds} | {about} | {', '.join(sorted(severities))} |"


def vendor_file_pages() -> dict[str, str]:
    """The reference of the vendor file in parts: `reference/vendor-file/<part>.md` → its text."""
    preface, *sections = re.split(r"^(?=## )", vendor_reference(), flags=re.MULTILINE)
    texts: dict[str, list[str]] = {name: [] for name, _, _ in _PARTS}
    for text in sections:
        texts[_part_of(text)].append(_marked(text))
    intro = preface.partition("\n")[2].partition("This page is made from")[0].strip()
    pages = {}
    for name, title, _ in _PARTS:
        opening = intro if name == "index" else "The keys of [the vendor file](index.md), made from the code."
        body = "".join(texts[name])
        listing = "\n" + "\n".join(_listing(texts)) + "\n" if name == "index" else ""
        pages[f"{VENDOR_FILE}/{name}.md"] = f"# {title}\n\n{opening}\n\n{body}{listing}"
    return pages


def vendor_file_anchors() -> dict[str, str]:
    """Each anchor of docs/vendor-file.md → the part of the site that has it now."""
    return {
        anchor(heading): page
        for page, text in vendor_file_pages().items()
        for heading in re.findall(r"^## (.*)$", text, re.MULTILINE)
    }


def anchor(heading: str) -> str:
    """A heading's anchor as GitHub and the site make it."""
    kept = re.sub(r"[^\w\- ]", "", re.sub(r"\]\([^)]*\)", "", heading.lower()))
    return kept.strip().replace(" ", "-")


def _marked(text: str) -> str:
    """A section whose table of fields the site's style sheet knows again: on a phone it names what stands where."""
    return re.sub(
        r"^\| Field \| Form \|.*\n(?:\|.*\n)+",
        lambda table: f'<div class="fields" markdown="1">\n\n{table[0]}\n</div>\n',
        text,
        flags=re.MULTILINE,
    )


def _part_of(text: str) -> str:
    heading = text.partition("\n")[0].removeprefix("## ")
    key = heading.split(",")[0].strip("`")
    fits = [
        (len(start), name)
        for name, _, starts in _PARTS
        for start in starts
        if key == start or key.startswith((f"{start}.", f"{start}["))
    ]
    return max(fits)[1]


def _listing(texts: dict[str, list[str]]) -> Iterator[str]:
    yield "## Its parts\n"
    for name, title, _ in _PARTS[1:]:
        keys = [text.partition("\n")[0].removeprefix("## ") for text in texts[name]]
        yield f"- [{title.removeprefix('Vendor file: ').replace('`', '')}]({name}.md): {', '.join(keys)}"


_CONFIG = """\
# Every key of tidegate.yaml

What each is for, with examples, is told in [tidegate.yaml](../../tidegate-yaml.md). A *block* has a section of its own
below. Durations carry a unit (`250ms`, `30s`, `7d`), shares are percentages, and secrets are
[references](../../secrets.md).
"""
_PROBLEMS = """\
# Every problem type

An answer of Tidegate's own has one of these names in the header `Tidegate-Problem`. What to do about each is told in
[problems](../../problems.md). The type URI of a problem is `https://tidegate.dev/problems/` and its name (RFC 9457).
The last column is the error type in the header `Proxy-Status` (RFC 9209).
"""
_RULES = """\
# Every rule of `tidegate check`

A finding has a code, a place in the file, and what to write instead. The proxy does not start with an *error*; the
others are told and change nothing. Rules of *form* are about what can be read, rules of *meaning* about what follows
from it. [How to add one](../../contributing/rule.md).
"""
