"""What was deleted comes back by an action that restores, with all that it had, where the document has one."""

import pytest

from tests.simulator.small_vendor import SWITCH, TEXT, SmallVendor, collection, fields, listed, operation
from tidegate.simulator.answer.errors import VendorError

STATES = {"type": "string", "enum": ["draft", "active", "deleted"]}
PET = fields(
    "id", id={**TEXT, "readOnly": True}, name=TEXT, deleted=SWITCH, deletedAt={**TEXT, "nullable": True}, state=STATES
)


@pytest.mark.parametrize("way", ["/restore", ":undelete"])
def test_what_was_deleted_is_gone_until_it_is_restored(way: str) -> None:
    paths = {**collection(PET, listed(PET), PET), f"/pets/{{id}}{way}": {"post": operation(PET)}}
    vendor = SmallVendor({**paths, "/": {"get": operation(TEXT)}})
    made = vendor.made("/pets", {"name": "Ada", "deleted": False, "deletedAt": None, "state": "active"})
    at = f"/pets/{made['id']}"
    for _ in range(2):
        vendor.ask("DELETE", at)
        assert vendor.read("/pets") == []
        with pytest.raises(VendorError):
            vendor.read(at)
        assert vendor.ask("POST", at + way).body == made
        assert vendor.read("/pets") == [vendor.read(at)] == [made]
    with pytest.raises(VendorError):
        vendor.ask("POST", f"/pets/nobody{way}")


def test_what_is_there_again_is_not_replaced_by_what_was_deleted() -> None:
    paths = {**collection(PET, listed(PET), PET), "/pets/{id}/restore": {"post": operation(PET)}}
    vendor = SmallVendor(paths)
    vendor.ask("PUT", "/pets/a", {"name": "old"})
    vendor.ask("DELETE", "/pets/a")
    vendor.ask("PUT", "/pets/a", {"name": "new"})
    vendor.ask("POST", "/pets/a/restore")
    assert vendor.read("/pets/a")["name"] == "new"


def test_nothing_is_kept_where_nothing_restores() -> None:
    paths = {**collection(PET, listed(PET), PET), "/pets/{id}/publish": {"post": operation(PET)}}
    vendor = SmallVendor(paths)
    made = vendor.made("/pets", {"name": "Ada"})
    vendor.ask("DELETE", f"/pets/{made['id']}")
    assert vendor.service.resources.all() == {}
    with pytest.raises(VendorError):
        vendor.ask("POST", f"/pets/{made['id']}/publish")
