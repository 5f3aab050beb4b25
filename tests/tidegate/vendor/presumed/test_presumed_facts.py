"""A document alone makes a vendor: what it says is taken, what it does not say is not made up, and both are told."""

from pathlib import Path
from typing import Any

import pytest

from tests.tidegate.openapi.test_document import REAL
from tidegate.openapi.document import Document
from tidegate.vendor.presumed.presumed_facts import NOWHERE, presumed
from tidegate.vendor.vendor import Facts


def facts(**root: Any) -> tuple[Facts, str]:
    assumed = presumed(Document({"openapi": "3.0.3", "paths": {}, **root}, "a.json"))
    return assumed.vendor.facts, "\n".join(assumed.notes)


@pytest.mark.parametrize("name", REAL)
def test_every_real_document_makes_a_vendor(specs: Path, name: str) -> None:
    assumed = presumed(Document.load(specs / name))
    assert assumed.vendor.facts.base_url.startswith("https://")
    assert len(assumed.notes) >= 4


def test_a_document_that_says_nothing_needs_nothing() -> None:
    assumed, note = facts()
    assert assumed.base_url == NOWHERE
    assert assumed.auth.optional
    assert (assumed.limits, assumed.idempotency, assumed.versioning) == ((), None, None)
    assert "none is described, so none is needed" in note
    assert "none is enforced" in note


def test_the_vendor_is_called_by_the_document_s_title() -> None:
    for title, name in (("The Shop API (v2)", "the-shop-api-v2"), ("3D", "vendor"), ("", "vendor"), (None, "vendor")):
        assumed = presumed(Document({"openapi": "3.0.3", "paths": {}, "info": {"title": title}}))
        assert assumed.vendor.vendor == name


@pytest.mark.parametrize(
    ("server", "address", "note"),
    [
        ("https://a.example/v1", "https://a.example/v1", "base path /v1: requests may carry it or not"),
        ("https://a.example/", "https://a.example/", "no base path"),
        ("/v1", NOWHERE, "base path /v1"),
        ("https://{tenant}.example", NOWHERE, "no base path"),
    ],
)
def test_the_address_is_the_first_server_s(server: str, address: str, note: str) -> None:
    assumed, notes = facts(servers=[{"url": server}])
    assert assumed.base_url == address
    assert note in notes


def test_header_parameters_tell_of_keys_and_versions() -> None:
    def header(name: str, **schema: Any) -> dict[str, Any]:
        return {"name": name, "in": "header", "schema": {"type": "string", **schema}}

    listed = [header("Idempotency-Key"), header("Shop-Version", enum=["2024-01-01", "2025-01-01"])]
    assumed, note = facts(paths={"/a": {"post": {"parameters": listed}, "get": {}}})
    assert assumed.idempotency is not None
    assert (assumed.idempotency.header, assumed.idempotency.methods) == ("Idempotency-Key", ("POST",))
    assert assumed.versioning is not None
    assert (assumed.versioning.header, assumed.versioning.pin) == ("Shop-Version", "2025-01-01")
    assert "remembered for a day" in note


def test_a_429_is_counted_and_no_number_is_made_up() -> None:
    assumed, note = facts(paths={"/a": {"get": {"responses": {"429": {}}}, "put": {"responses": {}}}})
    assert assumed.limits == ()
    assert "429 is described for 1 of 2 operations" in note


def test_reads_that_consume_forms_are_taken_by_post_too() -> None:
    form = {"get": {"consumes": ["application/x-www-form-urlencoded"]}}
    plain: dict[str, Any] = {"get": {}}
    assumed, note = facts(swagger="2.0", paths={"/a": form, "/b": plain})
    assert assumed.get_or_post
    assert "POST does the same" in note
    assert not facts(swagger="2.0", paths={"/a": form, "/b": plain, "/c": plain})[0].get_or_post
    assert not facts(paths={"/a": {"get": {"consumes": None}}})[0].get_or_post


def test_the_kind_below_which_nearly_all_lies_is_there_before_it_is_asked_for() -> None:
    below: dict[str, Any] = {f"/v1/Accounts/{{id}}/a{number}": {"get": {}} for number in range(20)}
    assumed, note = facts(paths={**below, "/v1/Accounts.json": {"get": {}}})
    assert assumed.resources.objects["Accounts"].always
    assert "20 of 21 operations lie below one of Accounts" in note
    others: dict[str, Any] = {f"/v1/b{number}": {"get": {}} for number in range(5)}
    for paths in ({**below, **others}, dict([*below.items()][:9])):
        assert not facts(paths=paths)[0].resources.objects
