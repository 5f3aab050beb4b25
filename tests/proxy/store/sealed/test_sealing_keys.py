"""What is sealed opens with its key at its place, and with nothing else; nothing that is stored makes it fail."""

import base64
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.proxy.store.sealed.sealing_keys import SealingKeys, Unopened, is_sealed, sealing_key, unsealed

OLD, NEW = b"o" * 32, b"n" * 32
PLACE = "delivery d1 body"
TEXT = b'{"email": "ada@example.org"}'


def sealed(key: bytes = OLD, data: bytes = TEXT) -> bytes:
    return SealingKeys([key]).sealed(data, PLACE, Random(1))


def test_a_sealed_text_tells_nothing_and_opens_again() -> None:
    stored = sealed()
    assert is_sealed(stored)
    assert b"ada" not in stored
    assert len(stored) - len(TEXT) < 64
    assert SealingKeys([OLD]).opened(stored, PLACE) == TEXT


def test_the_newest_key_seals_and_every_listed_one_opens() -> None:
    keys = SealingKeys([NEW, OLD])
    assert keys.opened(sealed(OLD), PLACE) == TEXT
    assert SealingKeys([NEW]).opened(keys.sealed(TEXT, PLACE, Random(1)), PLACE) == TEXT


def test_a_key_that_is_gone_is_named_and_not_told() -> None:
    found = SealingKeys([NEW]).opened(sealed(OLD), PLACE)
    assert isinstance(found, Unopened)
    assert SealingKeys([OLD]).names[0] in found.reason
    assert OLD.hex() not in found.reason
    assert isinstance(SealingKeys().opened(sealed(OLD), PLACE), Unopened)


def test_no_byte_can_be_changed_and_none_left_out() -> None:
    keys, stored = SealingKeys([OLD]), sealed()
    for place in range(len(stored)):
        changed = stored[:place] + bytes([stored[place] ^ 1]) + stored[place + 1 :]
        assert keys.opened(changed, PLACE) != TEXT
        assert keys.opened(stored[:place], PLACE) != TEXT
    assert isinstance(keys.opened(stored + b"x", PLACE), Unopened)


def test_it_does_not_open_at_another_place() -> None:
    assert isinstance(SealingKeys([OLD]).opened(sealed(), "delivery d2 body"), Unopened)
    assert isinstance(SealingKeys([OLD]).opened(sealed(), "delivery d1 answer body"), Unopened)


def test_the_same_text_is_sealed_differently_each_time() -> None:
    keys, nonces = SealingKeys([OLD]), Random(1)
    assert len({keys.sealed(TEXT, PLACE, nonces) for _ in range(100)}) == 100


MARKS = [b"\x1atidegate-sealed:", b"0:", b"1:", b"2:", b"x" * 40, b""]


@given(st.lists(st.sampled_from(MARKS)).map(b"".join), st.sampled_from([(), (OLD,), (NEW, OLD)]))
def test_whatever_an_app_sends_comes_back_as_it_was(data: bytes, keys: tuple[bytes, ...]) -> None:
    of = SealingKeys(keys)
    assert of.opened(unsealed(data), PLACE) == data
    assert of.opened(of.sealed(data, PLACE, Random(1)), PLACE) == data


@given(st.binary(max_size=80))
def test_whatever_is_stored_is_opened_or_said_to_be_unopened(data: bytes) -> None:
    for stored in (data, b"\x1atidegate-sealed:" + data, sealed()[:30] + data):
        assert isinstance(SealingKeys([OLD]).opened(stored, PLACE), bytes | Unopened)


def test_what_is_empty_holds_nothing() -> None:
    assert sealed(data=b"") == b""
    assert SealingKeys([OLD]).opened(b"", PLACE) == b""


@pytest.mark.parametrize("written", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_key_is_32_bytes_in_base64_of_either_alphabet(written: object) -> None:
    key = b"\xfb\xff" * 16
    assert callable(written)
    assert sealing_key(written(key).decode() + "\n") == key


@pytest.mark.parametrize("text", ["", "hunter2", "é" * 44, base64.b64encode(b"k" * 31).decode(), "=" * 44, "k" * 43])
def test_whatever_else_is_no_key(text: str) -> None:
    assert sealing_key(text) is None


def test_the_keys_are_known_as_secrets_as_they_are_written() -> None:
    assert SealingKeys([OLD]).secrets == (base64.b64encode(OLD).decode(),)
    assert not SealingKeys()
