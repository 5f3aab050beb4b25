"""Tests of tidegate.proxy.webhook_routes."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.durable.inbox_town import APP_SECRET, ENVIRON, SIGNING, loaded_vendors
from tidegate.problems import UsageError
from tidegate.proxy.config import Config
from tidegate.proxy.webhook_routes import route_flaws, webhook_routes

LOADED = loaded_vendors(("stripe", "anthropic"))
FACTS = {name: vendor.vendor.facts.webhooks for name, vendor in LOADED.items()}
SHOP = {"url": "http://127.0.0.1:3000/", "secrets": ["env:SHOP_HOOKS"]}


def config(source: dict[str, Any], **shop: Any) -> Config:
    whole = {"inbox": {"sources": {"pay": source}}, "apps": {"shop": {"webhooks": SHOP | shop}, "desk": {}}}
    return Config.model_validate_json(json.dumps(whole))


def test_the_secrets_are_read_and_can_be_hidden() -> None:
    routes = webhook_routes(config({"vendor": "stripe", "apps": ["shop"]}), FACTS, ENVIRON)
    assert [secret.reveal() for secret in routes.sources["pay"].secrets] == [SIGNING["stripe"]]
    assert set(routes.secrets) == {SIGNING["stripe"], APP_SECRET}
    assert APP_SECRET not in repr(routes)


def test_a_source_may_have_secrets_of_its_own() -> None:
    of_its_own = {"vendor": "stripe", "apps": ["shop"], "secrets": ["env:KEY", "env:SHOP_HOOKS"]}
    routes = webhook_routes(config(of_its_own), FACTS, ENVIRON)
    assert len(routes.sources["pay"].secrets) == 2


def test_events_are_wanted_by_name_or_pattern() -> None:
    source = webhook_routes(
        config({"vendor": "stripe", "apps": ["shop"], "events": ["charge.*", "payout.paid"]}), FACTS, ENVIRON
    ).sources["pay"]
    names = ("charge.failed", "payout.paid", "payout.failed", "")
    assert [source.wants(name) for name in names] == [True, True, False, False]


@pytest.mark.parametrize(
    ("source", "flaw"),
    [
        (
            {"vendor": "strip", "apps": ["shop"]},
            "inbox.sources.pay.vendor: there is no vendor strip that is served",
        ),
        ({"vendor": "anthropic", "apps": ["shop"]}, "inbox.sources.pay.vendor: the file of anthropic does not say how"),
        (
            {"vendor": "stripe", "apps": ["shp"]},
            "inbox.sources.pay.apps: there is no app shp under apps; did you",
        ),
        ({"vendor": "stripe", "apps": ["desk"]}, "inbox.sources.pay.apps: apps.desk has no webhooks"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(source: dict[str, Any], flaw: str) -> None:
    [told] = route_flaws(config(source), FACTS)
    assert told.startswith(flaw)
    with pytest.raises(UsageError, match=r"inbox\.sources\.pay"):
        webhook_routes(config(source), FACTS, ENVIRON)


def test_a_secret_that_cannot_be_read_is_told_by_its_reference() -> None:
    with pytest.raises(UsageError, match="STRIPE_WEBHOOK_SECRET is not set"):
        webhook_routes(config({"vendor": "stripe", "apps": ["shop"]}), FACTS, {"SHOP_HOOKS": APP_SECRET})


@pytest.mark.parametrize("secret", ["abc", "whsec_", "whsec_c2hvcnQ=", "whsec_!!!"])
def test_an_apps_secret_must_be_one_of_standard_webhooks_and_is_not_repeated(secret: str) -> None:
    with pytest.raises(UsageError, match=r"apps\.shop: env:SHOP_HOOKS: a signing secret") as refused:
        webhook_routes(config({"vendor": "stripe", "apps": ["shop"]}), FACTS, ENVIRON | {"SHOP_HOOKS": secret})
    assert secret not in str(refused.value) or secret == "whsec_"


def test_a_ca_that_is_none_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    for name in ("ca.pem", "other.pem"):
        with pytest.raises(UsageError, match="this is not a file of CA certificates"):
            webhook_routes(config({"vendor": "stripe", "apps": ["shop"]}, ca=str(tmp_path / name)), FACTS, ENVIRON)
