"""`tidegate calls` lists what a running proxy has answered."""

import pytest

from tests.cli.proxy.post_office import PostOffice, document, said
from tests.cli.traffic.asking import ask


def test_calls_are_listed_and_filtered(office: PostOffice, capsys: pytest.CaptureFixture[str]) -> None:
    name = ask(office)
    listed = document(capsys, "calls", "--vendor", "stripe", "--problem", "vendor-unavailable")["calls"]
    assert listed[-1]["call"] == name
    assert name in said(capsys, "calls")[0]
    assert document(capsys, "calls", "--app", "nobody") == {"calls": []}
    assert said(capsys, "calls", "--app", "nobody")[1] == "none\n"
    found = document(capsys, "calls", "--id", name[:12], "--since", "10m", "--until", "2100-01-01")["calls"]
    assert [call["call"] for call in found] == [name]


def test_a_filter_that_means_nothing_is_told_with_the_nearest_word(
    office: PostOffice, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "did you mean failed" in said(capsys, "calls", "--verdict", "faild", code=2)[1]
    assert office.admin
