"""`tidegate discover` shows what a proxy has seen, and writes files that pass the check."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.proxy.post_office import document, said
from tests.proxy.discovery.sightings import catalog_of, seen
from tidegate.cli.traffic import discover
from tidegate.proxy.discovery.discovery_document import document_of, overview_of

CATALOG = catalog_of(
    seen("GET", "/v1/orders/42", auth="bearer"),
    seen("POST", "/v1/orders", content=b"x", status=504, unsure=True),
    seen("POST", "/v1/orders", content=b"x"),
    seen("GET", "/me", host="api.desk.example"),
)
CATALOG.tunnel("closed.example")


class Port:
    """The admin port of a proxy that has seen this."""

    def __init__(self, url: str) -> None:
        del url

    def get(self, path: str) -> Any:
        if path == "/discovery":
            return json.loads(json.dumps(overview_of(CATALOG, 0)))
        return json.loads(json.dumps(document_of(CATALOG, path.removeprefix("/discovery/"))))


@pytest.fixture(autouse=True)
def _port(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(discover, "AdminPort", Port)
    monkeypatch.chdir(tmp_path)


def test_the_status_counts_and_lists_unsafe_retries(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = said(capsys, "discover", "status")
    assert "calls 4  hosts 3" in out
    assert "unsafe retry: shop: POST api.shop.example/v1/orders" in out
    assert document(capsys, "discover", "status")["unsafe"] == 1


def test_operations_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = said(capsys, "discover", "list")
    assert "/v1/orders/{}" in out
    assert "1 unsafe" in out
    [host] = document(capsys, "discover", "list", "api.desk.example")
    assert [one["template"] for one in host["operations"]] == ["/me"]


def test_files_are_written_and_checked(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out, err = said(capsys, "discover", "write", "-o", "found")
    assert (tmp_path / "found" / "shop-example" / "vendor.yaml").is_file()
    assert (tmp_path / "found" / "desk-example" / "openapi.json").is_file()
    assert "to be decided: owner" in out
    assert "closed.example: only tunnels that nobody opened" in err
    said(capsys, "check", "found", code=0)


def test_files_that_are_there_are_not_replaced_unless_that_is_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "discover", "write", "-o", "found")
    _, err = said(capsys, "discover", "write", "-o", "found", code=2)
    assert "it is there already" in err
    said(capsys, "discover", "write", "-o", "found", "--force")


def test_that_nothing_was_seen_is_said_with_what_is_watched(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(f"{__name__}.CATALOG", catalog_of())
    assert "unlisted: report" in said(capsys, "discover", "list")[1]
    assert "nothing was seen yet" in said(capsys, "discover", "write", "-o", "found")[1]
    assert not (tmp_path / "found").exists()
