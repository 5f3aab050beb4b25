"""Tests of tidegate.cli.remote.json_document."""

import json

import pytest

from tidegate.cli.remote.json_document import read_document, read_reason
from tidegate.problems import UsageError

WHOSE = "http://h is no proxy of this version"


def test_a_document_is_what_was_sent() -> None:
    sent = {"a": [{"b": 1}], "c": None}
    assert read_document(json.dumps(sent), WHOSE) == sent
    assert json.dumps(read_document(json.dumps(sent), WHOSE)) == json.dumps(sent)


def test_what_it_lacks_is_told_at_every_depth_and_asked_after_without_harm() -> None:
    document = read_document(b'{"a": [{}]}', WHOSE)
    assert document.get("calls") is None
    for of in (document, document["a"][0]):
        with pytest.raises(UsageError, match=r"^http://h is no proxy of this version: its answer has no `calls`$"):
            of["calls"]


@pytest.mark.parametrize("content", ["null", "[]", '"x"', "1"])
def test_what_is_no_object_is_told(content: str) -> None:
    with pytest.raises(UsageError, match="its answer is no JSON object"):
        read_document(content, WHOSE)


@pytest.mark.parametrize("content", ["", "<html>", b"\xff"])
def test_what_is_no_json_is_a_value_error(content: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        read_document(content, WHOSE)
    assert not isinstance(refused.value, UsageError)


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b'{"error": "it is done"}', "it is done"), ('{"a": 1}', ""), ("[1]", ""), (b"\xff", ""), ("[" * 100_000, "")],
)
def test_a_refusal_has_its_reason_or_none(content: bytes | str, reason: str) -> None:
    assert read_reason(content) == reason
