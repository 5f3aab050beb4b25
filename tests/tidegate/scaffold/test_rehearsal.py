"""A rehearsal says what a call comes to: with the objects it needs, without, refused, and with its answer lost."""

from dataclasses import replace
from pathlib import Path

from tests.tidegate.scaffold.conftest import answers, written
from tidegate.scaffold.adapter_text import AdapterNames
from tidegate.scaffold.new_vendor import NewVendor, create_vendor
from tidegate.scaffold.rehearsal import rehearse


def test_it_tells_success_from_refusal(parcels: NewVendor) -> None:
    calls = {one.call.name: one.call for one in parcels.calls}
    wrong = [replace(one, sample=-1) if one.place == "body" else one for one in calls["send_parcel"].arguments]
    lost = replace(calls["get_parcel"], objects=())
    done, refused, unknown = rehearse(
        parcels.folder,
        AdapterNames("parcels", "X-Parcel-Key"),
        [calls["send_parcel"], replace(calls["send_parcel"], arguments=tuple(wrong)), lost],
    )
    assert (done.failure, done.survives_loss, [one.argument for one in done.objects]) == ("", True, ["depot_id"])
    assert (refused.failure, refused.survives_loss) == ("Rejected", None)
    assert unknown.failure, "there is no such parcel"
    assert unknown.objects == ()


def test_a_write_that_is_never_resent_does_not_survive_a_lost_answer(parcels: NewVendor) -> None:
    assert {one.call.name: one.survives_loss for one in parcels.calls if one.survives_loss is not None} == {
        "send_parcel": True,
        "change_parcel": False,
    }


def test_a_delete_is_sent_again_and_stays_unknown_where_the_document_knows_of_404(tmp_path: Path) -> None:
    pet = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    gone = {"204": {"description": "gone"}, "404": {"description": "unknown"}}
    made = {"201": {"content": {"application/json": {"schema": {"properties": {"id": {"type": "string"}}}}}}}
    document = {
        "openapi": "3.0.3",
        "servers": [{"url": "https://pets.example"}],
        "paths": {
            "/pets": {"post": {"operationId": "MakePet", "responses": made}},
            "/pets/{id}": {"delete": {"operationId": "DropPet", "parameters": [pet], "responses": gone}},
        },
    }
    new = create_vendor(answers("pets", downtime_s=0.0, auth="bearer"), written(tmp_path, document), tmp_path / "out")
    [drop] = [one for one in new.calls if one.call.name == "drop_pet"]
    assert (drop.failure, drop.survives_loss, drop.sent_once) == ("", False, False)
    assert "drop_pet_is_unknown_where_an_answer_is_lost" in next(new.folder.glob("test_*.py")).read_text()
