"""Mistakes are told in plain words, with a cure, and without the value."""

import pytest
from pydantic import BaseModel, ValidationError

from tidegate.configfile.wording import model_at, nearest, worded
from tidegate.policy.breaker import Breaker
from tidegate.policy.policy import OperationSettings
from tidegate.policy.timeout import Timeouts
from tidegate.proxy.store_config import SealingSettings
from tidegate.vendor.auth_facts import Auth
from tidegate.vendor.facts import Facts, Limit
from tidegate.vendor.vendor import Vendor


def said(model: type[BaseModel], text: str, at: tuple[str | int, ...]) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as refused:
        model.model_validate_json(text)
    errors = refused.value.errors()
    return [
        worded(error, at + tuple(step for step in error["loc"] if not str(step).startswith("<")), Vendor)
        for error in errors
    ]


def test_the_nearest_word_is_offered_and_no_far_one() -> None:
    assert nearest("owners", ["owner", "facts"]) == "; did you mean owner?"
    assert nearest("zebra", ["owner", "facts"]) == ""


@pytest.mark.parametrize(
    ("loc", "model"),
    [
        ((), Vendor),
        (("facts",), Facts),
        (("facts", "limits", 0), Limit),
        (("policy", "timeout"), Timeouts),
        (("operations", "Post*"), OperationSettings),
        (("facts", "auth"), Auth),
        (("facts", "base_url"), None),
        (("nothing", "here"), None),
        (("operations",), None),
    ],
)
def test_the_model_of_a_block_is_found_by_its_path(loc: tuple[str | int, ...], model: type | None) -> None:
    assert model_at(Vendor, loc) is model


def test_an_unknown_key_is_told_with_the_nearest_known() -> None:
    ((code, message),) = said(Timeouts, '{"conect": "1s"}', ("policy", "timeout"))
    assert (code, message) == ("TG103", "there is no field conect here; did you mean connect?")


def test_without_a_near_one_all_known_keys_are_told() -> None:
    ((_, message),) = said(Timeouts, '{"zebra": "1s"}', ("policy", "timeout"))
    assert message.endswith("known here: connect, first_byte, idle, attempt")


def test_what_is_missing_is_told_with_its_meaning() -> None:
    ((code, message),) = said(Limit, '{"name": "a"}', ("facts", "limits", 0))
    assert (code, message) == ("TG105", "rate is missing; write it: So many units in a period")


@pytest.mark.parametrize(
    ("model", "text", "at", "expected"),
    [
        (Timeouts, '{"idle": 3}', ("policy", "timeout"), "3 is not a duration"),
        (Limit, '{"name": 3, "rate": "1/s"}', ("facts", "limits", 0), "text is expected here; write it in quotes"),
        (Limit, '{"name": "a", "rate": "1/s", "burst": 0}', ("facts", "limits", 0), "the number must be at least 1"),
        (OperationSettings, '{"attempts": 11}', ("operations", "X"), "the number must be at most 10"),
        (OperationSettings, '{"critical": "yes"}', ("operations", "X"), "true or false is expected here"),
        (OperationSettings, '{"timeout": 3}', ("operations", "X"), "a block of fields is expected here"),
        (
            Auth,
            '{"scheme": "magic", "secret": "env:K"}',
            ("facts", "auth"),
            "write 'bearer', 'basic', 'header', 'query', 'body', ",
        ),
        (
            Auth,
            '{"scheme": "header", "secret": "env:K", "header": "a b"}',
            ("facts", "auth"),
            "like Idempotency-Key; it must match",
        ),
    ],
)
def test_a_wrong_value_is_told_with_what_would_be_right(
    model: type[BaseModel], text: str, at: tuple[str | int, ...], expected: str
) -> None:
    ((code, message),) = said(model, text, at)
    assert code == "TG104"
    assert expected in message


def test_a_literal_secret_has_its_own_code_and_is_not_repeated() -> None:
    ((code, message),) = said(Auth, '{"scheme": "bearer", "secret": "sk_live_4242"}', ("facts", "auth"))
    assert code == "TG106"
    assert "sk_live" not in message


def test_bounds_and_lengths_are_told_as_one_writes_them() -> None:
    ((_, window),) = said(Breaker, '{"window": "0s"}', ("policy", "breaker"))
    assert window == "the number must be more than 0s"
    ((_, probes),) = said(Breaker, '{"probes": 0}', ("policy", "breaker"))
    assert probes == "the number must be at least 1"
    ((_, keys),) = said(SealingSettings, '{"keys": []}', ())
    assert keys == "write at least 1 entry here"


def test_what_is_not_written_is_not_called_by_a_name_of_our_language() -> None:
    ((_, message),) = said(Breaker, '{"window": null}', ("policy", "breaker"))
    assert message.startswith("nothing is not a duration")
    ((_, message),) = said(Breaker, '{"failures": ["5%"]}', ("policy", "breaker"))
    assert message.startswith("a list is not a share")
    ((_, message),) = said(Breaker, '{"failures": "101%"}', ("policy", "breaker"))
    assert message == "this is a part of a whole; write at most 100%"
