"""Tests of tidegate.proxy.app_config. How it is read is tested with the inbox, which needs it."""

from tidegate.proxy.app_config import POST_S_MAX, AppSettings, AppWebhooks
from tidegate.proxy.durable.delivery_worker import LEASE_MARGIN_S, LEASE_MIN_S


def test_a_post_ends_well_before_the_lease_of_its_delivery_does() -> None:
    assert POST_S_MAX + LEASE_MARGIN_S < LEASE_MIN_S


def test_the_defaults_are_those_of_standard_webhooks() -> None:
    webhooks = AppWebhooks.model_validate_json('{"url": "http://h/", "secrets": ["env:A"]}')
    assert (webhooks.timeout, webhooks.deadline) == (15.0, 72 * 3600.0)
    assert (AppSettings().webhooks, AppSettings().callback) == (None, None)
