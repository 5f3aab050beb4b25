"""Tests of tidegate.proxy.identity.token_hash."""

import pytest

from tidegate.proxy.identity.token_hash import RANDOM_BYTES, TOKEN_CHARS_MAX, id_of, new_token, parse_hash

TOKEN, HASH = new_token(bytes(range(RANDOM_BYTES)))


def test_a_token_is_known_by_its_hash_alone() -> None:
    assert TOKEN.startswith("tga_00010203_")
    assert id_of(TOKEN) == HASH.id
    assert HASH.matches(TOKEN)
    assert not HASH.matches(TOKEN[:-1] + "A")
    assert not HASH.matches("")
    assert not HASH.matches("\udcff")
    assert TOKEN.rpartition("_")[2] not in str(HASH)


def test_a_hash_is_read_as_it_is_written() -> None:
    assert parse_hash(str(HASH)) == HASH


@pytest.mark.parametrize(
    "written", ["", TOKEN, "sha256:0:0:0", str(HASH)[:-1], str(HASH) + "0", str(HASH).upper(), 5, None]
)
def test_what_is_no_hash_is_refused_and_not_repeated(written: object) -> None:
    with pytest.raises(ValueError, match="tidegate apps token") as refused:
        parse_hash(written)
    assert TOKEN not in str(refused.value)


@pytest.mark.parametrize(
    "text", ["", "tga_", "tga_0001020_x", TOKEN + "A", TOKEN.replace("_", "-"), "x" * (TOKEN_CHARS_MAX + 1)]
)
def test_what_is_no_token_has_no_id(text: str) -> None:
    assert id_of(text) == ""


def test_a_token_needs_all_its_randomness() -> None:
    with pytest.raises(ValueError, match="random bytes"):
        new_token(b"short")


def test_two_tokens_of_one_secret_have_two_hashes() -> None:
    other = new_token(bytes([9] * 20) + bytes(range(20, RANDOM_BYTES)))[1]
    assert other.digest != HASH.digest
