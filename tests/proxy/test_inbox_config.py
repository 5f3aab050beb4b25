"""Tests of tidegate.proxy.inbox_config."""

from pathlib import Path

import pytest

from tidegate.problems import UsageError
from tidegate.proxy.config import Config, load_config
from tidegate.proxy.policies.webhooks.bounds import BODY_BYTES_MAX

WHOLE = """
inbox:
  listen: 127.0.0.1:0
  public_url: https://hooks.example.com
  sources:
    stripe: {vendor: stripe, apps: [shop], events: ["charge.*"], secrets: ["file:hook", "env:OLD_HOOK"]}
apps:
  shop: {webhooks: {url: "http://127.0.0.1:3000/hooks", secrets: ["file:shop"], ca: ca.pem, order_by: /data/object/id}}
"""


def read(folder: Path, text: str) -> Config:
    (folder / "tidegate.yaml").write_text(text)
    return load_config(folder / "tidegate.yaml")


def test_the_whole_block_is_read_and_its_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    config = read(tmp_path, WHOLE)
    assert config.inbox is not None
    source = config.inbox.sources["stripe"]
    assert (source.vendor, source.apps, source.events) == ("stripe", ("shop",), ("charge.*",))
    assert list(map(str, source.secrets)) == [f"file:{tmp_path / 'hook'}", "env:OLD_HOOK"]
    webhooks = config.apps["shop"].webhooks
    assert webhooks is not None
    assert (str(webhooks.secrets[0]), webhooks.ca) == (f"file:{tmp_path / 'shop'}", tmp_path / "ca.pem")
    assert (webhooks.order_by, webhooks.order, webhooks.timeout) == ("/data/object/id", "block", 15.0)


def test_a_webhook_may_be_as_large_as_one_that_is_verified(tmp_path: Path) -> None:
    inbox = read(tmp_path, WHOLE.replace("inbox:", f"inbox:\n  body_max_bytes: {BODY_BYTES_MAX}")).inbox
    assert inbox is not None
    assert inbox.body_max_bytes == BODY_BYTES_MAX


def test_without_the_block_there_is_no_inbox(tmp_path: Path) -> None:
    assert read(tmp_path, "drain: 1s\n").inbox is None


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("inbox: {sources: {stripe: {apps: [shop]}}}", "vendor is missing"),
        ("inbox: {sources: {stripe: {vendor: stripe}}}", "apps is missing"),
        ("inbox: {sources: {stripe: {vendor: stripe, apps: []}}}", "inbox.sources.stripe.apps"),
        ("inbox: {sources: {Stripe/x: {vendor: stripe, apps: [shop]}}}", "inbox.sources"),
        ("inbox: {public_url: 'https://h/?a=1'}", "inbox.public_url"),
        ("inbox: {body_max_bytes: 1}", "the number must be at least 1024"),
        ("inbox: {remembr: 7d}", "did you mean remember"),
        ("inbox: {remember: 1m}", "inbox.remember"),
        ("apps: {shop: {webhooks: {url: 'http://h/', secrets: [whsec_abc]}}}", "literal secret"),
        ("apps: {shop: {webhooks: {url: 'http://h/', secrets: []}}}", "apps.shop.webhooks.secrets"),
        (
            "apps: {shop: {webhooks: {url: 'http://h/', secrets: ['env:A'], timeout: 10m}}}",
            "apps.shop.webhooks.timeout",
        ),
        ("apps: {shop: {webhooks: {url: 'http://h/', secrets: ['env:A'], order: random}}}", "none of the known words"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, wrong: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        read(tmp_path, text)
    assert wrong in str(refused.value)
    assert "tidegate.yaml:1:" in str(refused.value)
