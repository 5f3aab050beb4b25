"""An identifier with a format has its form, and is its own."""

import pytest

from tests.simulator.small_vendor import SmallVendor, collection, fields, listed
from tidegate.openapi.validator import format_check
from tidegate.values.formed_identifiers import formed
from tidegate.values.value_generator import ValueGenerator


@pytest.mark.parametrize("form", ["ipv4", "ipv6", "email", "hostname", "uri", "date", "date-time"])
def test_identifiers_have_their_form_and_differ(form: str) -> None:
    generator = ValueGenerator(1, SmallVendor({}).document.schemas)
    made = [formed(form, generator.pick(f"n{n}")) for n in range(50)]
    fits = format_check(form)
    assert all(fits(str(identifier)) for identifier in made)
    assert len(set(made)) > 48
    assert formed("colour", generator.pick("n")) is None


def test_an_object_is_found_by_the_address_that_the_vendor_gave_it() -> None:
    shape = fields("ip", ip={"type": "string", "format": "ipv4", "readOnly": True})
    vendor = SmallVendor(collection(shape, listed(shape), fields(), path="/ips", item="/{ip}"))
    made = [vendor.made("/ips", {}) for _ in range(40)]
    assert [vendor.read(f"/ips/{one['ip']}") for one in made] == made
