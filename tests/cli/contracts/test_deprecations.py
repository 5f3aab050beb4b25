"""`tidegate deprecations`."""

import json
from typing import Any

import pytest

from tidegate.cli import main
from tidegate.cli.contracts import deprecations as command

ENDING: dict[str, Any] = {
    "operation": "GetThing", "said_by": ["headers"], "first_seen": 1_767_225_600.0, "deprecated": True, "since": None,
    "sunset": 1_769_731_200.0, "days_left": 29.0, "link": "https://v.example/end", "form": "",
    "callers": [{"app": "shop", "calls": 2, "first": 1.0, "last": 2.0}],
}  # fmt: skip
MARKED = {**ENDING, "operation": "PutThing", "said_by": ["document"], "first_seen": None, "sunset": None,
          "days_left": None, "link": "", "callers": []}  # fmt: skip
VERSION = {"operation": "GetThing", "header": "Things-Version", "value": "2", "first": 1_767_225_600.0, "last": 1.0}
PAGES: dict[str, Any] = {}


class Port:
    """The admin port of a proxy that shows these pages."""

    def __init__(self, _access: object) -> None:
        pass

    def get(self, path: str, *, judged: bool) -> Any:
        del judged
        return PAGES[path]


@pytest.fixture(autouse=True)
def _port(monkeypatch: pytest.MonkeyPatch) -> None:
    about = {"operations": [ENDING, MARKED], "versions": [VERSION], "pin": "1"}
    PAGES["/deprecations"] = {"vendors": {"things": about}}
    PAGES["/deprecations/things"] = {"vendor": "things", **about}
    PAGES["/deprecations/none"] = {"vendor": "none", "operations": [], "versions": [], "pin": ""}
    monkeypatch.setattr(command, "AdminPort", Port)


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as leave:
        main(["deprecations", *arguments, "--admin", "http://127.0.0.1:1"])
    return leave.value.code if isinstance(leave.value.code, int) else 0


def test_the_table_says_what_ends_when_and_who_calls_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    out = capsys.readouterr().out
    row = next(line for line in out.splitlines() if "GetThing" in line)
    for word in ("things", "headers", "2026-01-30", "29", "2026-01-01", "shop ×2", "v.example"):
        assert word in row
    assert "nobody" in out
    assert "things GetThing: Things-Version 2 since 2026-01-01, and 1 is asked for" in out


def test_what_a_vendor_wrote_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    steers = "https://v.example/\x9b2J\u202e"
    about = {"operations": [{**ENDING, "link": steers}], "versions": [{**VERSION, "value": steers}], "pin": "1"}
    PAGES["/deprecations"] = {"vendors": {"things": about}}
    assert run() == 0
    out = capsys.readouterr().out
    assert all(line.isprintable() for line in out.splitlines())
    assert out.count("\\x9b2J\\u202e") == 2


def test_one_that_is_called_and_ends_soon_is_exit_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("things", "--within", "30") == 1
    assert "things GetThing ends in 29 days, and is called" in capsys.readouterr().err
    assert run("things", "--within", "7") == 0


def test_json_is_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("things", "--json") == 0
    assert json.loads(capsys.readouterr().out) == PAGES["/deprecations/things"]


def test_where_nothing_ends_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("none") == 0
    assert capsys.readouterr().out == "no vendor has said that an operation ends\n"
