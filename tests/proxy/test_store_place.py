"""Tests of tidegate.proxy.store_place."""

from pathlib import Path

import pytest
from pydantic_core import PydanticKnownError

from tidegate.configfile.units import LiteralSecretError, SecretRef
from tidegate.proxy.store.store_choice import FILE, STORES
from tidegate.proxy.store_place import URL_SCHEMES, parse_store, passwords_of, place_of


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (".tidegate/store.db", Path(".tidegate/store.db")),
        ("/var/lib/a:b.db", Path("/var/lib/a:b.db")),
        ("postgresql://tidegate@db/tidegate", "postgresql://tidegate@db/tidegate"),
        ("postgresql://tidegate:@db:5432/tidegate", "postgresql://tidegate:@db:5432/tidegate"),
        ("postgres://db1,db2:5433/tide?sslmode=verify-full", "postgres://db1,db2:5433/tide?sslmode=verify-full"),
        ("env:STORE_URL", SecretRef("env", "STORE_URL")),
        ("file:/run/secrets/store", SecretRef("file", "/run/secrets/store")),
    ],
)
def test_a_store_is_a_path_a_url_or_a_reference_to_one(written: str, meant: object) -> None:
    assert parse_store(written) == meant
    assert parse_store(meant) == meant


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:canary@db/x",
        "postgresql://u:c%61nary@db/x",
        "postgresql://u:can/ary@db/x",
        "postgresql://u:can@ary@db/x",
        "postgresql://u@db/x?sslmode=require&password=canary",
        "postgresql://u@db/x?sslpassword=canary",
        "postgresql://u@db/x?p%61ssword=canary",
        "postgresql://[u:canary@db/x",
    ],
)
def test_a_password_in_the_file_is_refused_with_the_cure_and_not_repeated(url: str) -> None:
    with pytest.raises(ValueError, match=r"this URL holds a password; write a reference .* env:STORE_URL") as why:
        parse_store(url)
    assert "canary" not in str(why.value)
    assert place_of(url, secret=True) == url
    assert passwords_of(url)


def test_a_password_is_known_as_it_is_written_and_as_it_is_meant() -> None:
    assert passwords_of("postgresql://u:c%61n@db/x?sslpassword=b") == ["c%61n", "can", "b"]
    assert passwords_of(Path("u:a@b")) == []


@pytest.mark.parametrize(
    "written", [":memory:", "none", "Memory", "~/store.db", "vault:kv/tidegate#url", "postgres:u:canary@db"]
)
def test_a_slip_makes_no_store_of_that_name(written: str) -> None:
    with pytest.raises(ValueError, match="write") as why:
        parse_store(written)
    assert "canary" not in str(why.value)


def test_a_database_without_a_store_is_refused_and_no_url_is_shown() -> None:
    with pytest.raises(ValueError, match=r"Tidegate has no store for mysql://; write the path of a file") as why:
        parse_store("mysql://u:canary@db/x")
    assert "canary" not in str(why.value)


def test_what_is_no_text_and_a_reference_without_a_name_are_refused() -> None:
    with pytest.raises(PydanticKnownError):
        parse_store(5)
    with pytest.raises(LiteralSecretError):
        parse_store("env:")


def test_there_is_a_store_for_each_scheme() -> None:
    assert {*URL_SCHEMES, FILE} == {*STORES}
