"""A file is played with its own facts and policy, less what a virtual world lacks, and tight for a search."""

from pathlib import Path

import pytest

from tests.chaos.kiosk import kiosk
from tidegate.chaos.play.cast.vendor_files import calm, fixtures_of, open_door, played, tight
from tidegate.policy.bulkhead import Bulkhead
from tidegate.problems import UsageError
from tidegate.vendor.signing_facts import HmacSigning
from tidegate.vendor.vendor import Limit

LIMIT = Limit.model_validate({"name": "tight", "rate": "4/s", "burst": 3})


def test_a_signature_becomes_a_key_and_all_else_stays(tmp_path: Path) -> None:
    loaded = kiosk(tmp_path)
    signing = loaded.vendor.facts.auth.model_copy(update={"scheme": "hmac", "hmac": HmacSigning(text="{body}")})
    facts = loaded.vendor.facts.model_copy(update={"auth": signing})
    signed = type(loaded)(loaded.vendor.model_copy(update={"facts": facts}), loaded.path)
    auth = played(signed).vendor.facts.auth
    assert (auth.scheme, auth.header, auth.hmac) == ("bearer", "Authorization", None)
    assert played(loaded).vendor.facts.auth.header == "X-Kiosk-Key"
    assert played(loaded).vendor.policy == loaded.vendor.policy
    assert played(loaded).vendor.facts.limits == loaded.vendor.facts.limits


def test_an_open_door_keeps_its_limits_and_a_calm_vendor_has_none(tmp_path: Path) -> None:
    loaded = kiosk(tmp_path)
    assert open_door(loaded).vendor.facts.auth.optional
    assert open_door(loaded).vendor.facts.limits == loaded.vendor.facts.limits
    assert calm(loaded).vendor.facts.limits == ()


def test_a_tight_vendor_has_the_limit_the_places_and_the_hints_that_were_drawn(tmp_path: Path) -> None:
    loaded, places = kiosk(tmp_path), Bulkhead(concurrent=3)
    drawn = tight(loaded, LIMIT, places, hints=False).vendor
    assert (drawn.facts.limits, drawn.policy.bulkhead, drawn.facts.errors.retry_hint) == ((LIMIT,), places, None)
    other = tight(loaded, LIMIT, None, hints=True).vendor
    assert (other.policy, other.facts.errors) == (loaded.vendor.policy, loaded.vendor.facts.errors)


def test_fixtures_are_those_that_the_file_names(tmp_path: Path) -> None:
    loaded = kiosk(tmp_path)
    assert fixtures_of(loaded) == {}
    resources = loaded.vendor.facts.resources.model_copy(update={"fixtures": "own.json"})
    facts = loaded.vendor.facts.model_copy(update={"resources": resources})
    named = type(loaded)(loaded.vendor.model_copy(update={"facts": facts}), loaded.path)
    with pytest.raises(UsageError, match=r"own\.json"):
        fixtures_of(named)
    (loaded.path.parent / "own.json").write_text('{"resources": {"ticket": {"holder": "Ada"}}}', encoding="utf-8")
    assert fixtures_of(named) == {"ticket": {"holder": "Ada"}}
