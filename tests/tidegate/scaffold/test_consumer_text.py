"""The test that is written expects what the rehearsal saw: success, refusal, a lost answer."""

from dataclasses import replace

from tidegate.scaffold.adapter_text import AdapterNames
from tidegate.scaffold.consumer_text import consumer_text
from tidegate.scaffold.new_vendor import NewVendor

NAMES = AdapterNames("parcels")


def test_there_is_a_test_for_each_call_and_each_kind_of_failure(parcels: NewVendor) -> None:
    text = next(parcels.folder.glob("test_*.py")).read_text()
    for name in (
        "list_parcels_is_sent_once_and_its_answer_read",
        "a_vendor_that_throttles_is_told_apart",
        "a_vendor_that_is_away_is_told_apart",
        "send_parcel_is_done_although_an_answer_is_lost",
        "change_parcel_is_never_sent_twice",
        "the_scenario_is_survived",
    ):
        assert f"def test_{name}() -> None:" in text, name
    assert 'parcel_id = sandbox.given("a parcels exists", depotId=depot_id)["id"]' in text
    assert 'sandbox.received("SendParcel", times=1, body={"weight":' in text


def test_a_call_that_was_refused_is_expected_to_be(parcels: NewVendor) -> None:
    refused = replace(parcels.calls[0], failure="Rejected", says="no")
    text = consumer_text(NAMES, "spec.json", [refused], frozenset())
    assert "with pytest.raises(Rejected):" in text
    assert "the_scenario_is_survived" not in text
    compile(text, "refused", "exec")


def test_a_write_that_may_be_carried_out_later_is_accepted(parcels: NewVendor) -> None:
    [write] = [one for one in parcels.calls if one.call.name == "send_parcel"]
    text = consumer_text(NAMES, "spec.json", [write], frozenset({"SendParcel"}))
    assert "assert isinstance(answer, Deferred)" in text
    assert 'key=f"order-{second}"' in text


def test_a_write_that_goes_again_and_stays_unknown_is_told_as_one(parcels: NewVendor) -> None:
    [write] = [one for one in parcels.calls if one.call.name == "change_parcel"]
    text = consumer_text(NAMES, "spec.json", [replace(write, sent_once=False)], frozenset())
    assert "def test_change_parcel_is_unknown_where_an_answer_is_lost() -> None:" in text
    assert 'sandbox.received("ChangeParcel")' in text


def test_names_that_python_does_not_take_are_packed(parcels: NewVendor) -> None:
    [read] = [one for one in parcels.calls if one.call.name == "get_parcel"]
    depot, parcel = read.objects
    odd = replace(read, objects=(depot, replace(parcel, around=(("depot-id", "depot_id"),))))
    assert '**{"depot-id": depot_id}' in consumer_text(NAMES, "spec.json", [odd], frozenset())
