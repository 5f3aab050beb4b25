"""A file of a document is read as JSON has it, or refused by name, place and cause; YAML only once."""

import gc
import json
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
        ("a: !!binary aGFsbG8=", "JSON has not"),
        ("a: !!python/object:os.system {}", "could not determine a constructor"),
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
    with pytest.raises(DocumentError, match="more than 20000000 values"):
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
