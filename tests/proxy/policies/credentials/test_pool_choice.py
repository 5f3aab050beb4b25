"""The credential of a call is the one with most room left, and nobody waits while one has room."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tidegate.proxy.policies.credentials.pool_choice import NEVER, Later, PoolChoice, Room, Worn

FREE = Room(0.0, 0.0)
NAMES = ("a", "b", "c")


def choice() -> PoolChoice:
    return PoolChoice(NAMES)


def test_the_one_with_most_room_is_worn() -> None:
    rooms = {"a": Room(0.0, 0.9), "b": Room(0.0, 0.2), "c": Room(0.0, 0.5)}
    assert choice().choose(0.0, rooms) == Worn("b")


def test_equals_take_turns_in_their_order() -> None:
    pool, worn = choice(), list[str]()
    for _ in range(6):
        chosen = pool.choose(0.0, dict.fromkeys(NAMES, FREE))
        assert isinstance(chosen, Worn)
        pool.worn(chosen.name, 0.0)
        worn.append(chosen.name)
    assert worn == [*NAMES, *NAMES]


def test_one_without_room_is_passed_over_and_the_wait_is_the_least() -> None:
    rooms = {"a": Room(3.0, 1.0), "b": Room(0.0, 0.99), "c": Room(2.0, 1.0)}
    assert choice().choose(0.0, rooms) == Worn("b")
    assert choice().choose(0.0, rooms | {"b": Room(5.0, 1.0)}) == Later("c", 2.0)


def test_one_that_is_set_aside_is_passed_over_until_its_trial() -> None:
    pool = choice()
    pool.members["a"].rejected(0.0, 0)
    assert pool.choose(0.5, dict.fromkeys(NAMES, FREE)) == Worn("b")
    assert pool.choose(1.0, dict.fromkeys(NAMES, FREE)) == Worn("a"), "it is tried first"
    assert pool.worn("a", 1.0) == 1
    assert pool.choose(1.0, dict.fromkeys(NAMES, FREE)) == Worn("b"), "by one call"


def test_a_call_that_cannot_be_sent_again_tries_nothing() -> None:
    pool = choice()
    pool.members["a"].rejected(0.0, 0)
    assert pool.choose(9.0, {"a": FREE}, resendable=False) == NEVER
    assert pool.choose(9.0, {"a": FREE, "b": Room(0.0, 0.9)}, resendable=False) == Worn("b")


def test_a_preference_holds_where_there_is_room() -> None:
    rooms = {"a": Room(0.0, 0.1), "b": Room(0.0, 0.8)}
    assert choice().choose(0.0, rooms, prefer="b") == Worn("b")
    assert choice().choose(0.0, rooms | {"b": Room(1.0, 1.0)}, prefer="b") == Worn("a")


def test_a_pool_whose_members_are_all_rejected_says_so() -> None:
    pool = choice()
    for member in pool.members.values():
        member.rejected(0.0, 0)
    assert pool.all_rejected()
    assert pool.usable(0.5) == []
    assert pool.choose(0.25, dict.fromkeys(NAMES, FREE)) == Later("a", 0.75)
    pool.members["b"].renewed(1)
    assert not pool.all_rejected()
    assert pool.usable(0.5) == ["b"]


def test_a_pool_says_that_it_has_nothing_to_send_where_one_has_no_token_and_the_others_are_refused() -> None:
    pool = choice()
    first, *others = pool.members.values()
    first.unavailable(0.0, 0, 0, 30.0)
    assert not pool.none_to_send()
    for member in others:
        member.rejected(0.0, 0)
    assert pool.none_to_send()
    assert not pool.all_rejected()
    pool.worn(first.name, 31.0)
    assert pool.none_to_send(), "its trial has not ended"
    first.renewed(1)
    assert not pool.none_to_send()


def test_a_new_pool_goes_on_with_the_members_that_stay() -> None:
    old, new = choice(), PoolChoice(("c", "d"))
    old.members["c"].rejected(0.0, 0)
    new.inherit(old, ["c", "d"])
    assert new.members["c"] is old.members["c"]
    assert new.choose(0.0, {"c": FREE, "d": FREE}) == Worn("d")


ROOMS = st.fixed_dictionaries(
    {}, optional={name: st.builds(Room, st.sampled_from([0.0, 0.0, 0.5, 3.0]), st.floats(0.0, 1.0)) for name in NAMES}
)


@given(ROOMS, st.lists(st.sampled_from(NAMES), max_size=3), st.sampled_from(["", *NAMES]), st.booleans())
def test_nobody_waits_while_one_has_room_and_the_wait_is_the_least_of_all(
    rooms: dict[str, Room], aside: list[str], prefer: str, resendable: bool
) -> None:
    pool = choice()
    for name in aside:
        pool.members[name].rejected(0.0, 0)
    now = 0.5
    chosen = pool.choose(now, rooms, prefer=prefer, resendable=resendable)
    assert chosen == pool.choose(now, rooms, prefer=prefer, resendable=resendable), "the same asks, the same answer"
    free = [name for name, room in rooms.items() if room.wait_s == 0.0 and name not in aside]
    if free:
        assert isinstance(chosen, Worn)
        assert chosen.name in free
        least = min(rooms[name].used for name in free)
        assert chosen.name == prefer or prefer in free or rooms[chosen.name].used == least
    else:
        assert isinstance(chosen, Later)
        waits = [max(room.wait_s, 0.5 if name in aside else 0.0) for name, room in rooms.items()]
        assert chosen.wait_s == min(waits, default=float("inf"))


@given(st.integers(1, 8), st.integers(1, 60))
def test_equal_members_are_worn_equally_often(size: int, calls: int) -> None:
    names = tuple(f"m{n}" for n in range(size))
    pool, worn = PoolChoice(names), Counter[str]()
    for _ in range(calls):
        chosen = pool.choose(0.0, dict.fromkeys(names, FREE))
        assert isinstance(chosen, Worn)
        pool.worn(chosen.name, 0.0)
        worn[chosen.name] += 1
    assert max(worn.values()) - min(worn.get(name, 0) for name in names) <= 1
