"""Tests of tidegate.configfile.secret_references."""

import re

import pytest

from tidegate.configfile.secret_references import SOURCES, WRITTEN, LiteralSecretError, SecretRef, parse_secret


def test_a_secret_is_a_reference() -> None:
    assert parse_secret("env:KEY") == SecretRef("env", "KEY")
    assert parse_secret("file:/run/secrets/a:b") == SecretRef("file", "/run/secrets/a:b")
    assert str(parse_secret("env:KEY")) == "env:KEY"


@pytest.mark.parametrize("example", [example for _, example in SOURCES.values()])
def test_each_example_is_a_reference_of_its_source(example: str) -> None:
    assert str(parse_secret(example)) == example
    assert re.match(WRITTEN, example)


def test_a_field_is_apart_from_the_place() -> None:
    vault, aws = parse_secret("vault:kv/team/stripe#key"), parse_secret("aws:arn:aws:secretsmanager:eu:1:secret:x-1")
    assert (vault.place, vault.field, vault.remote) == ("kv/team/stripe", "key", True)
    assert (aws.place, aws.field, aws.remote) == ("arn:aws:secretsmanager:eu:1:secret:x-1", "", True)
    odd = parse_secret("file:/run/a#b")
    assert (odd.place, odd.field, odd.remote) == ("/run/a#b", "", False)


@pytest.mark.parametrize("written", ["sk_live_4242", "env:", "https://x:y@z", "user:password", 4242, None])
def test_a_literal_secret_is_refused_and_never_repeated(written: object) -> None:
    with pytest.raises(LiteralSecretError) as refused:
        parse_secret(written)
    assert written == "env:" or str(written or "nothing") not in str(refused.value)
    assert "env:" in str(refused.value)
    assert "password" not in str(refused.value)


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("vaults:secret/a#b", "vault:secret"),
        ("ENV:MINE", "env:"),
        ("kubernets:/a/b", "kubernetes:/"),
        ("fil:/a", "file:/"),
    ],
)
def test_a_word_near_a_source_is_told_the_source(written: str, names: str) -> None:
    with pytest.raises(LiteralSecretError, match="no such source") as refused:
        parse_secret(written)
    assert names in str(refused.value)
    assert written.partition(":")[2] not in str(refused.value)


@pytest.mark.parametrize(
    "written",
    ["vault:x", "vault:secret/stripe", "vault:/secret/x#k", "vault:secret/#k", "kubernetes:relative/key",
     "kubernetes:/", "kubernetes:/mount/", "systemd:../key", "systemd:a/b", "systemd:.", "aws:#k",
     "aws:two words", "file:", "env:A=B"],
)  # fmt: skip
def test_the_name_has_the_form_of_its_source(written: str) -> None:
    with pytest.raises(LiteralSecretError, match="looks like"):
        parse_secret(written)
    assert not re.match(WRITTEN, written)
