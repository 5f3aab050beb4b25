"""Expectations and how they are written."""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pact import match

from tidegate.contracts.expectation import Expectation, ProviderState, TextLike, make_pact, of_state, write

READ = Expectation(
    "a thing is read", "GetThing", "GET", of_state("/v1/things/", "id", "/x", example="t_1"), 200, {"a": 1}
)
WRITE = Expectation(
    "a thing is made", "PostThings", "POST", "/v1/things", 200, {"id": match.str("t_1")},
    (ProviderState("nothing exists"), ProviderState("an owner exists", {"name": "n"})),
    form={"owner": of_state("", "id", example="o_1")},
)  # fmt: skip


def written(directory: Path, *expectations: Expectation) -> dict[str, Any]:
    path = write(make_pact("c", "p", expectations), directory)
    assert path.name == "c-p.json"
    return {one["description"]: one for one in json.loads(path.read_bytes())["interactions"]}


def test_a_read_takes_its_id_from_the_state(tmp_path: Path) -> None:
    request = written(tmp_path, READ)["a thing is read"]["request"]
    assert request["path"] == "/v1/things/t_1/x"
    assert request["generators"]["path"] == {"type": "ProviderState", "expression": "/v1/things/${id}/x"}
    assert "Idempotency-Key" not in request["headers"]


def test_a_write_has_its_key_its_states_and_its_form_with_the_id_of_the_state(tmp_path: Path) -> None:
    interaction = written(tmp_path, WRITE)["a thing is made"]
    assert [state["name"] for state in interaction["providerStates"]] == ["nothing exists", "an owner exists"]
    assert interaction["request"]["body"]["content"] == "owner=o_1"
    assert interaction["request"]["generators"]["body"]["$.owner"]["expression"] == "${id}"
    assert interaction["request"]["headers"]["Idempotency-Key"] == ["order-1"]
    assert interaction["request"]["generators"]["header"]["Idempotency-Key"]["type"] == "Uuid", "a new one each time"
    assert interaction["comments"]["references"]["openapi"]["operation"] == "PostThings"


def test_a_text_of_a_form_must_be_a_text_too(tmp_path: Path) -> None:
    body = {"id": TextLike("T1", "[A-Z0-9]+")}
    response = written(tmp_path, replace(READ, body=body))["a thing is read"]["response"]
    assert response["body"]["content"] == {"id": "T1"}
    rules = [{"match": "regex", "regex": "[A-Z0-9]+"}, {"match": "type"}]
    assert response["matchingRules"]["body"]["$.id"] == {"combine": "AND", "matchers": rules}
    assert TextLike("T1", "[A-Z0-9]+").to_matching_rule() == {"combine": "AND", "matchers": rules}


def test_the_key_stands_where_the_vendor_has_it_and_headers_of_the_answer_are_read(tmp_path: Path) -> None:
    other = replace(READ, key_header="X-Key", body=None, answer_headers={"X-Id": match.regex("a", regex="[a-z]")})
    one = written(tmp_path, other)["a thing is read"]
    assert one["request"]["headers"] == {"X-Key": ["app"]}
    assert (one["response"]["headers"], "body" in one["response"]) == ({"X-Id": ["a"]}, False)
    basic = written(tmp_path, replace(READ, is_basic=True))["a thing is read"]["request"]
    assert basic["headers"] == {"Authorization": ["Basic YXBwOmFwcA=="]}


def test_writing_again_leaves_nothing_of_before(tmp_path: Path) -> None:
    written(tmp_path, READ)
    assert set(written(tmp_path, WRITE)) == {"a thing is made"}


def test_two_expectations_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="'a thing is read'"):
        make_pact("c", "p", [READ, WRITE, READ])


def test_nothing_is_reported_to_anyone() -> None:
    assert os.environ["PACT_DO_NOT_TRACK"] == "true"
