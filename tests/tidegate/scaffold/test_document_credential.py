"""Of the credentials that a document takes, a key comes before a user and password, and a rare one does not come."""

from typing import Any

import pytest

from tests.tidegate.scaffold.conftest import COFFEE, PARCELS
from tidegate.openapi.document import Document
from tidegate.scaffold.document_credential import document_credentials

SCHEMES = {
    "user": {"type": "http", "scheme": "basic"},
    "token": {"type": "http", "scheme": "bearer"},
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "raw": {"type": "apiKey", "in": "header", "name": "Authorization"},
    "asked": {"type": "apiKey", "in": "query", "name": "k"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "s"},
    "odd": {"type": "apiKey", "in": "header", "name": "X Key"},
}


def chosen(*alternatives: str, rare: str = "") -> list[tuple[str, str]]:
    operations: dict[str, Any] = {f"/{n}": {"get": {"responses": {}}} for n in range(20)}
    if rare:
        operations["/rare"] = {"get": {"security": [{rare: []}], "responses": {}}}
    document = Document({
        "openapi": "3.0.3", "paths": operations, "components": {"securitySchemes": SCHEMES},
        "security": [{name: []} for name in alternatives],
    })  # fmt: skip
    return [(one.scheme, one.place) for one in document_credentials(document)]


@pytest.mark.parametrize(
    ("alternatives", "first"),
    [
        (("user", "token"), ("bearer", "")),
        (("user", "key"), ("header", "X-Key")),
        (("user", "asked"), ("query", "k")),
        (("user",), ("basic", "")),
        (("raw",), ("bearer", "")),
    ],
)
def test_a_key_comes_before_a_user_and_password(alternatives: tuple[str, ...], first: tuple[str, str]) -> None:
    assert chosen(*alternatives)[0] == first


def test_a_scheme_of_one_operation_is_not_the_vendors() -> None:
    assert chosen("user", rare="token") == [("basic", "")]


def test_what_the_vendor_file_has_no_word_for_is_none() -> None:
    assert chosen("cookie", "odd") == []
    assert document_credentials(Document(COFFEE)) == []
    assert [one.place for one in document_credentials(Document(PARCELS))] == ["X-Parcel-Key"]
