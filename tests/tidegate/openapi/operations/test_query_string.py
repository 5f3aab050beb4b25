"""A query that one parameter describes stands for the fields of its form."""

from typing import Any

import pytest

from tidegate.openapi.document import Document
from tidegate.openapi.operations.query_string import spread

FORM = "application/x-www-form-urlencoded"
WHOLE = {"name": "all", "in": "querystring", "required": True}


def plain(schema: Any) -> Any:
    return schema


def test_a_form_is_its_fields_each_written_as_its_encoding_says() -> None:
    schema = {"required": ["a"], "properties": {"a": {"type": "string"}, "b": {}, "c": {}}}
    encoding = {
        "b": {"style": "pipeDelimited", "explode": False, "headers": {}},
        "c": {"contentType": "application/json"},
    }
    assert spread(WHOLE, {FORM: {"schema": schema, "encoding": encoding}}, plain) == (
        {"name": "a", "in": "query", "required": True, "schema": {"type": "string"}},
        {"name": "b", "in": "query", "required": False, "schema": {}, "style": "pipeDelimited", "explode": False},
        {"name": "c", "in": "query", "required": False, "schema": {}, "content": {"application/json": {}}},
    )
    optional = {**WHOLE, "required": False}
    assert [one["required"] for one in spread(optional, {FORM: {"schema": schema}}, plain)] == [False] * 3


def test_a_form_without_names_is_one_parameter() -> None:
    assert spread(WHOLE, {FORM: {"schema": {"type": "object"}}}, plain) == (
        {"name": "all", "in": "query", "schema": {"type": "object"}},
    )


@pytest.mark.parametrize("media", ["application/json", "application/jsonpath"])
def test_another_media_type_stays_whole(media: str) -> None:
    assert spread(WHOLE, {media: {"schema": {}}}, plain) == (WHOLE,)


def test_a_document_gives_the_fields_as_parameters_of_the_query() -> None:
    schema = {"type": "object", "required": ["q"], "properties": {"q": {"type": "string"}}}
    get = {"parameters": [{**WHOLE, "content": {FORM: {"schema": schema}}}], "responses": {}}
    parsed = Document({"openapi": "3.2.0", "paths": {"/a": {"get": get}}})
    assert parsed.parameters(parsed.operations["GET /a"]) == (
        {"name": "q", "in": "query", "required": True, "schema": {"type": "string"}},
    )
    assert parsed.diagnostics == []
