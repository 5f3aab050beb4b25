"""The audit log as a file: a JSON line for each row, and one for the chain's start and one for its head.

    {"start":{"n":0,"digest":"000…"}}
    {"digest":"5e1…","row":{"n":1,"wall":1767225600.0,"what":"breaker.forced","who":"ada",…}}
    {"head":{"n":1,"digest":"5e1…"}}

A row's text is exactly what stands between `"row":` and the last brace, so it can be hashed again by anybody. A file
without its last line was cut. It refuses to know where files are.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from tidegate.proxy.store.audit.audit_chain import AuditHead, AuditRow, Break, ChainWalk

EXPORT_LINE_CHARS_MAX = 1_000_000
"""A longer line is none of ours."""
_ROW = '","row":'


def start_line(head: AuditHead) -> str:
    """The first line."""
    return json.dumps({"start": {"n": head.start_n, "digest": head.start_digest}}, separators=(",", ":"))


def row_line(row: AuditRow) -> str:
    """The line of a row."""
    return f'{{"digest":"{row.digest}{_ROW}{row.line}}}'


def head_line(n: int, digest: str) -> str:
    """The last line."""
    return json.dumps({"head": {"n": n, "digest": digest}}, separators=(",", ":"))


def read_row(line: str, n: int) -> AuditRow:
    """The row of a line; `n` is the row that is expected there, for one that cannot be read."""
    digest, mark, rest = line.removeprefix('{"digest":"').partition(_ROW)
    if not mark or not line.startswith('{"digest":"') or not rest.endswith("}"):
        return AuditRow(n, "", "")
    text = rest[:-1]
    try:
        return AuditRow(int(json.loads(text)["n"]), text, digest)
    except (ValueError, TypeError, KeyError, RecursionError):
        return AuditRow(n, text, digest)


def verify_lines(lines: Iterable[str], anchors: dict[int, str]) -> tuple[ChainWalk, Break | None]:
    """Walk along the lines of an export. `anchors` are digests that are known from elsewhere, by row."""
    stripped = _stripped(lines)
    first = _document(next(stripped, ""), "start")
    if first is None:
        return ChainWalk(), Break(0, "the first line is no start of an export")
    walk = ChainWalk(*first)
    walk.anchors = anchors
    head: tuple[int, str] | None = None
    for line in stripped:
        if head is not None:
            return walk, Break(head[0] + 1, "it stands after the head")
        head = _document(line, "head")
        if head is None:
            walk.go([read_row(line, walk.n + 1)])
        if walk.broken is not None:
            return walk, walk.broken
    if head is None:
        return walk, Break(walk.n + 1, "it, or the head, is not there: the end was cut off")
    return walk, walk.end(*head)


def _stripped(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if text := line.rstrip("\r\n"):
            yield text


def _document(line: str, name: str) -> tuple[int, str] | None:
    """Number and digest of a start or head line; None where it is another."""
    if len(line) > EXPORT_LINE_CHARS_MAX or not line.startswith(f'{{"{name}":'):
        return None
    try:
        document: Any = json.loads(line)[name]
        return int(document["n"]), str(document["digest"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
