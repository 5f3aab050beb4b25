"""What is asked for is there, and what a vendor refuses on a calm day is known with its own words."""

from pathlib import Path
from typing import Any

from tests.chaos.kiosk import DOCUMENT, DRAWABLE, kiosk, kiosk_cast
from tidegate.chaos.apps.cast import cast_of
from tidegate.chaos.play.cast.preparation import prepared, rehearsed
from tidegate.openapi.document import Document
from tidegate.scenario.load import GivenRequest


def test_what_the_vendor_carries_out_is_kept(tmp_path: Path) -> None:
    cast = rehearsed(kiosk_cast(tmp_path))
    assert {source.name for source in cast.vendors["kiosk"].sources} == DRAWABLE
    assert cast.undrawn == {}


def test_what_it_refuses_is_named_with_its_reason(tmp_path: Path) -> None:
    given = {"wrong": GivenRequest(operation="sellTicket", body={"seats": 99})}
    cast = rehearsed(kiosk_cast(tmp_path, given=given))
    assert {source.name for source in cast.vendors["kiosk"].sources} == DRAWABLE
    assert cast.undrawn["kiosk wrong"].startswith("4")
    assert len(cast.undrawn) == 1


def test_each_removal_has_a_thing_of_its_own(tmp_path: Path) -> None:
    cast, wanted = kiosk_cast(tmp_path), [("kiosk", "returnTicket")] * 8 + [("kiosk", "showTicket")] * 30
    ready = prepared(cast, wanted, 1)
    removed = [names["id"] for names in ready.names[:8]]
    assert len({*removed}) == 8
    assert {names["id"] for names in ready.names[8:]}.isdisjoint(removed)
    again = prepared(cast, wanted, 1)
    assert again.names == ready.names


def test_a_document_that_is_unsound_in_one_operation_costs_that_one(tmp_path: Path) -> None:
    broken: dict[str, Any] = {**DOCUMENT, "paths": {**DOCUMENT["paths"], "/lost": {"post": {
        "operationId": "lost", "responses": {"200": {"description": ""}},
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/nowhere"}}}},
    }}}}  # fmt: skip
    loaded = kiosk(tmp_path, document=broken)
    cast = rehearsed(cast_of([(loaded, Document.load(loaded.document_path))], {}))
    assert {source.name for source in cast.vendors["kiosk"].sources} == DRAWABLE
    assert [*cast.undrawn] == ["kiosk lost"]
