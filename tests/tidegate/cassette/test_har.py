"""HTTP archives become exchanges of one vendor; others are left out, and a broken one is refused by its place."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.tidegate.cassette.recordings import archive, entry, only
from tidegate.cassette import har
from tidegate.problems import UsageError


def test_an_entry_becomes_an_exchange(tmp_path: Path) -> None:
    read = har.read(archive(tmp_path, entry()), "https://api.example.com")
    (exchange,) = read.exchanges
    assert (exchange.method, exchange.path, exchange.status, exchange.took_s, read.others) == (
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
    read = har.read(archive(tmp_path, *entries), "https://api.example.com/v1/")
    assert (len(read.exchanges), read.others) == (1, 3)


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


@pytest.mark.parametrize(
    "broken", [None, 1, [], {"request": 1, "response": 2}, {"request": {}, "response": {"status": 200}}]
)
def test_an_entry_of_another_form_is_told_with_its_place(tmp_path: Path, broken: Any) -> None:
    with pytest.raises(UsageError, match="log/entries/0: "):
        har.read(archive(tmp_path, broken), "https://api.example.com")


def test_lists_in_lists_without_end_are_no_archive(tmp_path: Path) -> None:
    (path := tmp_path / "deep.har").write_text('{"log": {"entries": ' + "[" * 100_000)
    with pytest.raises(UsageError, match="not an HTTP archive"):
        har.read(path, "https://api.example.com")


def test_a_device_is_no_archive() -> None:
    with pytest.raises(UsageError, match="it is no file"):
        har.read(Path("/dev/zero"), "https://api.example.com")


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.com:443/v1/things", "https://API.Example.Com/v1/things", "https://api.example.com./v1/things",
        "https://user:key@api.example.com/v1/things", "https://api.example.com/v1/things#top", "HTTPS://api.example.com/v1/things",
    ],
)  # fmt: skip
def test_the_vendor_is_known_however_its_address_is_written(tmp_path: Path, url: str) -> None:
    exchange = only(tmp_path, url)
    assert exchange.path == "/v1/things"
    assert "key" not in exchange.request.headers["host"]


@pytest.mark.parametrize("url", ["https://api.example.com:8443/v1", "https://api.example.com.test/", "about:blank"])
def test_another_port_or_host_is_another_vendor(tmp_path: Path, url: str) -> None:
    assert har.read(archive(tmp_path, entry(url)), "https://api.example.com").exchanges == ()


def test_null_is_nothing(tmp_path: Path) -> None:
    exchange = only(
        tmp_path,
        request={
            "postData": {"mimeType": None, "text": None, "params": None},
            "headers": [{"name": "A", "value": None}],
        },
        response={"content": {"text": None, "mimeType": None}, "headers": None},
    )
    assert (exchange.request.body, exchange.answer.body, exchange.request.headers["a"]) == (b"", b"", "")


def test_headers_are_joined_and_pseudo_headers_left_out(tmp_path: Path) -> None:
    pairs = ((":authority", "api.example.com"), ("A", "1"), ("a", "2"))
    headers = [{"name": name, "value": value} for name, value in pairs]
    exchange = only(tmp_path, request={"headers": headers}, response={"headers": {"Link": "<x>"}})
    assert exchange.request.headers == {"host": "api.example.com", "a": "1, 2", "content-type": "application/json"}
    assert exchange.answer.headers == {"link": "<x>"}


def test_a_query_beside_the_address_and_odd_letters_in_it_are_read(tmp_path: Path) -> None:
    beside = only(tmp_path, request={"queryString": [{"name": "a b", "value": "ü"}]})
    assert beside.path == "/v1/things?a+b=%C3%BC"
    assert only(tmp_path, "https://api.example.com/v1/a b?q=ü").path == "/v1/a%20b?q=%C3%BC"


@pytest.mark.parametrize(("status", "count"), [(200.0, 1), ("201", 1), (0, 0), (101, 0), (-1, 0)])
def test_a_status_may_be_written_as_another_number_and_what_is_no_answer_is_left_out(
    tmp_path: Path, status: object, count: int
) -> None:
    read = har.read(archive(tmp_path, entry(response={"status": status})), "https://api.example.com")
    assert len(read.exchanges) == count


def test_the_archive_begins_with_its_first_request_and_maybe_a_byte_order_mark(tmp_path: Path) -> None:
    path = archive(tmp_path, *({**entry(), "startedDateTime": f"2026-01-0{day}T00:00:00.5Z"} for day in (2, 1)))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert (
        har.read(path, "https://api.example.com").began_s
        == datetime(2026, 1, 1, microsecond=500_000, tzinfo=UTC).timestamp()
    )
    assert har.read(archive(tmp_path, entry()), "https://api.example.com").began_s is None


@pytest.mark.parametrize("answer", [None, {}])
def test_what_was_never_answered_is_left_out(tmp_path: Path, answer: Any) -> None:
    without = {"request": entry()["request"]}
    read = har.read(archive(tmp_path, {**entry(), "response": answer}, without, entry()), "https://api.example.com")
    assert (len(read.exchanges), read.others) == (1, 2)


@pytest.mark.parametrize("url", ["http://[::1/x", "https://api.example.com:abc/x", "{{base}}/v1", "about:blank"])
def test_an_address_that_is_none_is_somebody_elses(tmp_path: Path, url: str) -> None:
    tunnel = entry("https://api.example.com:443", request={"method": "CONNECT"})
    read = har.read(archive(tmp_path, entry(url), tunnel, entry()), "https://api.example.com")
    assert (len(read.exchanges), read.others) == (1, 2)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-8"])
def test_json_is_read_as_tools_write_it(tmp_path: Path, encoding: str) -> None:
    text = json.dumps({"log": {"entries": [{**entry(), "time": float("nan")}]}}).replace('"r1"', '"r\t\\ud800"')
    (tmp_path / "a.har").write_bytes(text.encode(encoding))
    (exchange,) = har.read(tmp_path / "a.har", "https://api.example.com").exchanges
    assert exchange.took_s == 0


def test_a_method_a_header_and_a_text_may_be_written_in_other_ways(tmp_path: Path) -> None:
    exchange = only(
        tmp_path,
        request={"method": "get", "headers": [{"name": "X-A"}]},
        response={"content": {"mimeType": "application/json", "text": {"id": 1}}},
    )
    assert (exchange.method, exchange.request.headers["x-a"], exchange.answer.body) == ("GET", "", b'{"id":1}')


def test_a_redirect_leads_on_where_only_the_archive_says_where(tmp_path: Path) -> None:
    told = entry(response={"status": 302, "redirectURL": "https://api.example.com/v1/x", "headers": [], "content": {}})
    (exchange,) = har.read(archive(tmp_path, told), "https://api.example.com").exchanges
    assert exchange.answer.headers["location"] == "https://api.example.com/v1/x"


def test_an_answer_whose_body_was_not_saved_is_left_out_and_counted(tmp_path: Path) -> None:
    gone = entry(response={"content": {"mimeType": "application/json", "size": 500}})
    none = entry(response={"content": {"mimeType": "application/json", "size": 0}})
    saved = har.read(archive(tmp_path, gone, none, entry()), "https://api.example.com")
    assert (len(saved.exchanges), saved.others, saved.bodiless) == (2, 1, 1)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (gzip.compress(b"{}", mtime=0), "unpack it first"),
        (b"PK\x03\x04...", "unpack it first"),
        (b"interactions:\n- request:\n    uri: https://api.example.com\n", "a cassette of another tool"),
        (b'{"http_interactions": [], "recorded_with": "betamax"}', "a cassette of another tool"),
    ],
)
def test_what_is_no_archive_is_called_what_it_is(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=says):
        har.read(path, "https://api.example.com")
