"""Whose data is sealed, and that all of it opens or none."""

from random import Random

from tidegate.proxy.store.sealed.seal import Seal
from tidegate.proxy.store.sealed.sealing_keys import SealingKeys, Unopened, is_sealed

KEY = b"k" * 32


def seal(*keys: bytes) -> Seal:
    return Seal(Random(1), SealingKeys(keys), lambda vendor: vendor != "slates")


def test_only_what_may_be_personal_is_sealed_and_only_where_there_is_a_key() -> None:
    assert [seal(KEY).wanted("stripe"), seal(KEY).wanted("slates"), seal().wanted("stripe")] == [True, False, False]


def test_without_a_wish_the_bytes_stay_as_they_are() -> None:
    body = b"a body"
    assert seal(KEY).put(body, "here", wanted=False) is body
    assert is_sealed(seal(KEY).put(body, "here", wanted=True))


def test_all_of_it_opens_or_none() -> None:
    of = seal(KEY)
    stored = (of.put(b"a", "1", wanted=True), b"b")
    assert of.open_all(stored, ("1", "2")) == (b"a", b"b")
    assert isinstance(of.open_all(stored, ("2", "2")), Unopened)


def test_a_key_that_comes_into_force_opens_what_it_has_sealed() -> None:
    stored, later = seal(KEY).put(b"a", "1", wanted=True), seal()
    assert isinstance(later.open_all((stored,), ("1",)), Unopened)
    later.keys = SealingKeys([b"n" * 32, KEY])
    assert later.open_all((stored,), ("1",)) == (b"a",)


def test_a_text_is_sealed_as_a_text_and_one_that_looks_sealed_comes_back_too() -> None:
    of = seal(KEY)
    stored = of.put_text("/a?email=ada", "here", wanted=True)
    assert stored.startswith("tidegate-sealed:")
    assert "ada" not in stored
    assert of.open_text(stored, "here") == "/a?email=ada"
    assert isinstance(of.open_text(stored, "elsewhere"), Unopened)
    assert isinstance(of.open_text("tidegate-sealed:!", "here"), Unopened)
    assert of.put_text("/a", "here", wanted=False) == of.open_text("/a", "here") == "/a"
    lookalike = of.put_text(stored, "here", wanted=False)
    assert of.open_text(lookalike, "here") == stored
