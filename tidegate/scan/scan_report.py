"""A scan for people at a terminal, and as annotations of GitHub's actions."""

from collections import Counter
from collections.abc import Iterator, Sequence

from tidegate.plain_line import plain
from tidegate.scan.scan_finding import ScanFinding
from tidegate.scan.scan_rules import RULES
from tidegate.scan.scanning import ScanResult
from tidegate.verdict import github_data, github_property

SKIPPED_SHOWN = 5


def as_text(result: ScanResult, findings: Sequence[ScanFinding], known: int, gone: int) -> str:
    """Each finding on a line, what each rule means once, and the count."""
    lines = [
        f"{one.path}:{one.line}:{one.column}: {one.rule.level}: {one.message} [{one.rule_name}]" for one in findings
    ]
    met = Counter(one.rule_name for one in findings)
    if met:
        lines += [
            "",
            *(f"{name} ×{met[name]}: {RULES[name].says} {RULES[name].cure}" for name in RULES if met[name]),
            "",
        ]
    lines += [f"notice: {one}" for one in result.notices]
    lines += list(_unlooked(result))
    if result.generated:
        lines.append(f"left out as generated: {_few(result.generated)}")
    counts = f"{len(findings)} findings" if findings else "nothing found"
    parts = [f"{known} known by the baseline"] if known else []
    parts += [f"{gone} of the baseline are gone; write it anew"] if gone else []
    parts += [f"{result.suppressed} suppressed"] if result.suppressed else []
    lines.append(f"{result.files} files: {'; '.join([counts, *parts])}")
    return "\n".join(map(plain, lines))


def _unlooked(result: ScanResult) -> Iterator[str]:
    for reason in result.unlooked:
        names = [name for name, why in result.skipped if why == reason]
        yield f"not looked into: {_few(names)}: {reason}"


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - SKIPPED_SHOWN} more" if len(names) > SKIPPED_SHOWN else ""
    return f"{', '.join(names[:SKIPPED_SHOWN])}{more}"


def as_github(findings: Sequence[ScanFinding]) -> str:
    """Workflow commands: https://docs.github.com/actions/reference/workflow-commands-for-github-actions."""
    return "\n".join(_command(one) for one in findings)


def _command(one: ScanFinding) -> str:
    level = {"error": "error", "warning": "warning", "note": "notice"}[one.rule.level]
    place = f"file={github_property(one.path)},line={one.line},col={one.column},title={one.rule_name}"
    return f"::{level} {place}::{github_data(f'{one.message}. {one.rule.cure}')}"
