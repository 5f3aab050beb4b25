"""Tests of tidegate.proxy.credentials.rotated_credential: calls whose credential is exchanged, in the virtual world."""

import asyncio
from pathlib import Path

import pytest

from tests.proxy.secrets.rotating_town import SOON_S, RotatingTown, rotate
from tests.proxy.town import Answer, Step
from tidegate.configfile.secret_references import parse_secret
from tidegate.problems import UsageError
from tidegate.proxy.call.credential import Credential
from tidegate.proxy.credentials.rotated_credential import RotatedCredential, provider_of_one
from tidegate.proxy.secrets.secret_book import SecretBook
from tidegate.redaction.secret import Secret
from tidegate.vendor.vendor import Auth

OK: Step = (200, {"Content-Type": "application/json"}, b'{"id": 1}')
FIRST, SECOND = "sk_the_first_one", "sk_the_second_one"
AUTH = Auth.model_validate({"scheme": "bearer", "secret": "env:KEY"})


def made(secret: Secret, version: int) -> Credential:
    return Credential(AUTH, secret, version=version)


def test_who_has_a_book_can_exchange_and_who_has_the_environment_alone_cannot() -> None:
    ref, book = parse_secret("env:KEY"), SecretBook({"KEY": "k"}, lambda: 0.0, 1.0)
    assert isinstance(provider := provider_of_one(ref, book, made), RotatedCredential)
    assert (provider.current.version, provider.ref) == (1, ref)
    assert not isinstance(provider := provider_of_one(ref, {"KEY": "k"}, made), RotatedCredential)
    assert provider.current.version == 0
    with pytest.raises(UsageError, match="not set"):
        provider_of_one(ref, SecretBook({}, lambda: 0.0, 1.0), made)


def test_a_new_secret_is_in_the_next_request(tmp_path: Path) -> None:
    async def story(town: RotatingTown) -> list[str]:
        await town.ask("GET", "/things/things/1")
        town.put(key=SECOND)
        await town.world.sleep(SOON_S)
        await town.ask("GET", "/things/things/1")
        assert town.proxy.upstreams["things"].provider.current.version == 2
        return town.sent_keys()

    assert rotate(tmp_path, [OK, OK], story) == [FIRST, SECOND]


@pytest.mark.parametrize("path", ["things", "shots"])
def test_a_new_one_that_is_refused_falls_back_in_the_same_call_even_for_a_write(tmp_path: Path, path: str) -> None:
    async def story(town: RotatingTown) -> tuple[Answer, list[str], list[str]]:
        town.put(key=SECOND)
        await town.world.sleep(SOON_S)
        first = await town.ask("POST", f"/things/{path}", data=b"a=1")
        await town.ask("GET", "/things/things/1")
        return first, town.sent_keys(), town.notes()

    answer, keys, notes = rotate(tmp_path, [401, OK, OK], story)
    assert (answer.status, keys) == (200, [SECOND, FIRST, FIRST])
    assert "secret refused by the vendor: fell back on the former version" in notes


def test_where_both_are_refused_the_call_ends_and_the_newest_is_tried_by_the_next(tmp_path: Path) -> None:
    async def story(town: RotatingTown) -> tuple[list[str], list[str]]:
        town.put(key=SECOND)
        await town.world.sleep(SOON_S)
        problems = [(await town.ask("GET", "/things/things/1")).problem for _ in range(3)]
        return problems, town.sent_keys()

    problems, keys = rotate(tmp_path, [401, 401, 401, OK, OK], story)
    assert problems == ["credential-rejected", "", ""]
    assert keys == [SECOND, FIRST, FIRST, SECOND, SECOND]


def test_an_old_one_that_is_refused_has_the_file_read_at_once(tmp_path: Path) -> None:
    async def story(town: RotatingTown) -> tuple[Answer, list[str]]:
        town.put(key=SECOND)  # nobody has looked yet
        return await town.ask("POST", "/things/shots", data=b"a=1"), town.sent_keys()

    answer, keys = rotate(tmp_path, [401, OK], story)
    assert (answer.status, keys) == (200, [FIRST, SECOND])


def test_a_403_is_no_word_about_the_version(tmp_path: Path) -> None:
    async def story(town: RotatingTown) -> list[str]:
        town.put(key=SECOND)
        await town.world.sleep(SOON_S)
        await town.ask("GET", "/things/things/1")
        return town.sent_keys()

    assert rotate(tmp_path, [403, OK], story) == [SECOND]


def test_many_refused_at_once_fall_back_once(tmp_path: Path) -> None:
    async def story(town: RotatingTown) -> tuple[set[int], list[str]]:
        town.put(key=SECOND)
        await town.world.sleep(SOON_S)
        answers = await asyncio.gather(*(town.ask("GET", f"/things/things/{n}") for n in range(10)))
        return {answer.status for answer in answers}, town.notes()

    statuses, notes = rotate(tmp_path, [401] * 10 + [OK] * 10, story)
    assert statuses == {200}
    assert notes.count("secret refused by the vendor: fell back on the former version") == 1


def test_no_version_is_ever_shown(tmp_path: Path) -> None:
    async def story(town: RotatingTown) -> str:
        town.put(key=SECOND)
        await town.world.sleep(SOON_S)
        await town.ask("GET", f"/things/things/1?a={FIRST}&b={SECOND}")
        town.proxy.telemetry.note(f"{FIRST} {SECOND}", 0.0)
        town.log()
        return b"".join(town.lines).decode()

    shown = rotate(tmp_path, [OK], story)
    assert FIRST not in shown
    assert SECOND not in shown
