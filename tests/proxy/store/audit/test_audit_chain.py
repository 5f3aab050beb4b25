"""Tests of tidegate.proxy.store.audit.audit_chain: whatever is done to a chain, the first row that suffers is named."""

import dataclasses
import json
from collections.abc import Callable
from hashlib import sha256

import pytest

from tidegate.proxy.store.audit.audit_chain import (
    BEGIN,
    LINE_BYTES_MAX,
    AuditEntry,
    AuditHead,
    AuditRow,
    ChainWalk,
    after,
    line_of,
    next_row,
)

HEAD = AuditHead(0, BEGIN)


def chain(count: int) -> list[AuditRow]:
    head, rows = HEAD, []
    for number in range(count):
        row = next_row(head, AuditEntry("breaker.forced", "ada", 1_700_000_000.0 + number, "breaker:stripe/default"))
        head = after(head, row)
        rows.append(row)
    return rows


def edited(row: AuditRow) -> AuditRow:
    return dataclasses.replace(row, line=row.line.replace("ada", "bob"))


def rehashed(rows: list[AuditRow], place: int) -> list[AuditRow]:
    """The row at `place` changed by somebody who knows how to hash, and nothing after it."""
    line = rows[place].line.replace("ada", "bob")
    digest = sha256(f"{rows[place - 1].digest}\n{line}".encode()).hexdigest()
    return [*rows[:place], AuditRow(place + 1, line, digest), *rows[place + 1 :]]


def test_a_whole_chain_is_whole() -> None:
    rows, walk = chain(5), ChainWalk()
    walk.go(rows[:2])
    walk.go(rows[2:])
    assert walk.end(5, rows[-1].digest) is None
    assert walk.rows == 5


def test_an_empty_chain_is_whole() -> None:
    assert ChainWalk().end(0, BEGIN) is None


@pytest.mark.parametrize(
    ("spoil", "first"),
    [
        (lambda rows: [*rows[:2], edited(rows[2]), *rows[3:]], 3),
        (lambda rows: rehashed(rows, 2), 4),
        (lambda rows: [*rows[:2], *rows[3:]], 4),
        (lambda rows: [*rows[:3], *rows[2:]], 3),
        (lambda rows: rows[1:], 2),
        (lambda rows: rows[:-1], 5),
        (lambda rows: [*rows[:4], dataclasses.replace(rows[4], digest="0" * 64)], 5),
        (lambda rows: [*rows[:1], AuditRow(2, "{", "x"), *rows[2:]], 2),
        (lambda rows: [rows[1], rows[0], *rows[2:]], 2),
    ],
    ids=["a word", "a word, hashed anew", "a row gone", "a row twice", "the first gone", "the last gone", "a digest",
         "no row", "two changed places"],
)  # fmt: skip
def test_the_first_row_that_does_not_fit_is_named(
    spoil: Callable[[list[AuditRow]], list[AuditRow]], first: int
) -> None:
    rows, walk = chain(5), ChainWalk()
    walk.go(spoil(rows))
    broken = walk.end(5, rows[-1].digest)
    assert broken is not None
    assert broken.n == first
    assert broken.why


def test_a_chain_that_was_hashed_anew_from_somewhere_on_is_known_by_a_digest_from_elsewhere() -> None:
    rows = chain(5)
    forged = rehashed(rows, 2)[:3]
    head = AuditHead(3, forged[2].digest)
    for number in (3, 4):
        row = next_row(head, AuditEntry("breaker.forced", "ada", 1_700_000_000.0 + number))
        head = after(head, row)
        forged.append(row)
    unknowing, knowing = ChainWalk(), ChainWalk()
    unknowing.go(forged)
    assert unknowing.end(head.n, head.digest) is None
    knowing.anchors = {4: rows[3].digest}
    knowing.go(forged)
    assert knowing.broken is not None
    assert knowing.broken.n == 4


def test_a_chain_whose_head_is_another_is_told_so() -> None:
    rows, walk = chain(3), ChainWalk()
    walk.go(rows)
    broken = walk.end(2, rows[1].digest)
    assert broken is not None
    assert "said to end at row 2" in broken.why


def test_a_text_that_calls_itself_another_row_does_not_fit() -> None:
    line = json.dumps({"n": 7})
    walk = ChainWalk()
    walk.go([AuditRow(1, line, sha256(f"{BEGIN}\n{line}".encode()).hexdigest())])
    assert walk.broken is not None
    assert "row 7" in walk.broken.why


def test_a_row_says_what_there_is_to_say_in_one_line_of_ascii() -> None:
    entry = AuditEntry(
        "secret.rotated", "tidegate", 1.5, "vendor:stripe", "a\nb — c", secret="env:KEY", version="3", fingerprint="f0"
    )
    line = line_of(entry, 4)
    assert line.isascii()
    assert "\n" not in line
    assert json.loads(line) == {
        "n": 4, "wall": 1.5, "what": "secret.rotated", "who": "tidegate", "target": "vendor:stripe",
        "reason": "a\nb — c", "secret": "env:KEY", "version": "3", "fingerprint": "f0",
    }  # fmt: skip


def test_a_row_has_a_bound() -> None:
    entry = AuditEntry("reload.refused", "tidegate", 1.0, reason="x" * 20_000, facts={"why": "y" * 20_000})
    line = line_of(entry, 1)
    assert len(line) < LINE_BYTES_MAX
    assert "left_out" in json.loads(line)["facts"]
