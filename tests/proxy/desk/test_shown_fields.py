"""What a vendor file lists is shown, and nothing else."""

from copy import deepcopy
from typing import Any

import pytest

from tidegate.proxy.desk.shown_fields import ShownFields
from tidegate.redaction.secret import REDACTED

BODY = {"id": 1, "to": {"name": "Ann", "zip": "1"}, "items": [{"n": 1, "who": "x"}, {"n": 2}], "a/b": "c", "t": [1, 2]}


@pytest.mark.parametrize(
    ("pointers", "shown"),
    [
        ([], dict.fromkeys(BODY, REDACTED)),
        (["/id"], dict.fromkeys(BODY, REDACTED) | {"id": 1}),
        (["/to"], dict.fromkeys(BODY, REDACTED) | {"to": {"name": "Ann", "zip": "1"}}),
        (["/to/zip"], dict.fromkeys(BODY, REDACTED) | {"to": {"name": REDACTED, "zip": "1"}}),
        (["/items/*/n"], dict.fromkeys(BODY, REDACTED) | {"items": [{"n": 1, "who": REDACTED}, {"n": 2}]}),
        (["/items/1"], dict.fromkeys(BODY, REDACTED) | {"items": [REDACTED, {"n": 2}]}),
        (["/a~1b"], dict.fromkeys(BODY, REDACTED) | {"a/b": "c"}),
        (["/id/deeper"], dict.fromkeys(BODY, REDACTED)),
        ([""], BODY),
    ],
)
def test_what_is_not_listed_is_hidden(pointers: list[str], shown: dict[str, Any]) -> None:
    assert ShownFields(pointers).of(deepcopy(BODY)) == shown


def test_what_is_no_object_is_hidden_whole() -> None:
    assert ShownFields(["/id"]).of("text") == REDACTED
    assert ShownFields(["/0"]).of(["a", "b"]) == ["a", REDACTED]


@pytest.mark.parametrize(
    ("steps", "shows"), [(["id"], True), (["to", "zip"], True), (["to", "name"], False), (["to"], False), ([], False)]
)
def test_the_steps_of_a_form_field_are_judged_alike(steps: list[str], *, shows: bool) -> None:
    assert ShownFields(["/id", "/to/zip"]).shows(steps) is shows
    assert ShownFields([""]).shows(steps)
