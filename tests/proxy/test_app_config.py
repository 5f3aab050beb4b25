"""Tests of tidegate.proxy.app_config. How webhooks are read is tested with the inbox, which needs it."""

import re
from pathlib import Path

import pytest

from tidegate.proxy.app_config import POST_S_MAX, AppSettings, AppWebhooks
from tidegate.proxy.config import ConfigError, load_config
from tidegate.proxy.durable.delivery_worker import LEASE_MARGIN_S, LEASE_MIN_S


def test_a_post_ends_well_before_the_lease_of_its_delivery_does() -> None:
    assert POST_S_MAX + LEASE_MARGIN_S < LEASE_MIN_S


def test_the_defaults_are_those_of_standard_webhooks() -> None:
    webhooks = AppWebhooks.model_validate_json('{"url": "http://h/", "secrets": ["env:A"]}')
    assert (webhooks.timeout, webhooks.deadline) == (15.0, 72 * 3600.0)
    assert (AppSettings().webhooks, AppSettings().callback) == (None, None)


def test_the_example_of_placeholders_in_the_docs_can_be_read(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "placeholders.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```yaml\n(tokens:.*?)^```", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "tidegate.yaml").write_text(example)
    config = load_config(tmp_path / "tidegate.yaml")
    (use,) = config.placeholders.values()
    assert set(use.apps) == {token.app for token in config.tokens}
    assert use.hosts == ("api.stripe.com",)


@pytest.mark.parametrize(
    "wrong",
    [
        "partner: {secret: sk_live_canary, apps: [a], hosts: [b]}",
        "Partner: {secret: env:X, apps: [a], hosts: [b]}",
        "partner: {secret: env:X, apps: [], hosts: [b]}",
        "partner: {secret: env:X, apps: [a]}",
        'partner: {secret: env:X, apps: [a], hosts: ["https://b/"]}',
    ],
)
def test_a_placeholder_needs_a_reference_an_app_and_a_host(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "tidegate.yaml").write_text(f"placeholders:\n  {wrong}\n")
    with pytest.raises(ConfigError) as error:
        load_config(tmp_path / "tidegate.yaml")
    assert "placeholders." in str(error.value)
    assert "canary" not in str(error.value)


def test_a_file_of_a_placeholder_is_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "tidegate.yaml").write_text("placeholders: {a: {secret: file:key, apps: [shop], hosts: [b]}}")
    assert load_config(tmp_path / "tidegate.yaml").placeholders["a"].secret.name == str(tmp_path / "key")
