"""A prepared request says how its values change an object."""

import pytest

from tests.simulator.conftest import Play, facts
from tests.simulator.small_vendor import MERGE_PATCH, TEXT, collection, fields, listed
from tidegate.openapi.document import Document

OWN, MAYBE = {**TEXT, "readOnly": True}, {**TEXT, "nullable": True}
PET = fields("id", id=OWN, name=TEXT, note=MAYBE, part=fields(a=TEXT, b=TEXT))


@pytest.mark.parametrize(
    ("media", "body", "expected"),
    [
        (MERGE_PATCH, '{"name": null, "part": {"b": null}}', {"part": {"a": "1"}}),
        ("application/json", '{"name": "", "part": {"b": "3"}}', {"name": "", "part": {"b": "3"}}),
        ("application/x-www-form-urlencoded", "note=", {"note": None}),
    ],
)
async def test_the_media_type_says_how_values_change_an_object(
    play: Play, media: str, body: str, expected: dict[str, object]
) -> None:
    paths = collection(PET, listed(PET), PET)
    change = paths["/pets/{id}"]["patch"]["requestBody"]["content"]
    nullable = fields(name=MAYBE, note=TEXT, part=fields(a=TEXT, b=MAYBE))
    change.clear()
    change[media] = {"schema": nullable}
    plain = {"envelope": "", "ours": {}}
    vendor = await play(facts(errors=plain), served=Document({"openapi": "3.0.3", "paths": paths}, "pets"))
    sent = '{"name": "Ada", "note": "n", "part": {"a": "1", "b": "2"}}'
    made = (await vendor.ask("POST", "/pets", sent, Content_Type="application/json"))[1]
    status, changed = await vendor.ask("PATCH", f"/pets/{made['id']}", body, Content_Type=media)
    whole = {**made, **expected}
    if media == MERGE_PATCH:
        del whole["name"]
    assert (status, changed) == (200, whole)
