"""Tests of tidegate.cli.proxy.inbox, against a real `tidegate serve`."""

import pytest

from tests.cli.proxy.post_office import PostOffice, document, said


def test_only_what_goes_to_apps_is_listed(office: PostOffice, capsys: pytest.CaptureFixture[str]) -> None:
    page = document(capsys, "inbox", "list")
    assert [(one["id"], one["app"]) for one in page["deliveries"]] == [("d41", "desk")]
    assert said(capsys, "inbox", "replay", "--app", "desk", "--dry-run")[0].startswith("would replay 0")
    assert said(capsys, "inbox", "replay", "--app", "desk", "--yes")[0].startswith("replayed 0")
    _, err = said(capsys, "inbox", "resolve", "d41", "--confirm", "--yes", code=1)
    assert "it is queued, and confirm is for what is parked, unknown; this one can be: cancel" in err
