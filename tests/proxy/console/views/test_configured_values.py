"""Tests of tidegate.proxy.console.views.configured_values."""

import json

from tidegate.proxy.config import Config
from tidegate.proxy.console.views.configured_values import ROWS_MAX, configured_values

SALT, DIGEST = "ab" * 16, "cd" * 32
WHOLE = {
    "listen": "127.0.0.1:1",
    "store": "postgresql://ada:hunter2@db/tidegate",
    "use": {"stripe": {"base_url": "https://api.test/v1", "secret": "env:STRIPE_KEY"}, "github": {}},
    "tokens": [{"app": "shop", "token": "file:/run/shop"}, {"app": "desk", "hash": f"sha256:01234567:{SALT}:{DIGEST}"}],
    "events": {"url": "https://hooks.test/services/T0/B0/s3cr3t", "secrets": ["env:EVENTS"]},
    "drain": "90s",
    "hosts": ["a.test", "b.test"],
}


def values(document: object) -> dict[str, str]:
    config = Config.model_validate_json(json.dumps(document))
    return {value.key: value.text for value in configured_values(config) if value.set}


def test_what_is_set_is_told_by_its_key_as_one_would_write_it() -> None:
    shown = values({name: value for name, value in WHOLE.items() if name != "store"})
    assert shown["listen"] == "127.0.0.1:1"
    assert shown["drain"] == "90s" or shown["drain"] == "1.5m"
    assert shown["hosts"] == "a.test, b.test"
    assert shown["use.stripe.secret"] == "env:STRIPE_KEY"
    assert shown["tokens[1].app"] == "shop"


def test_no_secret_is_shown_and_no_hash() -> None:
    for name in ("use", "tokens", "store", "events"):
        try:
            shown = " ".join(values({name: WHOLE[name]}).values())
        except ValueError:
            continue  # such a value is refused when it is read
        for hidden in (SALT, DIGEST, "hunter2", "s3cr3t"):
            assert hidden not in shown


def test_what_the_proxy_knows_as_a_secret_is_taken_out() -> None:
    rows = configured_values(Config(region="eu"), lambda text: text.replace("eu", "…"))
    assert next(row.text for row in rows if row.key == "region") == "…"


def test_defaults_are_told_apart_and_there_is_a_bound() -> None:
    rows = configured_values(Config())
    assert not any(row.set for row in rows)
    assert "head_timeout" in {row.key for row in rows}
    many = {"use": {f"v{n}": {"region": "eu"} for n in range(ROWS_MAX)}}
    assert len(configured_values(Config.model_validate_json(json.dumps(many)))) == ROWS_MAX
