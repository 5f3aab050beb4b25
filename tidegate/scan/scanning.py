"""The scan of an app: its files are found, read once for what they say of others, and looked into; findings are sifted.

What could not be looked into is listed with its reason, and never counted as clean.
"""

import re
import tokenize
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tidegate.scan.python.python_scan import PythonScan, learn_python, parse_python
from tidegate.scan.scan_context import ScanContext, TreeKnowledge
from tidegate.scan.scan_finding import ScanFinding, fingerprinted
from tidegate.scan.source_tree import FILE_BYTES_MAX, FILES_MAX, ScannedFile, source_files
from tidegate.scan.suppression import suppressions, unknown_names
from tidegate.scan.syntax.go_scan import GoScan
from tidegate.scan.syntax.javascript_scan import JavaScriptScan
from tidegate.scan.syntax.syntax_tree import SyntaxMissing, parse_syntax
from tidegate.scan.vendor_hosts import VendorHosts

_TELLS = re.compile(r"api_base|base_url|setdefaulttimeout|Timeout|\.request\s*=")
"""What a Python file holds that says something for others."""
BUNDLE_CHARS, BUNDLE_LINE_CHARS = 5_000, 400
"""A file that long whose lines have that many letters each was made by a tool."""
NEEDS_EXTRA = "needs ast-grep, which the extra tidegate[scan] installs"


@dataclass(slots=True)
class ScanResult:
    """What came of a scan."""

    findings: list[ScanFinding] = field(default_factory=list)
    files: int = 0
    """Files that were looked into."""
    skipped: list[tuple[str, str]] = field(default_factory=list)
    """Files that were not, each with its reason."""
    suppressed: int = 0
    generated: list[str] = field(default_factory=list)
    """Files that a tool made: bundles, with all of an app on a few lines."""
    notices: list[str] = field(default_factory=list)
    """Comments that suppress nothing that there is."""

    @property
    def unlooked(self) -> Mapping[str, int]:
        """Reason → files."""
        return Counter(reason for _, reason in self.skipped)


def scan(places: Sequence[Path], hosts: VendorHosts) -> ScanResult:
    """Scan files and folders."""
    result, known = ScanResult(), TreeKnowledge()
    files = list(source_files(places))
    if len(files) >= FILES_MAX:
        result.skipped.append(("…", f"more than {FILES_MAX} files"))
    known.own_modules = _own_modules(files)
    texts = {file: text for file in files if (text := _read(file, result)) is not None}
    for file, text in texts.items():
        if file.language == "python" and _TELLS.search(text) and (tree := parse_python(text)) is not None:
            learn_python(tree, known)
        elif "axios.defaults.timeout" in text:
            known.timed.add("axios")
    found: list[ScanFinding] = []
    for file, text in texts.items():
        if is_generated(text):
            result.generated.append(file.name)
            continue
        context = ScanContext(file, text.splitlines(), hosts, known)
        reason = _look(text, context)
        if reason:
            result.skipped.append((file.name, reason))
            continue
        result.files += 1
        found += _unsuppressed(context, result)
    result.findings = fingerprinted(found)
    return result


def is_generated(text: str) -> bool:
    """Whether no person wrote a file: its lines are far longer than anybody's."""
    return len(text) > BUNDLE_CHARS and len(text) / (text.count("\n") + 1) > BUNDLE_LINE_CHARS


def _look(text: str, context: ScanContext) -> str:
    """Look into one file. Returns why that could not be, or nothing."""
    if context.file.language == "python":
        tree = parse_python(text)
        if tree is None:
            return "it is no Python that can be read"
        try:
            PythonScan(tree, context).run()
        except RecursionError:
            return "it is nested too deep"
        return ""
    try:
        root = parse_syntax(text, context.file.language)
    except SyntaxMissing:
        return NEEDS_EXTRA
    (GoScan if context.file.language == "go" else JavaScriptScan)(root, context).run()
    return ""


def _read(file: ScannedFile, result: ScanResult) -> str | None:
    try:
        if file.path.stat().st_size > FILE_BYTES_MAX:
            result.skipped.append((file.name, f"it is longer than {FILE_BYTES_MAX} bytes"))
            return None
        if file.language != "python":
            return file.path.read_text(encoding="utf-8-sig")
        with tokenize.open(file.path) as source:  # the first lines may name another encoding (PEP 263)
            return source.read()
    except UnicodeDecodeError:
        result.skipped.append((file.name, "it is not UTF-8 text"))
    except (SyntaxError, LookupError):
        result.skipped.append((file.name, "its encoding is not known"))
    except OSError as error:
        result.skipped.append((file.name, f"it cannot be read: {error.strerror}"))
    return None


def _own_modules(files: Iterable[ScannedFile]) -> frozenset[str]:
    """The top modules and packages of the app itself: `stripe.py` in it is no SDK."""
    own = set()
    for file in files:
        if file.language == "python":
            first, _, rest = file.within.partition("/")
            if file.within == "__init__.py":  # the folder that was given is a package itself
                own.add(file.place)
            elif first and not rest:
                own.add(first.removesuffix(".py"))
            elif file.within == f"{first}/__init__.py":
                own.add(first)
    return frozenset(own)


def _unsuppressed(context: ScanContext, result: ScanResult) -> list[ScanFinding]:
    """The findings that no comment lets pass."""
    comments = list(suppressions(context.lines))
    kept = []
    used = set()
    for finding in context.findings:
        about = [one for one in comments if one.covers(finding)]
        used.update(about)
        result.suppressed += bool(about)
        if not about:
            kept.append(finding)
    for one in comments:
        where = f"{context.file.name}:{one.line}"
        if unknown := unknown_names(one):
            result.notices.append(
                f"{where}: no rule is called {', '.join(unknown)}; nothing is suppressed by that name"
            )
        elif one not in used:
            result.notices.append(f"{where}: this comment suppresses nothing; take it out")
    return kept
