"""Schemas come out in JSON Schema 2020-12, a level at a time or compiled, for every schema of every real document."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.tidegate.openapi.test_document import REAL
from tidegate.openapi.diagnostic import MEANINGS
from tidegate.openapi.document import Document
from tidegate.openapi.schema_words import UNSAID_NULL
from tidegate.openapi.schemas import Of, Schemas

Json = dict[str, Any]


def document(schemas: Json, version: str = "3.0.3") -> Document:
    return Document({"openapi": version, "paths": {}, "components": {"schemas": schemas}})


def ref(name: str, **beside: Any) -> Json:
    return {"$ref": f"#/components/schemas/{name}", **beside}


def codes(parsed: Document) -> list[str]:
    return [flaw.code for flaw in parsed.diagnostics]


def schemas_of(root: Any) -> Iterator[Json]:
    """Every schema object of a document: what stands below a keyword that holds schemas."""
    todo: list[tuple[Any, bool]] = [(root, False)]
    while todo:
        node, named = todo.pop()
        if isinstance(node, list):
            todo += [(one, named) for one in node]
        elif isinstance(node, dict):
            if named:
                yield node
            for key, value in node.items():
                if key in ("example", "examples", "default", "enum", "value") or key.startswith("x-"):
                    continue
                if key in ("properties", "schemas", "definitions") and isinstance(value, dict):
                    todo += [(one, True) for one in value.values()]
                else:
                    todo.append((value, key in ("schema", "items", "allOf", "anyOf", "oneOf", "additionalProperties")))


class TestRealDocuments:
    """All of them, whole."""

    @pytest.mark.parametrize("name", REAL)
    def test_every_schema_comes_out_plain(self, specs: Path, name: str) -> None:
        parsed = Document.load(specs / name)
        count = 0
        for node in schemas_of(parsed.root):
            level = parsed.schemas.plain(node)
            assert not {"$ref", "nullable", "x-nullable", "$dynamicRef"} & level.keys()
            assert not isinstance(level.get("items"), list)
            assert not isinstance(level.get("exclusiveMinimum"), bool)
            assert parsed.schemas.plain(node) is level
            count += 1
        assert count > 300
        assert {*codes(parsed)} <= {*MEANINGS}

    @pytest.mark.parametrize("name", REAL)
    def test_every_body_and_every_answer_of_every_operation_compiles(self, specs: Path, name: str) -> None:
        parsed = Document.load(specs / name)
        count = 0
        for operation in parsed.operations.values():
            for content in parsed.request_content(operation).values():
                parsed.schemas.validator(content, of="request").is_valid({})
                count += 1
            for status in operation.node.get("responses", ()):
                schema = parsed.response_schema(operation, int(status) if status.isdecimal() else 500)
                if schema is not None:
                    parsed.schemas.validator(schema, of="answer").is_valid({})
                    count += 1
        assert count >= len(parsed.operations)
        assert "D014" not in codes(parsed)

    def test_nearly_all_of_stripe_s_own_fixtures_fit_its_schemas(self, specs: Path) -> None:
        """The rest were published a few days apart from the document: fields that the one has and the other not."""
        parsed = Document.load(specs / "stripe" / "spec3.json")
        fixtures = orjson.loads((specs / "stripe" / "fixtures3.json").read_bytes())["resources"]
        by_name = {
            schema["x-resourceId"]: schema
            for schema in parsed.root["components"]["schemas"].values()
            if "x-resourceId" in schema
        }
        fits = [
            parsed.schemas.validator(by_name[name], of="answer").is_valid(value)
            for name, value in fixtures.items()
            if name in by_name
        ]
        assert len(fits) > 100
        assert sum(fits) >= 0.95 * len(fits)

    def test_slack_s_alternatives_are_no_lists(self, specs: Path) -> None:
        parsed = Document.load(specs / "slack" / "slack_web_openapi_v2.json")
        level = parsed.schemas.plain({"$ref": "#/definitions/objs_conversation"})
        assert len(level["anyOf"]) == 3
        assert "items" not in level

    def test_openai_s_compound_filter_holds_itself(self, specs: Path) -> None:
        parsed = Document.load(specs / "openai" / "openapi.json")
        validator = parsed.schemas.validator(ref("CompoundFilter"), of="answer")
        inner = {"type": "and", "filters": []}
        assert validator.is_valid({"type": "or", "filters": [inner]})
        assert not validator.is_valid({"type": "or", "filters": [{**inner, "type": "neither"}]})
        again = parsed.schemas.plain(ref("CompoundFilter"))["properties"]["filters"]["items"]["oneOf"][1]
        assert parsed.schemas.plain(again)["title"] == "Compound Filter"


class TestPlain:
    """One level."""

    def test_a_reference_is_followed_and_what_is_inside_stays(self) -> None:
        parsed = document({"a": ref("b"), "b": {"type": "object", "properties": {"a": ref("a")}}})
        assert parsed.schemas.plain(ref("a")) == {"type": "object", "properties": {"a": ref("a")}}

    def test_beside_a_reference_only_3_1_narrows(self) -> None:
        beside = ref("a", title="mine", minLength=3, nullable=True)
        level = document({"a": {"type": "string", "title": "its"}}).schemas.plain(beside)
        assert level == {"type": ["string", "null"], "title": "mine", UNSAID_NULL: True}
        level = document({"a": {"type": "string", "title": "its"}}, "3.1.0").schemas.plain(beside)
        assert level == {"type": ["string", "null"], "title": "mine", "minLength": 3, UNSAID_NULL: True}

    def test_all_of_becomes_one_level(self) -> None:
        parsed = document({"a": {"type": "object", "properties": {"a": {}}, "required": ["a"]}})
        level = parsed.schemas.plain({"allOf": [ref("a"), {"allOf": [{"properties": {"b": {}}}]}], "nullable": True})
        whole = {"type": ["object", "null"], "properties": {"a": {}, "b": {}}, "required": ["a"]}
        assert level == {**whole, UNSAID_NULL: True}

    @pytest.mark.parametrize(
        "schemas",
        [
            {"a": {"allOf": [ref("a"), {"type": "object"}]}},
            {"a": {"allOf": [ref("b")]}, "b": {"allOf": [ref("a")]}},
            {"a": ref("a")},
        ],
    )
    def test_what_is_part_of_itself_ends(self, schemas: Json) -> None:
        parsed = document(schemas)
        assert "allOf" not in parsed.schemas.plain(ref("a"))
        assert codes(parsed) == ["D012"]
        assert parsed.diagnostics[0].pointer.startswith("#/components/schemas/")

    @pytest.mark.parametrize("node", [None, 3, "string", []])
    def test_what_is_no_schema_takes_anything(self, node: Any) -> None:
        parsed = document({})
        assert parsed.schemas.plain(node) == {}
        assert codes(parsed) == ["D007"]

    def test_true_takes_anything_and_false_nothing(self) -> None:
        parsed = document({})
        assert parsed.schemas.plain(True) == {}
        assert parsed.schemas.plain(False) == {"not": {}}
        assert codes(parsed) == []

    @pytest.mark.parametrize("lost", ["#/nowhere", "https://example.com/a.json", "a.json"])
    def test_a_reference_to_nothing_takes_anything(self, lost: str) -> None:
        parsed = document({})
        assert parsed.schemas.plain({"$ref": lost}) == {}
        assert {*codes(parsed)} <= {"D002", "D018"}
        assert codes(parsed)

    def test_a_property_that_is_called_ref_is_no_reference(self) -> None:
        schema = {"type": "object", "properties": {"$ref": {"type": "string"}}}
        assert document({}).schemas.plain(schema) == schema


class TestValidator:
    """Compiled."""

    def check(self, schema: Json, value: Any, schemas: Json | None = None, *, of: Of = "answer") -> bool:
        return document(schemas or {}).schemas.validator(schema, of=of).is_valid(value)

    def test_null_will_do_wherever_the_document_says_so(self) -> None:
        for schema in (
            {"type": "string", "nullable": True},
            ref("a", nullable=True),
            {"allOf": [ref("a")], "nullable": True},
            {"anyOf": [ref("a")], "nullable": True},
            {"type": "object", "allOf": [ref("a")], "nullable": True},
            {"type": "string", "enum": ["a"], "nullable": True},
        ):
            assert self.check(schema, None, {"a": {"type": "object"}}), schema
        assert not self.check({"type": "string"}, None)

    def test_a_schema_that_holds_itself_is_checked_to_the_bottom(self) -> None:
        tree = {"type": "object", "properties": {"next": ref("tree"), "name": {"type": "string"}}}
        assert self.check(ref("tree"), {"next": {"next": {"name": "a"}}}, {"tree": tree})
        assert not self.check(ref("tree"), {"next": {"next": {"name": 1}}}, {"tree": tree})

    def test_read_only_is_not_asked_of_a_request_nor_write_only_of_an_answer(self) -> None:
        schema = {
            "required": ["id", "secret", "name"],
            "properties": {"id": ref("id"), "secret": {"writeOnly": True}, "name": {}},
        }
        known = {"id": {"readOnly": True, "type": "string"}}
        assert self.check(schema, {"secret": 1, "name": 1}, known, of="request")
        assert not self.check(schema, {"id": "1", "name": 1}, known, of="request")
        assert self.check(schema, {"id": "1", "name": 1}, known)
        assert not self.check(schema, {"secret": 1, "name": 1}, known)
        known["El"], asked = {"properties": schema["properties"]}, {"required": ["id", "name"]}
        for whole in ({"allOf": [ref("El"), {"anyOf": [asked]}]}, {**asked, "allOf": [ref("El")]}):
            valid = [self.check(whole, value, known, of="request") for value in ({"name": 1}, {"id": "1"})]
            assert [*valid, self.check(whole, {"name": 1}, known)] == [True, False, False]

    def test_alternatives_may_overlap_in_a_request_only(self) -> None:
        schema = {"oneOf": [{"type": "integer"}, {"minimum": 1}]}
        assert self.check(schema, 3, of="request")
        assert not self.check(schema, 3)
        assert not self.check(schema, 0.5, of="request")

    def test_a_pattern_that_no_engine_takes_is_ignored(self) -> None:
        parsed = document({"a": {"type": "object", "properties": {"b": {"type": "string", "pattern": "[a"}}}})
        assert parsed.schemas.validator(ref("a"), of="request").is_valid({"b": "anything"})
        assert [(flaw.code, flaw.pointer) for flaw in parsed.diagnostics] == [
            ("D009", "#/components/schemas/a/properties/b")
        ]

    def test_a_costly_pattern_ends(self) -> None:
        assert not self.check({"pattern": "^(a|a)*\\1?$(?=b)"}, "a" * 60 + "b")

    def test_a_reference_to_an_address_is_never_fetched(self) -> None:
        parsed = document({})
        validator = parsed.schemas.validator({"properties": {"a": {"$ref": "http://127.0.0.1:1/x"}}}, of="answer")
        assert validator.is_valid({"a": object.__name__})
        assert len(parsed.diagnostics) == 1


def test_the_schemas_of_two_documents_do_not_mix() -> None:
    one, other = document({"a": {"type": "string"}}), document({"a": {"type": "integer"}})
    assert isinstance(one.schemas, Schemas)
    node = ref("a")
    assert one.schemas.plain(node) != other.schemas.plain(node)


def test_a_format_counts_in_an_answer_and_is_a_hint_in_a_request() -> None:
    parsed = document({})
    day = {"type": "string", "format": "date-time"}
    assert parsed.schemas.validator(day, of="request").is_valid("2024-01-01")
    assert not parsed.schemas.validator(day, of="answer").is_valid("2024-01-01")
    assert parsed.schemas.validator(day, of="answer").is_valid("2024-01-01T00:00:00Z")


def test_a_discriminators_word_chooses_the_alternative_in_an_answer() -> None:
    pet = {"type": "object", "properties": {"kind": {"type": "string"}}, "required": ["kind"]}
    parsed = document({"cat": pet, "dog": {**pet, "required": ["kind", "name"]}})
    mapping = {"meows": "#/components/schemas/cat", "barks": "#/components/schemas/dog"}
    either = {"anyOf": [ref("cat"), ref("dog")], "discriminator": {"propertyName": "kind", "mapping": mapping}}
    check = parsed.schemas.validator(either, of="answer")
    assert check.is_valid({"kind": "meows"})
    assert check.is_valid({"kind": "barks", "name": "Rex"})
    assert not check.is_valid({"kind": "barks"})
    assert not check.is_valid({"kind": "sings", "name": "Rex"})
    asked = parsed.schemas.validator(either, of="request")
    assert asked.is_valid({"kind": "sings"})
    assert not asked.is_valid({"kind": "barks"})
    assert [(flaw.keyword, flaw.expected) for flaw in asked.errors({"kind": "barks"})] == [("required", "name")]


def test_an_integer_has_64_bits_in_a_request_unless_the_document_says_less() -> None:
    parsed = document({})
    count = {"type": "integer"}
    assert parsed.schemas.validator(count, of="request").is_valid(2**63 - 1)
    assert not parsed.schemas.validator(count, of="request").is_valid(2**63)
    assert not parsed.schemas.validator(count, of="request").is_valid(-1.7e28)
    few = {"type": "integer", "maximum": 9}
    assert not parsed.schemas.validator(few, of="request").is_valid(10)


def test_parts_that_double_on_each_level_are_joined_as_far_as_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidegate.openapi.schemas.JOINED_MAX", 1_000)
    schemas = {f"A{level}": {"allOf": [ref(f"A{level + 1}")] * 2} for level in range(28)}
    parsed = document({**schemas, "A28": {"type": "object"}})
    parsed.schemas.plain(ref("A0"))
    assert "D023" in codes(parsed)
    assert parsed.schemas.validator(ref("A0"), of="answer").is_valid(1)
    assert "D024" in codes(parsed)


@pytest.mark.parametrize("keyword", ["not", "items", "anyOf", "properties"])
def test_a_schema_that_is_nested_too_deep_takes_any_value_there(keyword: str) -> None:
    schema: Any = {"type": "string"}
    for _ in range(200):
        schema = {keyword: [schema] if keyword == "anyOf" else {"a": schema} if keyword == "properties" else schema}
    parsed = document({"A": schema})
    parsed.schemas.validator(ref("A"), of="request").is_valid(1)
    assert "D023" in codes(parsed)


def test_a_chain_of_parts_longer_than_calls_go_is_read_as_far_as_the_bound() -> None:
    chain = {f"A{level}": {"allOf": [ref(f"A{level + 1}")]} for level in range(5_000)}
    parsed = document({**chain, "A5000": {"type": "string"}})
    assert parsed.schemas.plain(ref("A0")) == {}
    assert codes(parsed) == ["D023"]
