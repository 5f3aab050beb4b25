"""Security schemes and requirements are read as each OpenAPI writes them."""

from typing import Any

from tidegate.openapi.document import Document
from tidegate.openapi.operations.security import DocumentSecurity, SecurityScheme

KEY = {"type": "apiKey", "in": "header", "name": "X-Key"}


def security(schemes: dict[str, Any], own: object = None, **root: Any) -> DocumentSecurity:
    node = {} if own is None else {"security": own}
    described = {"components": {"securitySchemes": schemes}}
    return DocumentSecurity(Document({"openapi": "3.0.3", "paths": {"/a": {"get": node}}, **described, **root}))


def names(known: DocumentSecurity) -> list[list[str]]:
    document = known._document
    operation = next(iter(document.operations.values()))
    return [[scheme.name for scheme, _ in requirement.schemes] for requirement in known.of(operation)]


def test_an_operation_s_list_replaces_the_document_s() -> None:
    assert names(security({"k": KEY}, None, security=[{"k": []}])) == [["k"]]
    assert names(security({"k": KEY}, [{"k": [], "t": []}, {}], security=[{"k": []}])) == [["k", "t"], []]
    assert names(security({"k": KEY}, [], security=[{"k": []}])) == []


def test_an_unsound_list_asks_for_nothing() -> None:
    assert names(security({"k": KEY}, "k")) == []
    assert names(security({"k": KEY}, ["k", {"k": None}])) == [["k"]]


def test_a_scheme_elsewhere_is_found_and_one_that_is_nowhere_is_left_out() -> None:
    schemes = {"k": {"$ref": "#/components/x-there"}, "lost": {"$ref": "#/nowhere"}}
    known = security(schemes, components={"x-there": KEY, "securitySchemes": schemes})
    assert known.schemes == {"k": SecurityScheme("k", "header", "X-Key")}


def test_swagger_2_has_its_own_words() -> None:
    flow = {"type": "oauth2", "flow": "application", "tokenUrl": "https://a.example/t"}
    document = Document(
        {
            "swagger": "2.0",
            "paths": {"/a": {"get": {"security": [{"o": ["read"]}]}}},
            "securityDefinitions": {"b": {"type": "basic"}, "o": flow},
        }
    )
    known = DocumentSecurity(document)
    assert [scheme.kind for scheme in known.schemes.values()] == ["basic", "bearer"]
    assert known.schemes["o"].flows["clientCredentials"]["tokenUrl"] == "https://a.example/t"
    assert known.used() == {"o": 1}
