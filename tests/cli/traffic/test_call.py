"""`tidegate call` shows one call as a timeline, with the reason of each step."""

import pytest

from tests.cli.proxy.post_office import PostOffice, document, said
from tests.cli.traffic.asking import ask


def test_a_call_is_shown_with_its_reasons(office: PostOffice, capsys: pytest.CaptureFixture[str]) -> None:
    name = ask(office)
    out = said(capsys, "call", name)[0]
    assert "connection_refused); nothing was sent." in " ".join(out.split())
    assert document(capsys, "call", name)["timeline"][-1]["what"] == "ended"


def test_a_call_that_is_not_in_memory_is_told_so(office: PostOffice, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("nothing", "no thing"):
        assert "not in memory" in said(capsys, "call", name, code=1)[1]
    assert "name a call by its id" in said(capsys, "call", " ", code=2)[1]
    assert office.admin
