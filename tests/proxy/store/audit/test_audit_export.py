"""Tests of tidegate.proxy.store.audit.audit_export: what is done to the file shows."""

import json
import subprocess
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from tidegate.proxy.store.audit.audit_chain import BEGIN, AuditEntry, AuditHead, after, next_row
from tidegate.proxy.store.audit.audit_export import head_line, read_row, row_line, start_line, verify_lines


def exported(count: int) -> list[str]:
    head = AuditHead(0, BEGIN)
    lines = [start_line(head)]
    for number in range(count):
        row = next_row(head, AuditEntry("breaker.forced", "ädä", 1.5 + number, facts={"why": '"}],"row":{"'}))
        head = after(head, row)
        lines.append(row_line(row))
    return [*lines, head_line(head.n, head.digest)]


def test_an_export_is_json_lines_that_can_be_checked() -> None:
    lines = exported(3)
    assert [json.loads(line) for line in lines][1]["row"]["who"] == "ädä"
    walk, broken = verify_lines([line + "\n" for line in lines], {})
    assert broken is None
    assert walk.rows == 3
    assert verify_lines(exported(0), {})[1] is None


Lines = list[str]


@pytest.mark.parametrize(
    ("spoil", "first"),
    [
        (lambda lines: lines[:-1], 4),
        (lambda lines: lines[:-2], 3),
        (lambda lines: [*lines[:-2], lines[-1]], 3),
        (lambda lines: [*lines[:2], *lines[3:]], 3),
        (lambda lines: [*lines[:2], lines[2].replace("breaker.forced", "breaker.closed"), *lines[3:]], 2),
        (lambda lines: [*lines[:2], "{}", *lines[3:]], 2),
        (lambda lines: [*lines[:2], "[" * 100_000, *lines[3:]], 2),
        (lambda lines: [*lines, lines[1]], 4),
        (lambda lines: lines[1:], 0),
        (lambda lines: [], 0),
        (lambda lines: [*lines[:-1], lines[-1].replace('"n":3', '"n":true')], 3),
    ],
    ids=[
        "no head",
        "no end",
        "no last row",
        "a row gone",
        "a word",
        "no row",
        "deep",
        "more",
        "no start",
        "empty",
        "head",
    ],
)
def test_a_file_that_was_changed_is_told_by_its_first_row_that_does_not_fit(
    spoil: Callable[[Lines], Lines], first: int
) -> None:
    broken = verify_lines(spoil(exported(3)), {})[1]
    assert broken is not None
    assert broken.n == first


def test_a_digest_from_elsewhere_tells_a_chain_that_was_made_anew() -> None:
    broken = verify_lines(exported(3), {2: "f" * 64})[1]
    assert broken is not None
    assert broken.n == 2


def test_anybody_can_hash_a_row_again_with_a_shell(tmp_path: Path) -> None:
    lines = exported(2)
    (tmp_path / "audit.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    script = r"""row=$(sed -n 2p audit.jsonl | sed 's/^{"digest":"[0-9a-f]*","row"://; s/}$//')
    printf '%s\n%s' 0000000000000000000000000000000000000000000000000000000000000000 "$row" | sha256sum"""
    out = subprocess.run(["sh", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    row = read_row(lines[1], 1)
    assert out.split()[0] == row.digest == sha256(f"{BEGIN}\n{row.line}".encode()).hexdigest()
