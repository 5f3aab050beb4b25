"""The region of an address is what somebody wrote of it, and an operation without rules has no terms."""

from pathlib import Path

import pytest

from tests.proxy.examples import plan
from tests.tidegate.files import put
from tidegate.configfile.units import SecretRef
from tidegate.policy.data import Data
from tidegate.proxy.policies.residency.residency_rules import ResidencyRules, ResidencyWatch
from tidegate.proxy.policies.residency.vendor_residency import (
    NO_RESIDENCY,
    VendorResidency,
    region_of,
    token_keys,
)
from tidegate.vendor.vendor_file import load_vendor


@pytest.mark.parametrize(
    ("address", "written", "region"),
    [
        ("https://api.shop.com/v1", None, "us"),
        ("https://API.shop.com", None, "us"),
        ("https://eu.shop.com", None, "eu"),
        ("http://127.0.0.1:9000", None, ""),
        ("http://127.0.0.1:9000", "eu", "eu"),
        ("https://eu.shop.com.evil.com", None, ""),
    ],
)
def test_the_region_of_an_address(tmp_path: Path, address: str, written: str | None, region: str) -> None:
    facts = load_vendor(put(tmp_path)).vendor.facts
    facts = facts.model_copy(
        update={"base_url": "https://api.shop.com", "region": "us", "hosts": {"eu.shop.com": "eu"}}
    )
    assert region_of(facts, address, written) == region


def test_an_operation_has_terms_where_there_is_a_rule_about_it() -> None:
    drop = Data(otherwise="drop")
    assert NO_RESIDENCY.terms(plan(), ("/email",)) is None
    assert NO_RESIDENCY.terms(plan(data=drop), ()) is None
    assert NO_RESIDENCY.terms(plan(data=drop), ("/email",)) is not None
    ruled = VendorResidency(ResidencyWatch(ResidencyRules(())), "us")
    terms = ruled.terms(plan(), ())
    assert terms is not None
    assert terms.region == "us"
    own = ruled.terms(plan(data=Data(region="eu")), ())
    assert own is not None
    assert own.region == "eu"


def test_every_key_of_tokens_is_read_once() -> None:
    data = Data.model_validate({"otherwise": "tokenise", "token_key": "env:A"})
    assert token_keys(data, [None, data, Data()]) == [SecretRef("env", "A")]
