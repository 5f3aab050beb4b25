"""HTTP archives become exchanges of one vendor; others are left out, and a broken one is refused by its place."""

import json
from pathlib import Path
from typing import Any

import pytest

from tidegate.problems import UsageError
from tidegate.simulator.cassette import har


def entry(url: str = "https://api.example.com/v1/things?a=1", **changes: Any) -> dict[str, Any]:
    return {
        "time": 120.5,
        "request": {
            "method": "POST",
            "url": url,
            "headers": [{"name": "Content-Type", "value": "application/json"}],
            "postData": {"mimeType": "application/json", "text": '{"a": 1}'},
            **changes.get("request", {}),
        },
        "response": {
            "status": 201,
            "headers": [{"name": "X-Request-Id", "value": "r1"}],
            "content": {"mimeType": "application/json", "text": '{"id": 1}'},
            **changes.get("response", {}),
        },
    }


def archive(tmp_path: Path, *entries: Any) -> Path:
    path = tmp_path / "saved.har"
    path.write_text(json.dumps({"log": {"version": "1.2", "entries": list(entries)}}))
    return path


def test_an_entry_becomes_an_exchange(tmp_path: Path) -> None:
    (exchange,), others = har.read(archive(tmp_path, entry()), "https://api.example.com")
    assert (exchange.method, exchange.path, exchange.status, exchange.took_s, others) == (
        "POST",
        "/v1/things?a=1",
        201,
        0.1205,
        0,
    )
    assert (exchange.request.body, exchange.answer.body) == (b'{"a": 1}', b'{"id": 1}')
    assert exchange.answer.headers == {"x-request-id": "r1"}


def test_other_hosts_and_unanswered_requests_are_counted(tmp_path: Path) -> None:
    entries = (
        entry(),
        entry("https://cdn.example.com/x"),
        entry("https://api.example.com/v10/things"),
        entry(response={"status": 0}),
    )
    exchange, others = har.read(archive(tmp_path, *entries), "https://api.example.com/v1/")
    assert (len(exchange), others) == (1, 3)


def test_bodies_in_base64_and_forms_in_parts_are_read(tmp_path: Path) -> None:
    form = {"postData": {"params": [{"name": "a", "value": "1 2"}, {"name": "b"}]}}
    image = {"content": {"text": "iVBORw==", "encoding": "base64"}}
    (exchange,), _ = har.read(archive(tmp_path, entry(request=form, response=image)), "https://api.example.com")
    assert (exchange.request.body, exchange.answer.body) == (b"a=1+2&b=", b"\x89PNG")


def test_a_request_without_a_body_has_none(tmp_path: Path) -> None:
    plain = entry()
    del plain["request"]["postData"], plain["response"]["content"]
    (exchange,), _ = har.read(archive(tmp_path, plain), "https://api.example.com")
    assert (exchange.request.body, exchange.answer.body) == (b"", b"")


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "saved.har"
    for text in ("no", "{}", '{"log": []}'):
        path.write_text(text)
        with pytest.raises(UsageError, match="not an HTTP archive"):
            har.read(path, "https://api.example.com")
    with pytest.raises(UsageError, match="cannot be read"):
        har.read(tmp_path / "none.har", "https://api.example.com")


def test_a_broken_entry_is_refused_by_its_place(tmp_path: Path) -> None:
    broken = entry()
    del broken["response"]["status"]
    with pytest.raises(UsageError, match="log/entries/1: 'status' is missing"):
        har.read(archive(tmp_path, entry(), broken), "https://api.example.com")


@pytest.mark.parametrize("entries", [0, None, "text", {}, True])
def test_entries_that_are_no_list_are_told(tmp_path: Path, entries: Any) -> None:
    path = tmp_path / "a.har"
    path.write_text(json.dumps({"log": {"entries": entries}}))
    with pytest.raises(UsageError, match="log/entries is not a list"):
        har.read(path, "https://api.example.com")


@pytest.mark.parametrize("broken", [None, 1, [], {"request": 1, "response": 2}, {"request": {}, "response": None}])
def test_an_entry_of_another_form_is_told_with_its_place(tmp_path: Path, broken: Any) -> None:
    with pytest.raises(UsageError, match="log/entries/0: "):
        har.read(archive(tmp_path, broken), "https://api.example.com")


def test_a_device_is_no_archive() -> None:
    with pytest.raises(UsageError, match="it is no file"):
        har.read(Path("/dev/zero"), "https://api.example.com")
