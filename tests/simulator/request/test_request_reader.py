"""A request is read as its operation asks for it, and refused for the first thing that is wrong with it."""

from typing import Any

import pytest

from tests.tidegate.files import ANSWER
from tidegate.openapi.document import Document
from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.request.body_reader import Unknown
from tidegate.simulator.request.request_content import RequestContent
from tidegate.simulator.request.request_reader import CheckedRequest, RequestReaders

FORM = "application/x-www-form-urlencoded"
BODY: dict[str, Any] = {
    "type": "object",
    "properties": {
        "amount": {"type": "integer", "minimum": 1, "maximum": 99999999},
        "currency": {"type": "string", "minLength": 3, "maxLength": 3, "pattern": "^[A-Za-z]{3}$"},
        "confirm": {"type": "boolean"},
        "share": {"type": "number"},
        "method": {"type": "string", "enum": ["", "automatic", "manual"]},
        "expand": {"type": "array", "items": {"type": "string"}},
        "address": {"anyOf": [{"$ref": "#/components/schemas/Address"}, {"type": "string", "enum": [""]}]},
        "created": {
            "anyOf": [
                {"type": "object", "properties": {"gte": {"type": "integer"}}, "additionalProperties": False},
                {"type": "integer"},
            ]
        },
        "metadata": {"type": "object", "additionalProperties": {"type": "string", "maxLength": 5}},
        "note": {"type": "string", "nullable": True},
    },
    "required": ["amount"],
    "additionalProperties": False,
}
ADDRESS = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "line1": {"type": "string"}},
    "required": ["line1"],
    "additionalProperties": False,
}
GROUPED = {"expand": {"style": "deepObject", "explode": True}, "address": {"style": "deepObject", "explode": True}}


def read(
    operation: dict[str, Any],
    *,
    query: str = "",
    body: bytes = b"",
    media: str = "",
    path: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
    unknown: Unknown | None = None,
    **root: Any,
) -> CheckedRequest:
    """Read one request for an operation of a document that has no other."""
    components = {"schemas": {"Address": ADDRESS}}
    node = {"operationId": "It", **ANSWER, **operation}
    document = Document(
        {"openapi": "3.0.3", "components": components, "paths": {"/things/{id}": {"post": node}}, **root}
    )
    sent = RequestContent(path or {}, query, {**({"Content-Type": media} if media else {}), **(headers or {})}, body)
    return RequestReaders(document, unknown).read(document.operations["It"], sent)


def bodied(body: bytes, media: str = FORM, *, schema: Any = None, encoding: Any = None, **more: Any) -> CheckedRequest:
    """Read one body. The schema stands for forms and for JSON."""
    content = {"schema": schema or BODY, "encoding": GROUPED if encoding is None else encoding}
    operation = {"requestBody": {"content": {FORM: content, "application/json": content}}}
    return read(operation, body=body, media=media, **more)


def refusal(**given: Any) -> tuple[str, object]:
    with pytest.raises(VendorError) as refused:
        read(**given) if "operation" in given else bodied(**given)
    return refused.value.reason, refused.value.details.get("param")


class TestBodies:
    """Forms and JSON, against one schema."""

    def test_text_becomes_the_schema_s_type(self) -> None:
        text = b"amount=5&confirm=true&share=1.5&expand[1]=b&expand[0]=a&metadata[6735]=x"
        assert bodied(text).values == {
            "amount": 5,
            "confirm": True,
            "share": 1.5,
            "expand": ["a", "b"],
            "metadata": {"6735": "x"},
        }

    def test_json_values_pass_as_they_are(self) -> None:
        text = b'{"amount": 7, "confirm": false, "expand": ["a"], "note": null}'
        assert bodied(text, "application/json; charset=utf-8").values == {
            "amount": 7,
            "confirm": False,
            "expand": ["a"],
            "note": None,
        }

    def test_of_several_shapes_the_one_that_fits_is_taken(self) -> None:
        assert bodied(b"amount=1&address=").values["address"] == ""
        assert bodied(b"amount=1&address[line1]=x").values["address"] == {"line1": "x"}
        assert bodied(b"amount=1&created=17").values["created"] == 17
        assert bodied(b"amount=1&created[gte]=17").values["created"] == {"gte": 17}

    @pytest.mark.parametrize(
        ("text", "reason", "param"),
        [
            (b"frob=1", "unknown-parameter", "frob"),
            (b"address[frob]=1&address[line1]=x", "unknown-parameter", "address[frob]"),
            (b"address[city]=x", "missing-parameter", "address[line1]"),
            (b"amount=", "empty-parameter", "amount"),
            (b"amount=x", "invalid-integer", "amount"),
            (b"amount=1.5", "invalid-integer", "amount"),
            (b"amount=0", "invalid-integer", "amount"),
            (b"amount=-1", "invalid-integer", "amount"),
            (b"amount=100000000", "invalid-integer", "amount"),
            (b"amount=" + b"9" * 5000, "invalid-integer", "amount"),
            (b"created[gte]=x", "invalid-integer", "created[gte]"),
            (b"currency=euro", "invalid-parameter", "currency"),
            (b"currency=e1r", "invalid-parameter", "currency"),
            (b"currency[a]=b", "invalid-parameter", "currency"),
            (b"confirm=yes", "invalid-parameter", "confirm"),
            (b"confirm[a]=b", "invalid-parameter", "confirm"),
            (b"share=x", "invalid-parameter", "share"),
            (b"method=never", "invalid-choice", "method"),
            (b"expand=a", "invalid-parameter", "expand"),
            (b"expand[x]=a", "invalid-parameter", "expand"),
            (b"metadata=a", "invalid-parameter", "metadata"),
            (b"metadata[a]=too long", "invalid-parameter", "metadata[a]"),
            (b"a[b=1", "refused", "a[b"),
            (b"note=%ff", "refused", None),
        ],
    )
    def test_a_wrong_parameter_is_named_with_its_reason(self, text: bytes, reason: str, param: str | None) -> None:
        whole = text if text.startswith(b"amount") else b"amount=5&" + text
        assert refusal(body=whole) == (reason, param)

    @pytest.mark.parametrize(
        ("text", "reason", "param"),
        [
            (b'{"amount": "7"}', "invalid-integer", "amount"),
            (b'{"amount": true}', "invalid-integer", "amount"),
            (b'{"amount": 7, "expand": ["a", 1]}', "invalid-parameter", "expand[1]"),
            (b'{"amount": 7, "address": {"line1": 1}}', "invalid-parameter", "address.line1"),
            (b'{"amount": 7, "frob": {}}', "unknown-parameter", "frob"),
            (b"[1]", "invalid-parameter", "body"),
            (b"{", "refused", None),
        ],
    )
    def test_wrong_json_is_named_with_its_place(self, text: bytes, reason: str, param: str | None) -> None:
        assert refusal(body=text, media="application/json") == (reason, param)

    def test_an_unknown_name_counts_before_a_missing_one_and_that_before_a_wrong_one(self) -> None:
        assert refusal(body=b"frob=1&confirm=no")[0] == "unknown-parameter"
        assert refusal(body=b"confirm=no") == ("missing-parameter", "amount")

    def test_a_form_without_fields_is_a_form(self) -> None:
        assert refusal(body=b"") == ("missing-parameter", "amount")

    def test_an_enumeration_lists_what_it_takes_without_the_empty_text(self) -> None:
        with pytest.raises(VendorError, match="must be one of automatic or manual"):
            bodied(b"amount=5&method=never")

    def test_a_schema_that_says_nothing_takes_anything(self) -> None:
        assert bodied(b"a[b]=c", schema={"type": "object"}).values == {"a": {"b": "c"}}

    def test_a_form_s_fields_may_stand_in_the_query(self) -> None:
        assert bodied(b"amount=5", query="expand[]=a&confirm=true").values == {
            "amount": 5,
            "expand": ["a"],
            "confirm": True,
        }

    def test_a_body_of_another_type_is_refused_with_those_that_are_taken(self) -> None:
        with pytest.raises(VendorError, match=f"application/json or {FORM}") as refused:
            bodied(b"<a/>", "application/xml")
        assert refused.value.reason == "media"

    def test_an_operation_without_a_body_reads_none(self) -> None:
        assert read({}, body=b"anything", media="text/csv").values == {}


class TestUnknown:
    """Parameters that the operation does not have."""

    open_schema: dict[str, Any] = {"type": "object", "properties": {"a": {"type": "string"}}}  # noqa: RUF012 - read only
    closed: dict[str, Any] = {**open_schema, "additionalProperties": False}  # noqa: RUF012 - read only

    def test_left_to_the_document_a_closed_schema_refuses_them_and_an_open_one_takes_them(self) -> None:
        assert refusal(body=b"b=1", schema=self.closed) == ("unknown-parameter", "b")
        assert bodied(b"b=1", schema=self.open_schema).values == {"b": "1"}
        assert read({}, query="b=1").values == {}

    def test_a_vendor_that_refuses_them_does_so_everywhere(self) -> None:
        assert refusal(body=b"b=1", schema=self.open_schema, unknown="refuse") == ("unknown-parameter", "b")
        assert refusal(operation={}, query="b=1", unknown="refuse") == ("unknown-parameter", "b")

    def test_a_vendor_that_ignores_them_loses_them(self) -> None:
        assert bodied(b"a=1&b=1", schema=self.closed, unknown="ignore").values == {"a": "1"}
        nested = {"type": "object", "properties": {"inner": self.closed}, "additionalProperties": False}
        assert bodied(b'{"inner": {"b": 1}}', "application/json", schema=nested, unknown="ignore").values == {
            "inner": {"b": 1}
        }

    def test_names_that_a_schema_leaves_open_are_never_unknown(self) -> None:
        free = {**self.open_schema, "additionalProperties": {"type": "string"}}
        assert bodied(b"b=1", schema=free, unknown="refuse").values == {"b": "1"}


class TestParameters:
    """Those of the path, the query, the headers and the cookies."""

    def operation(self, *parameters: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {"parameters": list(parameters), **more}

    def test_each_place_is_checked_and_named(self) -> None:
        number = {"type": "integer"}
        for place, given in (
            ("query", {"query": "n=x"}),
            ("header", {"headers": {"n": "x"}}),
            ("cookie", {"headers": {"Cookie": "n=x"}}),
        ):
            operation = self.operation({"name": "n", "in": place, "schema": number, "required": True})
            assert refusal(operation=operation, **given) == ("invalid-integer", "n"), place
            assert refusal(operation=operation) == ("missing-parameter", "n"), place

    def test_a_path_that_is_wrong_names_nothing(self) -> None:
        operation = self.operation({"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}})
        assert refusal(operation=operation, path={"id": "x"}) == ("not-found", "id")
        assert read(operation, path={"id": "7"}).values == {}

    def test_a_parameter_of_a_path_that_does_not_have_it_is_not_asked_for(self) -> None:
        assert read(self.operation({"name": "other", "in": "path", "required": True, "schema": {}})).values == {}

    def test_the_credential_is_not_asked_for_a_second_time(self) -> None:
        token = self.operation({"name": "token", "in": "query", "schema": {"type": "string"}, "required": True})
        assert refusal(operation=token) == ("missing-parameter", "token")
        assert read({**token, "security": [{"oauth": []}]}).values == {}
        assert read(token, security=[{"oauth": []}]).values == {}

    def test_values_are_of_their_type(self) -> None:
        operation = self.operation(
            {"name": "limit", "in": "query", "schema": {"type": "integer"}},
            {"name": "ids", "in": "query", "schema": {"type": "array", "items": {"type": "integer"}}},
            {"name": "X-Flags", "in": "header", "schema": {"type": "array", "items": {"type": "boolean"}}},
        )
        checked = read(operation, query="limit=3&ids=1&ids=2", headers={"X-Flags": "true, false"})
        assert checked.values == {"limit": 3, "ids": [1, 2]}
        assert checked.headers == {"X-Flags": [True, False]}


@pytest.mark.parametrize("query", ["flag=&count=", "flag&count", "flag=true&count"])
def test_what_may_be_empty_may_be_given_without_a_value(query: str) -> None:
    operation = {
        "parameters": [
            {"name": "flag", "in": "query", "schema": {"type": "boolean"}, "allowEmptyValue": True},
            {"name": "count", "in": "query", "schema": {"type": "integer"}, "allowEmptyValue": True, "required": True},
        ]
    }
    assert read(operation, query=query).values == ({"flag": True} if "true" in query else {})
    with pytest.raises(VendorError):
        read(operation, query="flag=true")
    with pytest.raises(VendorError):
        read(operation, query="flag=perhaps&count=")


def test_an_integer_has_up_to_64_bits() -> None:
    operation = {"parameters": [{"name": "n", "in": "query", "schema": {"type": "integer", "format": "int64"}}]}
    assert read(operation, query=f"n={2**63 - 1}").values == {"n": 2**63 - 1}
    assert read(operation, query=f"n={-(2**63)}").values == {"n": -(2**63)}
    with pytest.raises(VendorError):
        read(operation, query=f"n={2**63}")


@pytest.mark.parametrize("media", ["application/json", ""])
def test_a_range_of_media_types_is_read_as_what_came(media: str) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    operation = {"requestBody": {"content": {"*/*": {"schema": schema}}}}
    assert read(operation, body=b'{"a": 1}', media=media).values == {"a": 1}
    with pytest.raises(VendorError):
        read(operation, body=b'{"a": "x"}', media=media)
    assert read(operation, body=b"a=1", media=FORM).values == {"a": 1}
    assert read({"requestBody": {"content": {"*/*": {"schema": {"type": "string"}}}}}, body=b"x").values == {}


@pytest.mark.parametrize(("media", "text"), [("*/*", "7c-1"), ("text/plain", "7c-1"), ("application/json", '"7c-1"')])
def test_a_parameter_is_read_in_its_media_type_and_what_is_no_json_is_a_text(media: str, text: str) -> None:
    entry = {"name": "q", "in": "query", "content": {media: {"schema": {"type": "string"}}}}
    assert read({"parameters": [entry]}, query=f"q={text}").values == {"q": "7c-1"}


def test_a_query_that_is_one_value_of_json_is_read_and_checked() -> None:
    schema = {"type": "object", "required": ["q"], "properties": {"q": {"type": "string"}, "n": {"type": "integer"}}}
    whole = {"name": "all", "in": "querystring", "required": True, "content": {"application/json": {"schema": schema}}}
    assert read(get := {"parameters": [whole]}, query="%7B%22q%22%3A%22a%20b%22%7D").values == {"all": {"q": "a b"}}
    wrong = {"all": "", "all[q]": "%7B%22n%22%3A1%7D", "all[n]": '{"q":"","n":"1"}'}
    assert {refusal(operation=get, query=query)[1]: query for query in wrong.values()} == wrong
