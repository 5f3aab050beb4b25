"""A name in a vendor file that means nothing in the document is told with the nearest one."""

from typing import Any

import pytest

from tests.simulator.conftest import facts
from tests.simulator.small_vendor import TEXT, SmallVendor, collection, fields, listed, query
from tidegate.problems import UsageError
from tidegate.simulator.control.vendor_names import kinds_left_out, unknown_kind, unmatched_names
from tidegate.simulator.fixture import Simulator

PET = fields("id", id=TEXT, name=TEXT)
PATHS = collection(PET, listed(PET), PET)


HOOKS = {"scheme": "standard", "secrets": ("env:X",), "backfill": "none, because this is a test"}


def mistakes(objects: dict[str, Any]) -> list[str]:
    vendor = facts(errors={"envelope": "", "ours": {}}, resources={"objects": objects})
    return unmatched_names(vendor.facts, SmallVendor(PATHS, facts={"objects": objects}).operations)


@pytest.mark.parametrize(
    ("objects", "told"),
    [
        ({"pest": {"always": True}}, "no kind of object is called 'pest'; did you mean pets?"),
        ({"x*": {"always": True}}, "no kind of object is called 'x*'; known here: pets"),
        ({"pets": {"operations": {"GET /pet": {"does": "list"}}}}, "no operation is called GET /pet; did you mean"),
        ({"pets": {"transitions": ({"action": "cancel", "set": {"name": "x"}},)}}, "no operation is called cancel"),
        ({"pets": {"references": {"name": "owner"}}}, "no kind of object is called 'owner'"),
        ({"pets": {"references": {"nam": "pets"}}}, "no field is called nam; did you mean name?"),
        ({"pets": {"id": "iid"}}, "facts.resources.objects.pets.id: no field is called iid; did you mean id?"),
        ({"pets": {"set": {"nmae": "x"}}}, "pets.set: no field is called nmae; did you mean name?"),
        ({"pets": {"within": {"owner": "/name"}}}, "pets.within: no parameter of the path is called owner"),
        ({"pets": {"operations": {"GET /pets": {"does": "list", "narrow": {"nam": "x"}}}}}, "no field is called nam"),
        ({"pest": {"path": "/pet/{id}"}}, "no kind of object is called 'pest'"),
    ],
)
def test_what_matches_nothing_is_told(objects: dict[str, Any], told: str) -> None:
    assert [told in one for one in mistakes(objects)] == [True]


def test_what_matches_is_right_and_a_path_elsewhere_in_the_api_is_left_out() -> None:
    elsewhere = {"owner": {"path": "/owners/of/everything/{id}", "always": True}}
    assert mistakes({"*": {"always": True}, "pets": {"prefix": "pet_"}, **elsewhere}) == []
    vendor = facts(errors={"envelope": "", "ours": {}}, resources={"objects": elsewhere})
    assert len(kinds_left_out(vendor.facts, SmallVendor(PATHS, facts={"objects": elsewhere}).operations)) == 1
    assert unknown_kind("zebra", SmallVendor(PATHS).operations).endswith("; known here: pets")


def test_a_pattern_holds_for_every_kind_and_a_name_says_otherwise() -> None:
    vendor = SmallVendor(PATHS, facts={"objects": {"*": {"always": True, "prefix": "x_"}, "pets": {"prefix": "pet_"}}})
    assert vendor.kind("pets").facts.prefix == "pet_"
    assert vendor.read("/pets/p1")["id"] == "p1"


def test_a_simulator_in_a_test_refuses_an_unknown_kind() -> None:
    with Simulator("warehouse") as vendor, pytest.raises(ValueError, match="no kind of object is called 'ordres'"):
        vendor.objects("ordres")


def test_a_simulator_does_not_start_with_names_that_mean_nothing(tmp_path: Any) -> None:
    scenario = tmp_path / "s.yaml"
    scenario.write_text("name: s\nfaults: [{kind: error, operations: [nope], from: 0s, for: 1s}]\n")
    with pytest.raises(UsageError, match="no operation is called nope"):
        Simulator("warehouse", scenario=scenario).start()


def test_an_operation_of_a_refusal_that_is_none_is_told() -> None:
    refusals = {"throttled": {"status": 200, "operations": ("GET /pet",)}}
    vendor = facts(errors={"envelope": "", "ours": {}, "refusals": refusals})
    (told,) = unmatched_names(vendor.facts, SmallVendor(PATHS).operations)
    assert "facts.errors.refusals.throttled.operations: no operation is called GET /pet; did you mean" in told


def test_parameters_of_pages_fields_of_requests_and_kinds_of_events_are_names_too() -> None:
    talk = {"most": ("/nmae",), "answer": {"id": "{id}"}}
    vendor = facts(
        errors={"envelope": "", "ours": {}},
        resources={"pages": {"by": "page", "parameter": "pag"}},
        conversations={"POST /pets": talk},
        webhooks={**HOOKS, "events": {"pest.created": "pet.born"}},
    )
    paths = collection(PET, listed(PET), PET, query("page", type="integer"))
    said = " | ".join(unmatched_names(vendor.facts, SmallVendor(paths).operations))
    assert "facts.resources.pages.parameter: no parameter is called pag; did you mean page?" in said
    assert "facts.conversations.POST /pets.most: the request has no field nmae; did you mean name?" in said
    assert "facts.webhooks.events.pest.created: no kind of object is called 'pest'; did you mean pets?" in said


@pytest.mark.parametrize("name", ["github", "gitlab", "openai", "shopify", "slack", "twilio"])
def test_vendor_files_that_are_shipped_name_what_is_there(name: str) -> None:
    with Simulator(name) as vendor:
        assert vendor.journal() == []
