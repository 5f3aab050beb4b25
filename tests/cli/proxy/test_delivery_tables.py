"""Tests of tidegate.cli.proxy.delivery_tables."""

from typing import Any

import pytest

from tidegate.cli.proxy.delivery_tables import age, bulk_lines, delivery_lines, print_list

NOW = "2026-01-31T12:00:00.000Z"


def row(**changes: Any) -> dict[str, Any]:
    return {"id": "01890a5d-ac96-774b-bcce-b302099a8057", "box": "outbox", "app": "shop", "vendor": "stripe",
            "operation": "PostPaymentIntents", "state": "dead", "reason": "rejected", "detail": "no such charge " * 9,
            "attempts": 3, "accepted": "2026-01-31T11:00:00.000Z", "key": "k", "order_key": "", "status": 404,
            "updated": NOW, "not_before": None, "deadline": None} | changes  # fmt: skip


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_a_table_fits_the_terminal_and_an_id_is_whole(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    print_list({"now": NOW, "deliveries": [row(), row(id="d2", reason="", state="queued")], "next": ""})
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert max(map(len, lines)) <= width
    assert lines[1].startswith("01890a5d-ac96-774b-bcce-b302099a8057 ")


@pytest.mark.parametrize("width", [80, 100])
def test_no_column_is_squeezed_to_nothing_by_a_long_reason(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    print_list({"now": NOW, "deliveries": [row(id="4b02574e4ec32ff7b909775d")], "next": ""})
    head, line = capsys.readouterr().out.splitlines()
    assert {"vendor", "operation", "app", "tries", "age"} <= set(head.split())
    assert {"stripe", "shop", "3", "1h"} <= set(line.split())


def test_what_others_wrote_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    print_list(
        {
            "now": NOW,
            "deliveries": [row(id="d1", detail="\x1b[2Jgone [bold]x[/bold]", operation="\u202eevil")],
            "next": "",
        }
    )
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "[bold]" in out


@pytest.mark.parametrize(
    ("date", "shown"),
    [
        ("2026-01-31T11:59:15.000Z", "45s"),
        ("2026-01-31T11:57:00.000Z", "3m"),
        ("2026-01-31T09:59:00.000Z", "2h"),
        ("2026-01-26T09:59:00.000Z", "5d"),
        ("2026-02-01T00:00:00.000Z", "0s"),
    ],
)
def test_an_age_is_short(date: str, shown: str) -> None:
    assert age(date, NOW) == shown


def test_one_is_told_in_lines() -> None:
    content = {"headers": {"via": "x\x1b"}, "body_bytes": 7}
    one = row(
        may=["cancel", "replay"], reference="",
        request={"method": "POST", "destination": "/v1"} | content, answer={"status": 404, "body": None} | content,
        tries=[{"n": 1, "began": NOW, "ended": None, "outcome": "", "status": 0, "problem": "x", "call": "",
                "late": True}],
        audit=[{"by": "ada", "note": ""}, "a line"], unopened="It is sealed.",
    )  # fmt: skip
    text = "\n".join(delivery_lines(one))
    assert "\x1b" not in text
    for line in (
        "01890a5d-ac96-774b-bcce-b302099a8057  dead, rejected",
        "  may         cancel, replay",
        "  unopened    It is sealed.",
        "  via: x\\x1b",
        "  7 bytes of body; --body shows what may be shown of it",
        "  7 bytes of body, of which nothing may be shown",
        f"    1  {NOW}  no end is known, x, too late",
        "  by=ada",
        "  =a line",
    ):
        assert line in text.splitlines()


def test_a_replay_of_many_is_told_by_operation() -> None:
    of = {"box": "outbox", "vendor": "stripe", "operation": "Post", "deliveries": 1200, "takes_s": 119.9,
          "limit_per_s": 100.0, "asked_first": 3, "key_forgotten": 2}  # fmt: skip
    result = {"dry_run": False, "matched": 1200, "replayed": 1190, "takes_s": 119.9, "operations": [of]}
    assert list(bulk_lines(result)) == [
        "replayed 1,190; 10 had changed meanwhile; the last may go in 2m",
        (
            "  outbox stripe Post: 1,200 in 2m (limit 100/s); 3 were sent once: what became of them is asked first; "
            "2 are older than the vendor's memory of keys"
        ),
    ]
