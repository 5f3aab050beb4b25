"""A webhook as a Pact file has it."""

import json
from pathlib import Path

from tidegate.contracts.expectation import ProviderState, make_pact, write
from tidegate.contracts.message_expectation import A_REQUEST, WHERE, MessageExpectation, requested


def test_a_message_names_its_states_the_request_that_leads_to_it_and_which_one_is_meant(tmp_path: Path) -> None:
    states = (ProviderState("a thing exists", {"id": "t1"}), requested("POST", "/things/{id}", json={"a": 1}))
    told = MessageExpectation("a thing changed", {"type": "thing.changed"}, states, {"/type": "thing.changed"})
    (one,) = json.loads(write(make_pact("web", "shop", [told]), tmp_path).read_bytes())["interactions"]
    assert (one["type"], one["description"]) == ("Asynchronous/Messages", "a thing changed")
    assert one["contents"]["content"] == {"type": "thing.changed"}
    assert one["comments"]["references"][WHERE] == {"/type": "thing.changed"}
    assert one["providerStates"] == [
        {"name": "a thing exists", "params": {"id": "t1"}},
        {"name": A_REQUEST, "params": {"method": "POST", "path": "/things/{id}", "json": {"a": 1}}},
    ]
