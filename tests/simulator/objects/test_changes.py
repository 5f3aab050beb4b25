"""What the vendor file declares happens: fields that are set, and statuses that change by a verb or by themselves."""

import json

import pytest

from tests.simulator.conftest import Play
from tests.simulator.houses import WALL, Street
from tests.simulator.small_vendor import JSON, SWITCH, TEXT, SmallVendor, collection, fields, listed, operation
from tidegate.openapi.document import Document
from tidegate.simulator.answer.errors import VendorError


def test_a_verb_without_a_declaration_leads_to_the_status_of_its_name() -> None:
    street = Street()
    made = street.ask("POST /houses").body
    assert made["status"] == "open"
    assert street.ask("POST /houses/{id}/cancel", id=made["id"]).body["status"] == "canceled"


def test_a_declared_transition_begins_only_where_it_may() -> None:
    declared = {"action": "cancel", "since": ["open"], "set": {"status": "sold", "note": "left at {now}"}}
    street = Street(objects={"houses": {"transitions": [declared]}})
    made = street.ask("POST /houses").body
    assert street.ask("POST /houses/{id}/cancel", id=made["id"]).body["status"] == "sold"
    with pytest.raises(VendorError, match="its status is sold, and must be open") as refused:
        street.ask("POST /houses/{id}/cancel", id=made["id"])
    assert refused.value.reason == "unexpected-state"


def test_a_declared_transition_comes_by_itself_and_only_from_its_status() -> None:
    steps = [{"after": "2s", "since": ["open"], "set": {"status": "sold"}}]
    street = Street(objects={"houses": {"transitions": steps}})
    unchanged, changed = (street.ask("POST /houses").body["id"] for _ in range(2))
    street.ask("PATCH /houses/{id}", {"status": "canceled"}, id=changed)
    assert [delay_s for delay_s, _ in street.timers] == [2.0, 2.0]
    for _, ring in street.timers:
        ring()
    statuses = [street.ask("GET /houses/{id}", id=house).body["status"] for house in (unchanged, changed)]
    assert statuses == ["sold", "canceled"]


def test_a_transition_of_the_operation_that_makes_an_object_is_made_with_it() -> None:
    declared = {"action": "POST /houses", "when": {"/name": "A"}, "set": {"status": "sold"}}
    street = Street(objects={"houses": {"transitions": [declared]}})
    assert [street.ask("POST /houses", {"name": name}).body["status"] for name in "AB"] == ["sold", "open"]


def test_fields_that_the_vendor_sets_are_made_of_others() -> None:
    street = Street(objects={"houses": {"set": {"note": "{name} of {id}"}}})
    made = street.ask("POST /houses", {"name": "A"}).body
    assert made["note"] == f"A of {made['id']}"


def test_moments_are_written_in_the_fields_own_way_and_move_with_a_change() -> None:
    street = Street()
    made = street.ask("POST /houses").body
    assert made["created_at"] == made["updated_at"] == "2025-01-01T00:00:01Z"
    assert WALL == 1_735_689_600
    changed = street.ask("PATCH /houses/{id}", {"name": "B"}, id=made["id"]).body
    assert (changed["created_at"], changed["updated_at"]) == ("2025-01-01T00:00:01Z", "2025-01-01T00:00:02Z")


def test_an_operation_of_any_path_can_be_declared() -> None:
    operations = {"POST /rpc.houses.shut": {"does": "act", "id": "which", "set": {"status": "sold"}}}
    street = Street(objects={"houses": {"operations": operations}})
    made = street.ask("POST /houses").body
    assert street.ask("POST /rpc.houses.shut", {"which": made["id"]}).body["status"] == "sold"
    assert street.ask("GET /houses/{id}", id=made["id"]).body["status"] == "sold"


def test_an_action_by_its_name_sets_switches_moments_and_status_and_its_opposite_takes_them_back() -> None:
    moment = {"type": "string", "format": "date-time", "nullable": True}
    state = {"type": "string", "enum": ["active", "archived", "CLOSED"]}
    pet = fields(
        "id", "state", id={**TEXT, "readOnly": True}, state=state, isArchived=SWITCH, archived_at=moment, locked=SWITCH,
        lockedBy=TEXT,
    )  # fmt: skip
    named = {"name": "id", "in": "path", "required": True, "schema": TEXT}
    paths = collection(pet, listed(pet), fields())
    for action in ("archive", "unarchive", "close"):
        paths[f"/pets/{{id}}/{action}"] = {"post": operation(pet, None, named)}
    put, delete = operation(None, fields(lockedBy=TEXT), named, status=204), operation(None, None, named, status=204)
    paths["/pets/{id}/lock"] = {"put": put, "delete": delete}
    vendor = SmallVendor(paths)
    at = f"/pets/{vendor.made('/pets', {})['id']}"
    done = vendor.ask("POST", f"{at}/archive").body
    assert (done["state"], done["isArchived"]) == ("archived", True)
    assert done["archived_at"].startswith("2025-01-01T00:00:0")
    undone = vendor.ask("POST", f"{at}/unarchive").body
    assert (undone["state"], undone["isArchived"], undone["archived_at"]) == ("active", False, None)
    assert vendor.ask("POST", f"{at}/close").body["state"] == "CLOSED"
    vendor.ask("PUT", f"{at}/lock", {"lockedBy": "Ada"})
    assert (vendor.read(at)["locked"], vendor.read(at)["lockedBy"]) == (True, "Ada")
    vendor.ask("DELETE", f"{at}/lock")
    assert vendor.read(at)["locked"] is False


JOB = fields("id", "status", id={**TEXT, "readOnly": True}, status={"enum": ["queued", "done", "canceled"]}, name=TEXT)


@pytest.mark.parametrize(
    ("status", "sent", "after", "then"),
    [
        (202, {"name": "a"}, 1.9, "queued"),
        (202, {"name": "a"}, 2.1, "done"),
        (202, {"status": "queued"}, 2.1, "queued"),  # it is the client's word
        (201, {"name": "a"}, 2.1, "queued"),
    ],
)
async def test_what_was_only_accepted_is_done_a_little_later(
    play: Play, status: int, sent: dict[str, str], after: float, then: str
) -> None:
    paths = {
        "/jobs": {"post": operation(JOB, fields(name=TEXT, status=TEXT), status=status)},
        "/jobs/{id}": {"get": operation(JOB), "patch": operation(JOB, fields(status=TEXT))},
    }
    vendor = await play(served=Document({"openapi": "3.1.0", "paths": paths}))
    jobs = [(await vendor.ask("POST", "/jobs", json.dumps(sent), Content_Type=JSON))[1] for _ in range(2)]
    assert {job["status"] for job in jobs} == {"queued"}
    await vendor.ask("PATCH", f"/jobs/{jobs[1]['id']}", '{"status": "canceled"}', Content_Type=JSON)
    await vendor.world.advance(after)
    read = [(await vendor.ask("GET", f"/jobs/{job['id']}"))[1]["status"] for job in jobs]
    assert read == [then, "canceled"]


@pytest.mark.parametrize(
    ("words", "by_the_app", "read"),
    [
        (["in_progress", "completed", "failed"], None, "completed"),
        (["pending", "completed"], None, "pending"),
        (["in_progress", "completed"], "post", "in_progress"),  # apps say how it goes
        (["in_progress", "completed"], "patch", "in_progress"),
        (["in_progress", "cancelled"], None, "in_progress"),
    ],
)
async def test_what_a_vendor_says_to_be_at_work_on_is_done_a_little_later(
    play: Play, words: list[str], by_the_app: str | None, read: str
) -> None:
    run = fields("id", "status", id={**TEXT, "readOnly": True}, status={"enum": words}, name=TEXT)
    sent = {
        method: fields(name=TEXT, **({"status": TEXT} if by_the_app == method else {})) for method in ("post", "patch")
    }
    paths = {
        "/runs": {"post": operation(run, sent["post"], status=201)},
        "/runs/{id}": {"get": operation(run), "patch": operation(run, sent["patch"])},
    }
    vendor = await play(served=Document({"openapi": "3.1.0", "paths": paths}))
    made = (await vendor.ask("POST", "/runs", '{"name": "a"}', Content_Type=JSON))[1]
    await vendor.world.advance(2.1)
    assert (made["status"], (await vendor.ask("GET", f"/runs/{made['id']}"))[1]["status"]) == (words[0], read)


async def test_what_is_being_cancelled_is_cancelled_a_little_later(play: Play) -> None:
    run = fields(
        "id", "status", id={**TEXT, "readOnly": True}, status={"enum": ["draft", "cancelling", "cancelled", "done"]}
    )
    paths = {
        "/runs": {"post": operation(run, fields(), status=201)},
        "/runs/{id}": {"get": operation(run)},
        "/runs/{id}/cancel": {"post": operation(run)},
    }
    vendor = await play(served=Document({"openapi": "3.1.0", "paths": paths}))
    at = f"/runs/{(await vendor.ask('POST', '/runs', '{}', Content_Type=JSON))[1]['id']}"
    assert (await vendor.ask("POST", f"{at}/cancel"))[1]["status"] == "cancelling"
    await vendor.world.advance(2.1)
    assert (await vendor.ask("GET", at))[1]["status"] == "cancelled"
