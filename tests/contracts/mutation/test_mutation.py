"""A pact notices each change of an answer that its adapter notices, and no other; `make pact-mutants` tries all."""

from pathlib import Path

import pytest

from tests.contracts.mutation.adapters import ADAPTERS
from tests.contracts.mutation.mutants import mutants
from tests.contracts.mutation.run import CAUGHT_MIN
from tests.contracts.mutation.trial import FullAnswer, full_answers, tried, unused

MOST = 80
"""So many mutants of an adapter's answers are tried here."""
SOME = ("payments-stripe", "records-github", "orders-woocommerce")
"""An adapter of forms, one of lists, one of webhooks; the others are tried by `make pact-mutants`."""


def test_each_field_is_changed_in_every_way() -> None:
    found = {(one.place, one.kind): one.body for one in mutants({"a": 1, "b": [{"c": None}]})}
    assert found == {
        ("/a", "drop"): {"b": [{"c": None}]},
        ("/a", "rename"): {"a_of_tomorrow": 1, "b": [{"c": None}]},
        ("/a", "retype"): {"a": "1 or so", "b": [{"c": None}]},
        ("/a", "null"): {"a": None, "b": [{"c": None}]},
        ("/b", "drop"): {"a": 1},
        ("/b", "rename"): {"a": 1, "b_of_tomorrow": [{"c": None}]},
        ("/b", "retype"): {"a": 1, "b": {"items": [{"c": None}]}},
        ("/b", "null"): {"a": 1, "b": None},
        ("/b/0/c", "drop"): {"a": 1, "b": [{}]},
        ("/b/0/c", "rename"): {"a": 1, "b": [{"c_of_tomorrow": None}]},
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", SOME)
async def test_the_pact_fails_where_the_adapter_would_and_nowhere_else(name: str, tmp_path: Path) -> None:
    provider, pact, run = ADAPTERS[name]
    result = await tried(await full_answers(provider, pact), run, tmp_path, most=MOST)
    assert result.caught + 1 >= CAUGHT_MIN * result.read > 0, result.missed
    assert result.wrongly_failed == []
    assert result.unread > 0


@pytest.mark.parametrize("name", ADAPTERS)
def test_a_pact_holds_no_field_that_its_adapter_does_not_read(name: str) -> None:
    _, pact, run = ADAPTERS[name]
    assert unused(pact, run) == []


async def test_a_pact_that_pins_too_little_or_too_much_is_found_out(tmp_path: Path) -> None:
    interaction = {"description": "x", "response": {"status": 200, "body": {"content": {"n": 1, "more": 2}}}}
    answer = FullAnswer(interaction, 200, {"n": 1, "m": 1, "more": 2})
    result = await tried([answer], lambda _name, _status, body: str(body.count(b'"n"') + body.count(b'"m"')), tmp_path)
    assert set(result.missed) == {"x: /m drop", "x: /m rename"}
    assert {"x: /more drop", "x: /more null", "x: /more retype"} <= set(result.wrongly_failed)
