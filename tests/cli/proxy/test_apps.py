"""Tests of tidegate.cli.proxy.apps."""

import json
from pathlib import Path

import pytest

from tests.cli.proxy.post_office import document, said
from tidegate.proxy.config import load_config
from tidegate.proxy.identity.token_hash import parse_hash


def test_a_token_is_printed_once_and_the_line_below_it_is_good_in_a_configuration(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out, err = said(capsys, "apps", "token", "checkout", "--expires", "90d")
    token = out.strip()
    assert token not in err
    block = err[err.index("tokens:") :]
    (tmp_path / "tidegate.yaml").write_text(block)
    [one] = load_config(tmp_path / "tidegate.yaml").tokens
    assert one.app == "checkout"
    assert one.hash is not None
    assert one.hash.matches(token)
    assert one.expires is not None
    assert said(capsys, "apps", "token", "checkout")[0].strip() != token


def test_a_token_for_the_admin_port_has_its_own_list(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    _, err = said(capsys, "apps", "token", "ada", "--admin")
    (tmp_path / "tidegate.yaml").write_text(err[err.index("admin_tokens:") :])
    assert load_config(tmp_path / "tidegate.yaml").admin_tokens[0].name == "ada"


def test_programs_get_one_json_document(capsys: pytest.CaptureFixture[str]) -> None:
    made = document(capsys, "apps", "token", "checkout")
    assert parse_hash(made["hash"]).matches(made["token"])
    assert set(made) == {"token", "app", "hash"}


@pytest.mark.parametrize(
    "words",
    [("a b",), ("",), *(("a", "--expires", time) for time in ("soon", "99999999d", "", "0d", "1ms"))],
)
def test_what_cannot_be_meant_makes_no_token(capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    out, _ = said(capsys, "apps", "token", *words, code=2)
    assert out == ""


def test_the_apps_of_a_configuration_are_listed_with_what_each_may_do(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tidegate.yaml").write_text(
        "tokens: [{app: desk, token: 'env:DESK'}, {app: shop, token: 'env:SHOP', expires: 2030-01-01}]\n"
        "apps: {shop: {allow: {stripe: ['Get*']}, calls: {minute: 5}, approve: writes, urgency: 4}}\n"
    )
    rows = document(capsys, "apps", "list")["apps"]
    assert [row["app"] for row in rows] == ["desk", "shop"]
    assert rows[0]["allow"] == "everything"
    assert rows[1]["tokens"] == ["env:SHOP until 2030-01-01T00:00:00Z"]
    assert (rows[1]["allow"], rows[1]["calls"], rows[1]["approve"]) == ({"stripe": ["Get*"]}, {"minute": 5}, "writes")
    out, _ = said(capsys, "apps", "list")
    assert "at most u=4" in out
    assert json.dumps(["Get*"]) in out


def test_that_no_app_is_named_is_said_with_what_it_means(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    out, err = said(capsys, "apps", "list")
    assert out == ""
    assert "anybody on this machine may call" in err
