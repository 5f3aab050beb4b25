"""The adapter is plain mapping code: typed methods, and each field by its name."""

import re

from tests.tidegate.scaffold.conftest import COFFEE, PARCELS, shapes_of
from tidegate.scaffold.adapter_text import AdapterNames, adapter_text
from tidegate.scaffold.new_vendor import NewVendor


def adapter(document: object, names: list[str], later: frozenset[str] = frozenset()) -> str:
    loaded, shapes = shapes_of(document)
    calls = [shapes.of(loaded.operations[name]) for name in names]
    return adapter_text(AdapterNames("parcels-eu", "X-Parcel-Key"), "spec.json", calls, later)


def test_names_follow_the_vendor() -> None:
    names = AdapterNames("parcels-eu")
    assert (names.module, names.class_name) == ("parcels_eu_adapter", "ParcelsEuAdapter")


def test_a_write_takes_a_key_and_what_the_document_leaves_free() -> None:
    text = adapter(PARCELS, ["SendParcel"])
    assert re.search(r"async def send_parcel\(\s+self, depot_id: str, \*, weight: int, key: str, more: Mapping", text)
    assert 'document={**(more or {}), "weight": weight}' in text
    assert "f\"/depots/{segment(depot_id, field='depot_id')}/parcels\"" in text
    assert 'token, key_header="X-Parcel-Key")' in text


def test_a_write_that_may_be_carried_out_later_says_so() -> None:
    assert "-> Parcels | Deferred:" in adapter(PARCELS, ["SendParcel"], frozenset({"SendParcel"}))
    assert "-> Deferred | None:" in adapter(PARCELS, ["DropParcel"], frozenset({"DropParcel"}))
    assert "Deferred" not in adapter(PARCELS, ["SendParcel"])


def test_a_list_in_the_query_and_a_whole_body() -> None:
    assert 'query={"of": of}' in adapter(PARCELS, ["PrintLabel"])
    assert "document=content" in adapter(COFFEE, ["order/put"])


def test_braces_and_quotes_of_a_path_are_harmless() -> None:
    paths = {"/a'b\"c/{x}/d{y}.json": {"get": {"operationId": "odd", "responses": {"204": {"description": "x"}}}}}
    text = adapter({"openapi": "3.0.3", "paths": paths}, ["odd"])
    compile(text, "odd", "exec")


def test_what_was_written_imports_public_names_alone(parcels: NewVendor) -> None:
    text = (parcels.folder / "parcels_adapter.py").read_text()
    assert {line.split()[1] for line in text.splitlines() if line.startswith("from tidegate")} == {"tidegate.adapters"}
