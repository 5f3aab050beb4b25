"""TG008: personal data that goes to a named region, and only where it may."""

from collections.abc import Iterator

from tidegate.check.judged_vendor import listed
from tidegate.configfile.rule import Breach, rule
from tidegate.vendor.vendor import Vendor


@rule("TG008", "personal data names its region and whether it may leave", Vendor)
def check_personal_data(vendor: Vendor) -> Iterator[Breach]:
    """The region is written, and each field of personal data may leave to it."""
    facts, data = vendor.facts, vendor.policy.data
    if not facts.personal_data:
        return
    if not facts.region:
        text = "personal data is sent, but not where to; write region: the place where the vendor keeps it"
        yield Breach(("facts", "region"), text, (("facts", "personal_data"),))
        return
    retained = [field for field in facts.personal_data if data is None or field not in data.may_leave]
    if retained and (data is None or data.otherwise is None):
        text = f"{listed(retained)} may not leave to {facts.region}; list it here, or send it to nobody"
        yield Breach(("policy", "data", "may_leave"), text, (("facts", "personal_data"),))
