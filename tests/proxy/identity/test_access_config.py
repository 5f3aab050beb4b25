"""Tests of tidegate.proxy.identity.access_config, read as parts of a tidegate.yaml."""

from pathlib import Path

import pytest

from tidegate.proxy.config import Config, ConfigError, load_config
from tidegate.proxy.identity.token_hash import RANDOM_BYTES, new_token

TOKEN, HASH = new_token(bytes(RANDOM_BYTES))


def read(folder: Path, text: str) -> Config:
    (folder / "tidegate.yaml").write_text(text)
    return load_config(folder / "tidegate.yaml")


def test_a_token_is_a_reference_or_a_hash_with_an_end_or_without(tmp_path: Path) -> None:
    config = read(
        tmp_path,
        f"""
tokens:
  - {{app: shop, hash: "{HASH}", expires: 1970-01-02}}
  - {{app: shop, token: "file:token", expires: "1970-01-01T00:00:10+00:00"}}
  - {{app: desk, token: "env:DESK"}}
admin_tokens: [{{name: ada, hash: "{HASH}"}}]
""",
    )
    assert [one.expires for one in config.tokens] == [86_400.0, 10.0, None]
    assert config.tokens[0].hash == HASH
    assert str(config.tokens[1].token) == f"file:{tmp_path}/token"
    assert config.admin_tokens[0].name == "ada"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"tokens: [{{app: a, hash: '{TOKEN}'}}]", "this is no hash of a token"),
        (f"tokens: [{{app: a, token: '{TOKEN}'}}]", "this is a literal secret"),
        (f"tokens: [{{app: a, token: 'env:A', hash: '{HASH}'}}]", "and not both"),
        ("tokens: [{app: a}]", "and not both"),
        ("tokens: [{app: a, token: 'env:A', expires: soon}]", "'soon' is no time"),
        ("admin: 0.0.0.0:8081", "there are no admin_tokens"),
        ("admin: 'example.com:8081'", "there are no admin_tokens"),
        ("socket: {path: s, mode: 660}", "no mode of a socket"),
        ("socket: {path: s, mode: '0999'}", "no mode of a socket"),
        (f"socket: {{path: {'s' * 200}}}", "at most 107 bytes"),
        ("tls: {gateway: {cert: c}}", "key is missing"),
        ("tls: {gateway: {cert: c, key: k, require: true}}", "require needs clients"),
        ("apps: {a: {clients: ['cn:a']}}", "has not the right form"),
        ("apps: {a: {urgency: 8}}", "apps.a.urgency"),
        ("apps: {a: {approve: reads}}", "apps.a.approve"),
        ("apps: {a: {approve_within: 1s}}", "apps.a.approve_within"),
    ],
)
def test_a_mistake_is_told_and_no_token_repeated(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read(tmp_path, text)
    assert why in str(refused.value)
    assert TOKEN not in str(refused.value)


def test_files_are_beside_tidegate_yaml(tmp_path: Path) -> None:
    for name in ("c.pem", "k.pem", "ca.pem"):
        (tmp_path / name).touch()
    config = read(
        tmp_path, "tls: {gateway: {cert: c.pem, key: k.pem, clients: ca.pem}}\nsocket: {path: run.sock, mode: '0600'}"
    )
    tls = config.tls.gateway
    assert tls is not None
    assert (tls.cert, tls.key, tls.clients) == (tmp_path / "c.pem", tmp_path / "k.pem", tmp_path / "ca.pem")
    assert config.socket is not None
    assert (config.socket.path, config.socket.mode) == (tmp_path / "run.sock", 0o600)
    assert config.tls.admin is None


def test_other_machines_may_call_where_anything_tells_apps_apart(tmp_path: Path) -> None:
    assert not read(tmp_path, "listen: 0.0.0.0:1\napps: {a: {clients: ['san:a']}}").anonymous
    assert not read(tmp_path, "listen: 0.0.0.0:1\napps: {a: {uids: [5]}}").anonymous
    assert read(tmp_path, "apps: {a: {calls: {minute: 5}}}").anonymous
