"""Swagger 2.0's bodies are read from its parameters."""

from typing import Any

from tidegate.openapi.operations.swagger_content import FORM, MULTIPART, SwaggerContent

NAME = {"name": "name", "in": "formData", "type": "string", "required": True}
FILE = {"name": "picture", "in": "formData", "type": "file"}
BODY: dict[str, Any] = {"name": "pet", "in": "body", "schema": {"type": "object"}}


def test_form_fields_are_one_object_made_once() -> None:
    content = SwaggerContent({})
    schema = content.of("make", {}, [NAME])[FORM]
    assert schema == {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
    assert content.of("make", {}, [NAME])[FORM] is schema


def test_a_file_makes_it_multipart_and_consumes_says_it_better() -> None:
    assert list(SwaggerContent({}).of("make", {}, [NAME, FILE])) == [MULTIPART]
    assert list(SwaggerContent({"consumes": ["a/b"]}).of("make", {"consumes": ["c/d"]}, [NAME])) == ["c/d"]
    assert list(SwaggerContent({"consumes": ["a/b"]}).of("make", {}, [BODY])) == ["a/b"]


def test_a_body_is_json_where_nothing_else_is_said() -> None:
    assert SwaggerContent({}).of("make", {}, [BODY]) == {"application/json": {"type": "object"}}
    assert SwaggerContent({}).of("make", {}, []) == {}
