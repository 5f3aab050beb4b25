"""Calls share a count where they share its name."""

import pytest

from tests.proxy.examples import plan
from tidegate.proxy.permits.limit_names import app_of, owned, shared
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


@pytest.mark.parametrize("scope", ["credential", "operation", "account", "app"])
def test_the_app_of_a_count_is_known_by_its_name(scope: Scope) -> None:
    name = shared("calls for free", scope, plan(operation="GetThing"), "web", "")
    assert app_of(name, "calls for free") == ("web" if scope == "app" else "")
