"""Tests of tidegate.cli.proxy.audit, against a running proxy."""

import json
import sqlite3
from pathlib import Path

import pytest

from tests.cli.proxy.post_office import PostOffice, document, said


def test_what_was_done_is_listed_checked_and_written_to_a_file(
    office: PostOffice, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    said(capsys, "dead", "replay", "d1", "--yes", "--by", "ada", "--note", "vendor is back")
    out, _ = said(capsys, "audit", "list", "--what", "delivery.replay")
    assert "ada" in out
    assert "vendor is back" in out
    rows = document(capsys, "audit", "list")["rows"]
    assert rows[0]["what"] == "proxy.started"
    assert [row["n"] for row in rows] == list(range(1, len(rows) + 1))
    _, err = said(capsys, "audit", "verify")
    assert f"{len(rows)} rows, a whole chain" in err
    file = tmp_path / "audit.jsonl"
    said(capsys, "audit", "export", "-o", str(file))
    lines = file.read_text().splitlines()
    assert len(lines) == len(rows) + 2
    head = json.loads(lines[-1])["head"]
    _, err = said(capsys, "audit", "verify", str(file), "--head", f"{head['n']}:{head['digest']}")
    assert "a whole chain" in err
    assert said(capsys, "audit", "export")[0].splitlines() == lines


def test_a_file_whose_end_was_cut_is_broken_at_its_first_missing_row(
    office: PostOffice, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "audit.jsonl"
    said(capsys, "audit", "export", "-o", str(file))
    lines = file.read_text().splitlines()
    file.write_text("\n".join([*lines[:-2], lines[-1]]))
    _, err = said(capsys, "audit", "verify", str(file), code=1)
    assert f"the chain is broken at row {len(lines) - 2}" in err


def test_a_row_that_was_known_and_is_not_there_any_more_is_missed(
    office: PostOffice, capsys: pytest.CaptureFixture[str]
) -> None:
    _, err = said(capsys, "audit", "verify", "--head", f"9999:{'0' * 64}", code=1)
    assert "row 9999 was there once" in err
    _, err = said(capsys, "audit", "verify", "--head", f"1:{'0' * 64}", code=1)
    assert "broken at row 1" in err
    _, err = said(capsys, "audit", "verify", "--head", "1", code=2)
    assert "64 hex digits" in err


def test_an_export_is_never_written_over(
    office: PostOffice, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "there").write_text("mine")
    said(capsys, "audit", "export", "-o", str(tmp_path / "there"), code=2)
    assert (tmp_path / "there").read_text() == "mine"


def test_a_row_that_somebody_changed_in_the_store_is_named(
    running: tuple[PostOffice, Path], office: PostOffice, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, "dead", "replay", "d2", "--yes", "--by", "ada")
    with sqlite3.connect(running[1] / "store.db", timeout=10) as connection:
        [[n, line]] = connection.execute("SELECT n, line FROM audit_rows ORDER BY n DESC LIMIT 1").fetchall()
        connection.execute("DROP TRIGGER audit_rows_stay")
        connection.execute("UPDATE audit_rows SET line = ? WHERE n = ?", (line.replace("ada", "bob"), n))
    try:
        _, err = said(capsys, "audit", "verify", code=1)
        assert f"the chain is broken at row {n}" in err
    finally:
        with connection:
            connection.execute("UPDATE audit_rows SET line = ? WHERE n = ?", (line, n))
        connection.close()


def test_that_nothing_is_there_is_said_and_values_are_written_as_json(
    office: PostOffice, capsys: pytest.CaptureFixture[str]
) -> None:
    out, err = said(capsys, "audit", "list", "--what", "token.reauth")
    assert (out, err) == ("", "none\n")
    said(capsys, "dead", "replay", "d3", "--yes", "--by", "ada")
    assert "edited=false" in said(capsys, "audit", "list", "--what", "delivery.replay")[0]
