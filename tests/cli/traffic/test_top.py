"""`tidegate top` shows every vendor of a running proxy."""

import io
from typing import Any

import pytest
import typer
from rich.console import Console

from tests.cli.proxy.post_office import PostOffice, document, said
from tests.cli.traffic.asking import ask
from tests.cli.traffic.test_overview_table import DOWN, overview
from tidegate.cli.traffic.top import NO_ANSWER, watch
from tidegate.problems import UsageError


def test_without_a_terminal_it_prints_one_frame(office: PostOffice, capsys: pytest.CaptureFixture[str]) -> None:
    ask(office)
    for words in (("top",), ("top", "--once")):
        shown = said(capsys, *words)[0]
        assert shown.split()[:2] == ["vendor", "is"]
        assert any(line.startswith("stripe ") for line in shown.splitlines())
        assert "\x1b" not in shown


def test_the_document_counts_what_was_called(office: PostOffice, capsys: pytest.CaptureFixture[str]) -> None:
    before = document(capsys, "top")["vendors"]["stripe"]
    ask(office)
    after = document(capsys, "top")["vendors"]["stripe"]
    assert after["calls"] == before["calls"] + 1
    assert after["errors"] == before["errors"] + 1
    assert after["standing"] in ("degraded", "down")


def test_a_proxy_that_is_not_there_is_told_with_the_cure(capsys: pytest.CaptureFixture[str]) -> None:
    assert "tidegate serve" in said(capsys, "top", "--admin", "http://127.0.0.1:9", code=2)[1]


def test_it_goes_on_from_frame_to_frame_and_says_when_the_proxy_does_not_answer() -> None:
    answers: list[Any] = [overview(github=DOWN), UsageError("gone"), typer.Exit(1), overview(gitlab=DOWN)]
    out, notices = io.StringIO(), list[bool]()
    screen = Console(file=out, force_terminal=True, width=80, height=20, legacy_windows=False)

    def get() -> dict[str, Any]:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, dict)
        return answer

    def pause() -> None:
        notices.append(NO_ANSWER in out.getvalue())
        if not answers:
            raise KeyboardInterrupt
        out.truncate(0)

    watch(overview(stripe=DOWN), get, screen, pause)
    assert notices == [False, False, True, True, False]
    assert "gitlab" in out.getvalue()
