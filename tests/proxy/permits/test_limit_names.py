"""Calls share a count where they share its name."""

import pytest

from tests.proxy.examples import plan
from tidegate.proxy.permits.limit_names import owned, shared
from tidegate.vendor.facts import Scope


@pytest.mark.parametrize(
    ("scope", "name"),
    [
        ("credential", "account of eu"),
        ("operations", "account of eu"),
        ("operation", "account GetThing of eu"),
        ("account", "account"),
        ("app", "account for web"),
    ],
)
def test_each_member_of_a_pool_has_a_count_of_its_own_but_for_what_the_account_and_apps_share(
    scope: Scope, name: str
) -> None:
    assert shared("account", scope, plan(operation="GetThing"), "web", "eu") == name


def test_the_only_credential_of_a_vendor_needs_no_name() -> None:
    assert shared("account", "credential", plan(), "web") == owned("account", "") == "account"
