"""Tests of tidegate.proxy.desk.vendor_terms, on a proxy's own upstream."""

from pathlib import Path
from typing import Any

from tests.proxy.town import VENDOR, Town, play
from tidegate.proxy.desk.vendor_terms import VendorTerms, terms_of
from tidegate.proxy.policies.delivery.replay_pace import RATE_UNKNOWN_PER_S


def terms(folder: Path, operation: str, **changes: Any) -> VendorTerms:
    async def story(town: Town) -> VendorTerms:
        upstream = town.proxy.upstreams["things"]
        return terms_of(upstream, town.proxy.gateway.plan("things", operation))

    return play(folder, [], story, **changes)


def test_the_terms_are_those_of_the_vendor_file(tmp_path: Path) -> None:
    facts = {**VENDOR["facts"], "personal_data": ["/email"]}
    policy = {**VENDOR["policy"], "data": {"may_leave": ["/email"]}}
    assert terms(tmp_path, "PostThings", facts=facts, policy=policy) == VendorTerms(
        ("/email",), 100.0, 86_400.0, 82_800.0, pace="account"
    )


def test_a_limit_that_is_found_by_trying_is_the_one_of_this_moment(tmp_path: Path) -> None:
    facts = {name: value for name, value in VENDOR["facts"].items() if name != "limits"}
    assert terms(tmp_path, "PostThings", facts=facts).rate_per_s == 10.0


def test_what_is_not_served_has_careful_terms(tmp_path: Path) -> None:
    assert terms(tmp_path, "PostNothing") == VendorTerms((), RATE_UNKNOWN_PER_S, 0.0)
    assert terms_of(None, None) == VendorTerms()
