"""A rehearsal says what a call comes to: with the objects it needs, without, refused, and with its answer lost."""

from dataclasses import replace

from tidegate.scaffold.adapter_text import AdapterNames
from tidegate.scaffold.new_vendor import NewVendor
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
