"""Pact files read as uses."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.drift.edited_documents import uses
from tidegate.contracts.drift.use.pact_use import PactUse, pointer_of, read_uses
from tidegate.problems import UsageError


def read(folder: Path, *interactions: Any) -> list[PactUse]:
    file = folder / "c-p.json"
    file.write_text(json.dumps({"consumer": {"name": "c"}, "provider": {"name": "p"}, "interactions": interactions}))
    return read_uses([file])


def test_our_own_pacts_are_read() -> None:
    pay = next(use for use in uses() if use.name == "a payment is prepared")
    assert pay.operation == "PostPaymentIntents"
    assert pay.sent["metadata"] == {"order_id": "order-1"}
    assert pay.answer["amount"] == 1099
    declined = next(use for use in uses() if use.name == "a card is declined")
    assert declined.is_loose("/error/message")
    assert not declined.is_loose("/error/type")


def test_a_pact_of_version_2(tmp_path: Path) -> None:
    request = {"method": "get", "path": "/a", "query": "q=1&q=2"}
    response = {"status": 200, "body": {"a": [{"b": 1}]}, "matchingRules": {"$.body.a[*].b": {"match": "type"}}}
    (use,) = read(tmp_path, {"description": "d", "request": request, "response": response})
    assert (use.method, use.query, use.answer) == ("GET", {"q": ["1", "2"]}, {"a": [{"b": 1}]})
    assert use.is_loose("/a/*/b")


def test_a_message_is_an_answer_that_nobody_asked_for(tmp_path: Path) -> None:
    contents = {"content": {"id": "x", "sum": 1}, "contentType": "application/json", "encoded": False}
    rules = {"body": {"$.id": {"combine": "AND", "matchers": [{"match": "type"}]}}}
    (use,) = read(
        tmp_path, {"type": "Asynchronous/Messages", "description": "m", "contents": contents, "matchingRules": rules}
    )
    assert (use.is_message, use.answer, use.is_loose("/id"), use.is_loose("/sum")) == (
        True,
        {"id": "x", "sum": 1},
        True,
        False,
    )


def test_interactions_of_one_description_are_told_apart_by_their_states(tmp_path: Path) -> None:
    asked: dict[str, Any] = {"description": "d", "request": {"method": "GET"}, "response": {"status": 200}}
    states: list[dict[str, Any]] = [
        {"providerStates": [{"name": "a"}, {"name": "b"}]},
        {"providerState": "c"},
        {},
        {},
        {"description": "e"},
    ]
    names = [use.name for use in read(tmp_path, *({**asked, **one} for one in states))]
    assert names == ["d given a and b", "d given c", "d", "d (2)", "e"]


MULTIPART = 'multipart/form-data; boundary="B"'
PARTS = '--B\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
FORM = f"{PARTS.format('f', 'hi')}{PARTS.format('tags', 'a')}{PARTS.format('tags', 'b')}--B--\r\n"


@pytest.mark.parametrize(
    ("content", "media", "encoded", "sent"),
    [
        (FORM, MULTIPART, False, {"f": "hi", "tags": ["a", "b"]}),
        (b64encode(FORM.encode()).decode(), MULTIPART, "base64", {"f": "hi", "tags": ["a", "b"]}),
        ("no parts", MULTIPART, False, "no parts"),
        (b64encode(b'{"a": 1}').decode(), "application/json", "base64", {"a": 1}),
        ("none!", "application/json", "base64", "none!"),
    ],
)
def test_a_body_of_version_4_may_be_packed_or_have_parts(
    tmp_path: Path, content: str, media: str, encoded: Any, sent: Any
) -> None:
    body = {"content": content, "contentType": media, "encoded": encoded}
    request = {"method": "POST", "path": "/a", "body": body}
    (use,) = read(tmp_path, {"description": "d", "request": request, "response": {"status": 200}})
    assert use.sent == sent
    assert use.is_of_fields is (media == MULTIPART)


def test_a_text_stays_one(tmp_path: Path) -> None:
    text = {"content": "{", "contentType": "application/json"}
    one = {"description": "d", "request": {"method": "POST", "body": text}, "response": {"status": 204}}
    (use,) = read(tmp_path, one)
    assert (use.sent, use.answer, use.path) == ("{", None, "/")


@pytest.mark.parametrize("content", ["[]", "{", "{}", '{"consumer": 1}', '{"consumer": {"name": 1}, "provider": []}'])
def test_what_is_no_pact_is_refused_by_name(tmp_path: Path, content: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(content)
    with pytest.raises(UsageError, match=r"x\.json: this is no Pact file"):
        read_uses([file])
    with pytest.raises(UsageError, match="cannot be read"):
        read_uses([tmp_path / "nowhere.json"])


@pytest.mark.parametrize(
    ("path", "pointer"),
    [("$", ""), ("$.a.b", "/a/b"), ("$.a[0].b", "/a/*/b"), ("$['a.b'][*]", "/a.b/*"), ("$.a[", "/a"), ("x", "")],
)
def test_paths_become_pointers(path: str, pointer: str) -> None:
    assert pointer_of(path) == pointer
