"""Without names, the thing that most can be done to comes first; a name that means nothing has a nearest one."""

from typing import Any

import pytest

from tests.tidegate.scaffold.conftest import COFFEE, PARCELS, shapes_of
from tidegate.problems import UsageError
from tidegate.scaffold.used_operations import candidate_calls, named_calls


def test_the_thing_that_most_can_be_done_to_comes_first() -> None:
    rounds = candidate_calls(*shapes_of(PARCELS))
    assert [call.does for call in rounds[0]] == ["list", "create", "retrieve", "update", "delete"]
    assert {call.kind for call in rounds[0]} == {"parcels"}
    deprecated = [call for calls in rounds for call in calls if call.operation.deprecated]
    assert deprecated == []


def test_a_document_without_things_has_its_first_calls() -> None:
    assert [call.operation.id for calls in candidate_calls(*shapes_of(COFFEE)) for call in calls] == [
        "order/show",
        "order/put",
    ]


def test_ids_and_patterns_name_operations() -> None:
    document, shapes = shapes_of(PARCELS)
    assert [call.operation.id for call in named_calls(document, shapes, ["Get*", "ListDepots"])] == [
        "GetDepot",
        "GetParcel",
        "ListDepots",
    ]


@pytest.mark.parametrize(
    ("name", "why"),
    [("GetParcels", "no such operation; did you mean GetParcel"), ("UploadLabel", "its body is multipart/form-data")],
)
def test_a_name_that_cannot_be_used_says_why(name: str, why: str) -> None:
    document, shapes = shapes_of(PARCELS)
    with pytest.raises(UsageError, match=why):
        named_calls(document, shapes, [name])


def test_too_many_are_refused() -> None:
    paths: dict[str, Any] = {f"/a{number}": {"get": {"responses": {}}} for number in range(70)}
    document, shapes = shapes_of({"openapi": "3.0.3", "paths": paths})
    with pytest.raises(UsageError, match="that is 70 operations"):
        named_calls(document, shapes, ["*"])


def test_a_document_of_files_alone_has_nothing_to_begin_with() -> None:
    body = {"content": {"multipart/form-data": {"schema": {"type": "object"}}}}
    document, shapes = shapes_of({"openapi": "3.0.3", "paths": {"/a": {"post": {"requestBody": body}}}})
    with pytest.raises(UsageError, match="no operation that a method can be written for"):
        candidate_calls(document, shapes)
