"""`tidegate contracts observed`."""

import json
from typing import Any

import pytest

from tests.contracts.drift.test_observed_drift import finding
from tidegate.cli import main
from tidegate.cli.contracts import observed as command

SEEN: dict[str, Any] = {"answers": 500, "findings": [finding(), finding(operation="GetEvents", pointer="/data/*/x")]}


class Port:
    """The admin port of a proxy that shows these pages."""

    def __init__(self, _access: object) -> None:
        pass

    def get(self, path: str, *, judged: bool) -> Any:
        assert (path, judged) == ("/drift/stripe", True)
        return SEEN


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as leave:
        main(["contracts", "observed", *arguments, "--admin", "http://127.0.0.1:1"])
    return leave.value.code if isinstance(leave.value.code, int) else 0


def test_what_a_proxy_has_seen_is_graded(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(command, "AdminPort", Port)
    assert run("stripe") == 1
    out = capsys.readouterr().out
    assert out.startswith("error: response-property-became-nullable: GetPaymentIntentsIntent response 200 /amount: ")
    assert "1 error, 0 warnings, 1 notice" in out
    assert run("stripe", "--json") == 1
    assert json.loads(capsys.readouterr().out)["counts"]["error"] == 1


def test_where_no_proxy_answers_it_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("stripe") == 2
    assert "no proxy answers" in capsys.readouterr().err
