"""Tests of tidegate.proxy.settings.secret_settings."""

import json
from pathlib import Path
from typing import Any

import pytest

from tidegate.proxy.config import ConfigError, load_config
from tidegate.proxy.settings.secret_settings import SERVICE_ACCOUNT, SecretSettings, secrets_placed_at


def written(folder: Path, secrets: Any) -> Path:
    file = folder / "tidegate.yaml"
    file.write_text(json.dumps({"secrets": secrets}))
    return file


def vault(**changes: Any) -> dict[str, Any]:
    return {"vault": {"address": "https://vault:8200", "auth": "token", "token": "file:token", **changes}}


def test_without_a_word_secrets_are_watched_every_five_seconds() -> None:
    settings = SecretSettings()
    assert (settings.poll, settings.overlap, settings.stale_after) == (5.0, 86_400.0, 3600.0)
    assert (settings.vault, settings.aws) == (None, None)


def test_files_are_beside_tidegate_yaml(tmp_path: Path) -> None:
    for name in ("token", "jwt", "ca.pem"):
        (tmp_path / name).write_text("x")
    settings = load_config(written(tmp_path, vault(ca="ca.pem", jwt="jwt"))).secrets.vault
    assert settings is not None
    assert str(settings.token) == f"file:{tmp_path / 'token'}"
    assert (settings.ca, settings.jwt) == (tmp_path / "ca.pem", tmp_path / "jwt")
    assert secrets_placed_at(SecretSettings(), tmp_path) == SecretSettings()


def test_a_pods_own_token_is_where_kubernetes_has_it(tmp_path: Path) -> None:
    settings = load_config(written(tmp_path, vault(auth="kubernetes", role="proxy"))).secrets.vault
    assert settings is not None
    assert settings.jwt == SERVICE_ACCOUNT


@pytest.mark.parametrize(
    ("secrets", "why"),
    [
        (vault(auth="approle"), "auth: approle needs role_id and secret_id"),
        (vault(auth="kubernetes"), "auth: kubernetes needs role"),
        (vault(token="vault:secret/token#x"), "token lets us in, so it cannot come from there; take a file"),
        (vault(token="aws:token"), "take a file"),
        (vault(adress="x"), "did you mean address"),
        ({"poll": "1ms"}, "at least 100ms"),
        ({"aws": {"region": "EU West"}}, "aws.region"),
        ({"vault": {"address": "vault:8200", "auth": "token"}}, "vault.address"),
    ],
)
def test_what_cannot_work_is_told_with_its_place(tmp_path: Path, secrets: Any, why: str) -> None:
    with pytest.raises(ConfigError, match=r"tidegate\.yaml:1:\d+: secrets") as refused:
        load_config(written(tmp_path, secrets))
    assert why in str(refused.value)


def test_secrets_are_kept_beside_tidegate_yaml_and_only_where_a_key_of_this_machine_seals_them(tmp_path: Path) -> None:
    file = written(tmp_path, {"keep": "kept"})
    for sealing in (None, {"keys": ["vault:secret/x#key"]}):
        file.write_text(json.dumps({"secrets": {"keep": "kept"}} | ({"sealing": sealing} if sealing else {})))
        with pytest.raises(ConfigError, match=r"secrets\.keep: secrets\.keep writes secrets to a disk"):
            load_config(file)
    file.write_text(json.dumps({"secrets": {"keep": "kept"}, "sealing": {"keys": ["env:KEY"]}}))
    assert load_config(file).secrets.keep == tmp_path / "kept"
