"""A file of a document is read as JSON has it, or refused by name, place and cause; YAML only once."""

import gc
import gzip
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from tidegate.openapi.document_cache import DocumentCache
from tidegate.openapi.document_file import DocumentError, read_file


def written(tmp_path: Path, text: str, name: str = "a.yaml") -> Path:
    path = tmp_path / name
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{200: fine, b: {1.5: a, true: b, null: c}}", {"200": "fine", "b": {"1.5": "a", "true": "b", "null": "c"}}),
        ("[yes, no, on, off, y, Yes]", ["yes", "no", "on", "off", "y", "Yes"]),
        ("[true, False, TRUE, null, ~, ]", [True, False, True, None, None]),
        ("[2020-01-02, 2020-01-02T03:04:05Z, 12:30, 1_000]", ["2020-01-02", "2020-01-02T03:04:05Z", "12:30", "1_000"]),
        ("[1, -2, 0o17, 0x1f, 1.5, 1e3, .5, 012]", [1, -2, 15, 31, 1.5, 1000.0, 0.5, 12]),
        ("[18446744073709551616]", [18446744073709551616.0]),
        ("{a: &a {b: 1}, c: *a, d: {<<: *a, e: 2}}", {"a": {"b": 1}, "c": {"b": 1}, "d": {"b": 1, "e": 2}}),
        ("=", "="),
    ],
)  # fmt: skip
def test_yaml_is_read_as_the_superset_of_json(tmp_path: Path, text: str, value: Any) -> None:
    assert read_file(written(tmp_path, text)) == value


def test_openai_s_two_files_say_the_same(specs: Path) -> None:
    folder = specs / "openai"
    assert read_file(folder / "openapi.yaml") == read_file(folder / "openapi.json")


def levels(count: int) -> str:
    return "\n".join(f"{'  ' * depth}a:" for depth in range(count))


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("a: [1,\nb: 2", "line 3, column 1: while parsing a flow sequence did not find expected"),
        ("a: &a [*a]", "holds itself"),
        (levels(300), "nested"),
        ("a: 1\n---\nb: 2", "single document"),
        ("[.nan, 18446744073709551616]", "not JSON compliant"),
        ("\x01", "control characters are not allowed"),
    ],
)
def test_yaml_that_is_none_is_refused_with_its_place_and_cause(tmp_path: Path, text: str, cause: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(DocumentError, match=f"(?s)^{re.escape(str(path))}: the document cannot be read: .*{cause}"):
        read_file(path)
    assert gc.isenabled()


def test_aliases_cannot_make_a_line_into_a_billion_values(tmp_path: Path) -> None:
    text = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}' if n else 'x'] * 10)}]" for n in range(12))
    with pytest.raises(DocumentError, match="more than 5000000 values"):
        read_file(written(tmp_path, text))


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidegate.openapi.document_file.BYTES_MAX", 3)
    with pytest.raises(DocumentError, match="has more than"):
        read_file(written(tmp_path, "a: 1"))


class TestCached:
    """What was read once is not read again."""

    def heard(self, path: Path, cache: DocumentCache) -> tuple[Any, list[float]]:
        shares: list[float] = []
        value = read_file(path, cache=cache, progress=lambda _what, share: shares.append(share))
        return value, shares

    def test_the_second_time_comes_from_the_cache(self, tmp_path: Path) -> None:
        path, cache = written(tmp_path, "a: [1, 2]"), DocumentCache(tmp_path / "cache")
        first, shares = self.heard(path, cache)
        assert shares[-1] == 1.0
        assert shares == sorted(shares)
        assert self.heard(path, cache) == (first, [])

    def test_a_changed_file_is_read_again(self, tmp_path: Path) -> None:
        cache = DocumentCache(tmp_path / "cache")
        assert self.heard(written(tmp_path, "a: 1"), cache)[0] == {"a": 1}
        value, shares = self.heard(written(tmp_path, "a: 2"), cache)
        assert value == {"a": 2}
        assert shares

    def test_json_is_not_cached(self, tmp_path: Path) -> None:
        cache = DocumentCache(tmp_path / "cache")
        value, shares = self.heard(written(tmp_path, json.dumps({"a": 1}), "a.json"), cache)
        assert (value, shares) == ({"a": 1}, [])
        assert not cache.folder.exists()


@pytest.mark.parametrize("text", ["[" * 200_000, "- " * 200_000 + "a", "? " * 200_000 + "a"])
def test_yaml_that_is_nested_deeper_than_a_process_has_room_for_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DocumentError, match="nested more than 250 levels deep"):
        read_file(written(tmp_path, text))


def test_brackets_that_are_not_nested_are_no_depth(tmp_path: Path) -> None:
    assert len(read_file(written(tmp_path, "[" + "[], " * 9_000 + "]"))) == 9_000


def test_merge_keys_cannot_make_a_line_into_a_billion_entries(tmp_path: Path) -> None:
    lines = ["a0: &a0 {x: 1, y: 2}", *(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}" for n in range(1, 40))]
    with pytest.raises(DocumentError, match="more than 100000 entries are merged"):
        read_file(written(tmp_path, "\n".join(lines)))


def test_json_that_is_nested_too_deep_loses_what_is_deeper(tmp_path: Path) -> None:
    tree = read_file(written(tmp_path, '{"a": 1, "b": ' + "[" * 500 + "]" * 500 + "}", "a.json"))
    assert tree["a"] == 1
    json.dumps(tree)


@pytest.mark.parametrize(
    ("text", "value"), [("[1e400, -1e400]", [1.7976931348623157e308, -1.7976931348623157e308]), (r'["\ud800"]', ["?"])]
)
def test_json_that_no_machine_can_hold_is_read_as_near_as_may_be(tmp_path: Path, text: str, value: Any) -> None:
    assert read_file(written(tmp_path, text, "a.json")) == value


@pytest.mark.parametrize("text", ["[NaN]", "[1,]", "{a: [1}", "// {}", "[" * 2_000])
def test_what_is_no_json_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DocumentError, match="cannot be read"):
        read_file(written(tmp_path, text, "a.json"))


def test_more_values_than_fit_are_refused_before_they_are_made(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="more than 5000000 values"):
        read_file(written(tmp_path, "[" + "0," * 5_000_001 + "0]", "a.json"))


def test_a_pipe_a_folder_and_a_device_are_no_documents(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    for path in (tmp_path / "pipe.json", tmp_path, Path("/dev/zero")):
        with pytest.raises(DocumentError, match="it is no file"):
            read_file(path)


@pytest.mark.parametrize(
    ("name", "text"), [("a.json", "a: 1\nb: [x]"), ("a.txt", "a: 1\nb: [x]"), ("a", "{a: 1, b: [x]}"),
                       ("a.json", '{"a": 1, "b": ["x",],}'), ("a.yaml", '{"a": 1,\n\t"b": ["x"]}')]
)  # fmt: skip
def test_what_a_file_holds_is_seen_in_it_and_not_in_its_name(tmp_path: Path, name: str, text: str) -> None:
    assert read_file(written(tmp_path, text, name)) == {"a": 1, "b": ["x"]}


@pytest.mark.parametrize("name", ["a.json", "a.yaml"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32-le"])
def test_a_file_is_read_in_its_encoding(tmp_path: Path, name: str, encoding: str) -> None:
    (tmp_path / name).write_bytes('{"a": "é"}'.encode(encoding))
    assert read_file(tmp_path / name) == {"a": "é"}


def test_a_packed_file_and_an_address_are_called_what_they_are(tmp_path: Path) -> None:
    packed = tmp_path / "a.yaml.gz"
    packed.write_bytes(gzip.compress(b"openapi: 3.0.3", mtime=0))
    with pytest.raises(DocumentError, match="unpack it first"):
        read_file(packed)
    for address in ("https://api.example/openapi.json", "file:///openapi.json"):
        with pytest.raises(DocumentError, match="nothing is fetched; save it as a file"):
            read_file(Path(address))
