"""Names in an expression lead to fields, and to those of the entry that a variable stands for."""

import pytest

from tests.simulator.small_vendor import TEXT, SmallVendor, collection, fields, listed
from tidegate.simulator.storage.filters.expression_fields import ExpressionFields
from tidegate.simulator.storage.filters.joined_conditions import Presence, UnfollowedError

PET = fields("id", id=TEXT, name=TEXT, owner=fields(city=TEXT), tags=listed(TEXT), about={"type": "object"})


def test_a_name_leads_to_a_field_and_inside_parts() -> None:
    vendor = SmallVendor(collection(PET, listed(PET), PET))
    kind, named = vendor.kind("pets"), ExpressionFields(vendor.document)
    assert named.field(kind, "Name") == ("name", ("string",))
    assert named.field(kind, "owner/city") == ("owner.city", ("string",))
    assert named.has(kind, "about", "x") == Presence("about.x")
    with pytest.raises(UnfollowedError):
        named.field(kind, "nothing")


def test_a_variable_stands_for_an_entry() -> None:
    vendor = SmallVendor(collection(PET, listed(PET), PET))
    named = ExpressionFields(vendor.document)
    entry = named.entries(vendor.kind("pets"), "tags")
    named.variable = "t"
    assert named.field(entry, "t") == ("", ("string",))
    with pytest.raises(UnfollowedError):
        named.field(entry, "x")
