"""Tests of tidegate.proxy.secrets.secret_book."""

import asyncio
from pathlib import Path

import pytest

from tidegate.configfile.secret_references import SecretRef, parse_secret
from tidegate.problems import UsageError
from tidegate.proxy.secrets.local_sources import ENV_WARNING
from tidegate.proxy.secrets.secret_book import KEYS_MAX, NotFetched, SecretBook
from tidegate.proxy.secrets.secret_source import SourcedSecret
from tidegate.redaction.secret import Secret

REF = SecretRef("env", "KEY")


def book(**environ: str) -> SecretBook:
    return SecretBook(environ, lambda: 5.0, 100.0)


def test_it_stands_where_the_environment_stands() -> None:
    environ = book(KEY="one", HOME="/home")
    assert dict(environ) == {"KEY": "one", "HOME": "/home"}
    assert (environ.get("HOME"), environ.get("OTHER"), len(environ)) == ("/home", None, 2)


def test_a_secret_of_this_machine_is_read_when_it_is_first_asked_for(tmp_path: Path) -> None:
    ref = SecretRef("file", str(tmp_path / "key"))
    environ = book()
    with pytest.raises(UsageError, match="cannot be read"):
        environ.version(ref)
    (tmp_path / "key").write_text("one")
    version = environ.version(ref)
    assert (version.secret.reveal(), version.number, version.state) == ("one", 1, "current")
    (tmp_path / "key").write_text("two")
    assert environ.version(ref) is version, "who looks for new ones is the watch"


def test_a_secret_of_another_machine_has_to_be_fetched() -> None:
    environ, ref = book(), parse_secret("vault:secret/x#key")
    with pytest.raises(NotFetched) as lacking:
        environ.version(ref)
    assert lacking.value.ref == ref
    environ.enter(ref, SourcedSecret(Secret("k"), "version 7"))
    assert environ.version(ref).mark == "version 7"


def test_a_pending_version_is_seen_by_whoever_tries_it_and_nobody_else() -> None:
    environ = book(KEY="one")
    environ.version(REF)
    environ.lives[REF].offer(Secret("two"), 6.0)

    def seen() -> tuple[str, int]:
        return environ.version(REF).secret.reveal(), len(environ.good(REF))

    async def main() -> tuple[str, int]:
        with environ.trying((REF,)):
            assert seen() == ("two", 2)
            inside = asyncio.to_thread(seen)
        return await inside

    assert asyncio.run(main()) == ("one", 1)
    assert seen() == ("one", 1)


def test_every_version_that_is_good_is_there_newest_first() -> None:
    environ = book(KEY="one")
    environ.version(REF)
    environ.lives[REF].offer(Secret("two"), 6.0)
    environ.lives[REF].put_in_force(6.0)
    assert [version.secret.reveal() for version in environ.good(REF)] == ["two", "one"]


def test_what_nobody_uses_is_forgotten() -> None:
    environ = book(KEY="one", OTHER="x")
    environ.version(REF)
    environ.version(SecretRef("env", "OTHER"))
    environ.forget([REF])
    assert {*environ.lives} == {REF}


async def test_where_nobody_watches_a_refusal_changes_nothing() -> None:
    assert not await book(KEY="one").on_refusal(REF, 1)


def test_what_lets_us_in_at_sources_is_told_once_and_the_last_few_are_known() -> None:
    environ, told = book(), list[str]()
    environ.on_access_key = told.append
    for number in (1, 1, *range(2, 30)):
        environ.hide(Secret(f"s.{number}"))
    assert told == [f"s.{number}" for number in range(1, 30)]
    assert [*environ.access_keys] == told[-KEYS_MAX:]


def test_what_is_to_be_told_of_the_places_is_grouped_by_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("one")
    (tmp_path / "key").chmod(0o600)
    refs = [SecretRef("env", "B"), SecretRef("env", "A"), SecretRef("file", str(tmp_path / "key")),
            SecretRef("env", "GONE"), parse_secret("vault:secret/x#key")]  # fmt: skip
    assert book(A="a", B="b").warnings(refs) == {ENV_WARNING: ["env:A", "env:B"]}
