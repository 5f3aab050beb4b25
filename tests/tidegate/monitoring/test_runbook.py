"""What the runbook says to do can be done: commands and their options, pages, metrics and queries are there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from typer.testing import CliRunner

from tests.debian_tools import run_tool
from tests.tidegate.files import put
from tests.tidegate.monitoring.test_token_alerts import REFRESH
from tidegate.cli import COMMANDS, application
from tidegate.monitoring.alert import Alert
from tidegate.monitoring.alert_rules import alerts_of
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.policies.delivery.delivery import DeliveryState
from tidegate.vendor.vendor_file import load_vendor

OBJECTIVE = ("policy:\n", "policy:\n  slo: {availability: 99.9%, latency: 1s}\n  drift: {sample: 1/s}\n")
ELSEWHERE = {"TidegateStoreNotReady", "TidegateLoopLate", "TidegateLogLost", "TidegateOutOfMeans", "TidegateClockSkew"}
"""What these are about is cured with the machine's own tools."""
BY_OTHERS = {"TidegateRefreshTokenEnds"}
"""Somebody agrees anew, on a page of the vendor's."""
SELF = {"TidegateTokenRefreshFails"}
"""It ends by itself once the vendor's endpoint is back."""


@pytest.fixture
def alerts(tmp_path: Path) -> list[Alert]:
    """Every alert that there is."""
    return alerts_of(load_vendor(put(tmp_path, ("    rotate_every: 90d\n", REFRESH), OBJECTIVE)).vendor)


def commands_in(text: str) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """The words of each command that a text names, with the options that it names behind them."""
    known = {command.words for command in COMMANDS}
    for part in re.split(r"\btidegate (?=[a-z])", text)[1:]:
        words = tuple(re.findall(r"[a-z]+", part)[:2])
        found = words if words in known else words[:1]
        assert found in known, f"there is no command {part!r}"
        yield found, re.findall(r"--[a-z-]+", part)


def test_every_command_of_the_runbook_runs_and_has_the_options_that_are_named(alerts: list[Alert]) -> None:
    named = {(words, tuple(options)) for alert in alerts for words, options in commands_in(" ".join(alert.steps))}
    assert len(named) > 10
    by_words = {command.words: command for command in COMMANDS}
    for words, options in named:
        shown = CliRunner().invoke(application(by_words[words]), [*words, "--help"], terminal_width=200)
        assert shown.exit_code == 0, words
        assert [option for option in options if option not in shown.stdout] == [], words


def test_every_alert_names_a_command_but_those_that_are_cured_elsewhere(alerts: list[Alert]) -> None:
    without = {alert.name for alert in alerts if not [*commands_in(" ".join(alert.steps))]}
    assert without == ELSEWHERE | BY_OTHERS | SELF


def test_the_page_names_the_same_commands(alerts: list[Alert], root: Path) -> None:
    page = (root / "docs" / "alerts.md").read_text(encoding="utf-8")
    sections = re.findall(r"^### `(\w+)`.*?$(.*?)(?=^##|\Z)", page, re.MULTILINE | re.DOTALL)
    for alert in alerts:
        section = next(text for name, text in sections if alert.name in {name, name[:-2] + alert.name[len(name) - 2 :]})
        assert [*commands_in(" ".join(alert.steps))] == [*commands_in(section)], alert.name


def test_the_labels_that_rules_look_for_are_words_of_the_proxy(alerts: list[Alert]) -> None:
    known = {
        "problem": {*PROBLEMS},
        "outcome": {*map(str, Outcome), "failed"},
        "verdict": {*map(str, Verdict)},
        "state": {*get_args(DeliveryState)},
    }
    for alert in alerts:
        for text in (alert.expression, *alert.steps):
            for label, values in re.findall(r'\b(problem|outcome|verdict|state)!?=~?"([^"]+)"', text):
                assert set(values.split("|")) <= known[label], text


def test_every_query_of_the_runbook_is_one(alerts: list[Alert], tmp_path: Path) -> None:
    queries = {query for alert in alerts for step in alert.steps for query in re.findall(r"sum by .*?\]\)\)", step)}
    assert queries
    rules = "".join(f"      - {{record: 'q:{n}', expr: '{query}'}}\n" for n, query in enumerate(sorted(queries)))
    (tmp_path / "rules.yml").write_text(f"groups:\n  - name: runbook\n    rules:\n{rules}")
    run_tool("promtool", "check", "rules", tmp_path / "rules.yml")
