"""JSON of a request is read as deep as it can be written again."""

from collections.abc import Callable

import orjson
import pytest

from tidegate.simulator.request.json_text import DEPTH_MAX, JsonError, parsed


def lists(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


def objects(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


@pytest.mark.parametrize("nested", [lists, objects])
def test_it_is_read_down_to_the_deepest_level_and_no_deeper(nested: Callable[[int], bytes]) -> None:
    assert orjson.dumps(parsed(nested(DEPTH_MAX))) == nested(DEPTH_MAX)
    with pytest.raises(JsonError, match="is nested more than 100 levels deep"):
        parsed(nested(DEPTH_MAX + 1))


def test_what_is_wide_is_not_deep() -> None:
    assert len(parsed(b"[" + b"[],{}," * 500 + b'"' + b"[" * 500 + b'"]')) == 1001


@pytest.mark.parametrize("text", [b"{", b"\xff", b"", "{", "[" * 5000])
def test_what_is_no_json_is_said_to_be_none(text: bytes | str) -> None:
    with pytest.raises(JsonError, match="is not JSON"):
        parsed(text)
