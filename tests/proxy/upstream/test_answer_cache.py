"""Tests of tidegate.proxy.upstream.answer_cache."""

import dataclasses
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.proxy.policies.stored_answers import headers, kept
from tidegate.proxy.upstream.answer_cache import SHARE_MAX, VARIANTS_MAX, AnswerCache, Key

NO_HEADERS = headers()


def key(**changes: Any) -> Key:
    return Key(b"place", "/things", "", "shop", ())._replace(**changes)


def test_what_was_kept_is_found_under_the_whole_key_only() -> None:
    answers = AnswerCache(100_000)
    answers.put(key(), kept(body=b"mine"))
    found = answers.get(key(), NO_HEADERS)
    assert found is not None
    assert found.body == b"mine"
    for other in (
        key(place=b"other"), key(path="/thing"), key(query="a=1"), key(app="other"), key(varying=(("account", "1"),)),
    ):  # fmt: skip
        assert answers.get(other, NO_HEADERS) is None


def test_answers_are_told_apart_by_the_headers_that_selected_them() -> None:
    answers = AnswerCache(100_000)
    for flavour in ("mint", "rose"):
        answers.put(key(), kept(body=flavour.encode(), varied=(("flavour", flavour),)))
    bodies = [
        found.body if (found := answers.get(key(), headers(Flavour=flavour))) else None
        for flavour in ("mint", "rose", "lime")
    ]
    assert bodies == [b"mint", b"rose", None]
    assert len(answers) == 2


def test_a_new_answer_takes_the_place_of_the_old_one() -> None:
    answers = AnswerCache(100_000)
    answers.put(key(), kept(body=b"x" * 9000))
    answers.put(key(), kept(body=b"new"))
    assert len(answers) == 1
    assert answers.bytes < 5000


def test_what_was_not_used_for_longest_goes_first() -> None:
    one = kept(body=b"x" * 10_000)
    answers = AnswerCache(5 * (one.size + 200))
    for number in range(4):
        answers.put(key(path=f"/{number}"), one)
    answers.get(key(path="/0"), NO_HEADERS)
    for number in (4, 5):
        answers.put(key(path=f"/{number}"), one)
    held = [number for number in range(6) if answers.get(key(path=f"/{number}"), NO_HEADERS)]
    assert held == [0, 2, 3, 4, 5]


def test_no_answer_takes_more_than_its_share() -> None:
    answers = AnswerCache(100_000)
    assert not answers.put(key(), kept(body=b"x" * (100_000 // SHARE_MAX)))
    assert not AnswerCache(0).put(key(), kept(body=b""))
    assert len(answers) == 0


def test_a_vendor_that_varies_without_end_keeps_the_newest() -> None:
    answers = AnswerCache(1_000_000)
    for number in range(VARIANTS_MAX + 5):
        answers.put(key(), kept(varied=(("x", str(number)),)))
    assert len(answers) == VARIANTS_MAX
    assert answers.get(key(), headers(X="0")) is None
    assert answers.get(key(), headers(X=str(VARIANTS_MAX + 4))) is not None


def test_a_path_is_forgotten_for_everyone_at_its_place() -> None:
    answers = AnswerCache(100_000)
    for made in (key(), key(app="other"), key(query="a=1"), key(place=b"other"), key(path="/else")):
        answers.put(made, kept())
    answers.forget(b"place", ["/things"], 1.0)
    assert len(answers) == 2
    assert answers.get(key(place=b"other"), NO_HEADERS) is not None


def test_one_answer_is_dropped_where_it_is_still_held() -> None:
    answers, one, other = AnswerCache(100_000), kept(varied=(("x", "1"),)), kept(varied=(("x", "2"),))
    for stored in (one, other):
        answers.put(key(), stored)
    answers.drop(key(), one)
    answers.drop(key(), one)
    assert answers.get(key(), headers(X="2")) is other
    answers.drop(key(), other)
    assert (len(answers), answers.bytes) == (0, 0)


def test_a_path_that_is_written_in_another_way_is_forgotten_too() -> None:
    answers = AnswerCache(100_000)
    for path in ("/a@b", "/a%40b/", "/a@b.json", "/a"):
        answers.put(key(path=path), kept())
    answers.forget(b"place", ["/a@b"], 1.0)
    assert len(answers) == 1
    assert not answers.put(key(path="/a%40b"), kept(requested_at=0.9))


def test_a_read_that_was_under_way_when_its_path_was_written_is_not_kept() -> None:
    answers = AnswerCache(100_000)
    answers.forget(b"place", ["/things"], 5.0)
    assert not answers.put(key(), kept(requested_at=4.9, received_at=6.0))
    assert not answers.put(key(), kept(requested_at=5.0, received_at=6.0))
    assert answers.put(key(), kept(requested_at=5.1, received_at=6.0))


KEYS = st.builds(
    Key,
    place=st.sampled_from([b"a", b"b"]),
    path=st.sampled_from(["/1", "/2", "/3"]),
    query=st.sampled_from(["", "q=1"]),
    app=st.sampled_from(["", "shop", "desk"]),
    varying=st.sampled_from([(), (("account", "1"),)]),
)
FLAVOURS = st.sampled_from(["mint", "rose"])


class Machine(RuleBasedStateMachine):
    """Whatever is kept and forgotten: the bound holds, and nobody gets what was made for another key."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = AnswerCache(60_000)
        self.now = 0.0

    @rule(made=KEYS, flavour=FLAVOURS, size=st.integers(0, 20_000), plain=st.booleans())
    def put(self, made: Key, flavour: str, size: int, plain: bool) -> None:
        self.now += 1.0
        varied = () if plain else (("flavour", flavour),)
        one = kept(body=b"x" * size, varied=varied, requested_at=self.now, received_at=self.now)
        marked = dataclasses.replace(one, reason=repr((made, None if plain else flavour)))
        self.answers.put(made, marked)

    @rule(made=KEYS, flavour=FLAVOURS)
    def get(self, made: Key, flavour: str) -> None:
        found = self.answers.get(made, headers(Flavour=flavour))
        assert found is None or found.reason in (repr((made, None)), repr((made, flavour)))

    @rule(place=st.sampled_from([b"a", b"b"]), path=st.sampled_from(["/1", "/2", "/3"]))
    def forget(self, place: bytes, path: str) -> None:
        self.now += 1.0
        self.answers.forget(place, [path], self.now)
        assert all((held.place, held.path) != (place, path) for held in self.answers._variants)

    @invariant()
    def bounded(self) -> None:
        assert 0 <= self.answers.bytes <= self.answers.bytes_max
        assert bool(self.answers.bytes) == bool(len(self.answers))
        assert sum(one.size for many in self.answers._variants.values() for one in many) <= self.answers.bytes

    @invariant()
    def indexed(self) -> None:
        assert {made for keys in self.answers._by_name.values() for made in keys} == set(self.answers._variants)


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
