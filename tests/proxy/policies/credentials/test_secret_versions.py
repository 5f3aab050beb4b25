"""Tests of tidegate.proxy.policies.credentials.secret_versions."""

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tidegate.proxy.policies.credentials.secret_versions import VERSIONS_MAX, SecretVersions, VersionRefusal
from tidegate.redaction.secret import Secret

OVERLAP_S = 100.0


def versions(*values: str) -> SecretVersions:
    """A secret that had these values, one a second, from second 0 on."""
    life = SecretVersions(OVERLAP_S)
    for second, value in enumerate(values):
        put(life, value, float(second))
    return life


def put(life: SecretVersions, value: str, now: float) -> None:
    assert life.offer(Secret(value), now) is not None
    life.put_in_force(now)


def worn(life: SecretVersions) -> str:
    assert life.in_force is not None
    return life.in_force.secret.reveal()


def test_the_first_value_is_pending_and_then_current() -> None:
    life = SecretVersions(OVERLAP_S)
    version = life.offer(Secret("one"), 0.0, "mark")
    assert version is not None
    assert (version.number, version.state, version.mark, life.in_force) == (1, "pending", "mark", None)
    life.put_in_force(1.0)
    assert (version.state, version.since, worn(life)) == ("current", 1.0, "one")


def test_the_same_value_is_nothing_new() -> None:
    life = versions("one")
    assert life.offer(Secret("one"), 1.0, "touched") is None
    assert life.current is not None
    assert life.current.mark == "touched"


def test_a_pending_value_changes_nothing_until_it_is_put_in_force() -> None:
    life = versions("one")
    life.offer(Secret("two"), 1.0)
    assert worn(life) == "one"
    life.withdraw(2.0)
    assert (worn(life), life.pending) == ("one", None)


def test_a_pending_value_gives_way_to_the_next() -> None:
    life = versions("one")
    life.offer(Secret("bad"), 1.0)
    second = life.offer(Secret("two"), 2.0)
    assert second is not None
    assert second.state == "pending"
    life.offer(Secret("one"), 3.0)
    assert life.pending is None
    assert worn(life) == "one"


def test_the_deadline_is_fixed_when_a_version_is_superseded() -> None:
    life = versions("one", "two")
    former = life.kept[0]
    assert (former.state, former.until) == ("previous", 1.0 + OVERLAP_S)
    life.refuse(2, 50.0)
    put(life, "three", 60.0)
    assert former.until == 1.0 + OVERLAP_S
    assert life.expire(100.9) == ()
    assert life.expire(101.0) == (former,)
    assert former.state == "retired"


def test_a_refusal_of_the_new_one_falls_back_once_and_returns_once() -> None:
    life = versions("one", "two")
    assert life.refuse(2, 2.0) == VersionRefusal(again=True, fell_back=True)
    assert worn(life) == "one"
    assert life.refuse(2, 3.0) == VersionRefusal(again=True)
    assert life.refuse(1, 4.0) == VersionRefusal(again=True, returned=True)
    assert worn(life) == "two"
    assert life.refuse(2, 5.0) == VersionRefusal(again=False)
    assert life.refuse(1, 6.0) == VersionRefusal(again=True), "whoever wore it meanwhile tries the one in force"


def test_without_a_previous_one_there_is_nothing_to_fall_back_on() -> None:
    life = versions("one")
    assert life.refuse(1, 1.0) == VersionRefusal(again=False)
    assert worn(life) == "one"
    put(life, "two", 2.0)
    assert life.refuse(2, 3.0) == VersionRefusal(again=False), "the first was refused before"


def test_a_person_may_end_an_overlap_but_not_what_is_in_force() -> None:
    life = versions("one", "two", "three")
    assert [one.number for one in life.end_overlap(3.0)] == [1, 2]
    assert worn(life) == "three"
    life = versions("one", "two")
    life.refuse(2, 2.0)
    assert life.end_overlap(3.0) == (), "the vendor refuses the new one"
    assert worn(life) == "one"


def test_a_fallback_ends_with_the_overlap() -> None:
    life = versions("one", "two")
    life.refuse(2, 2.0)
    life.expire(1.0 + OVERLAP_S)
    assert worn(life) == "two"


def test_a_value_that_comes_back_is_a_new_version_and_not_also_the_former() -> None:
    life = versions("one", "two", "one")
    assert [(one.number, one.state) for one in life.kept] == [(1, "retired"), (2, "previous"), (3, "current")]


def test_a_refusal_before_anything_is_known_is_no_reason_to_send_again() -> None:
    assert SecretVersions(OVERLAP_S).refuse(1, 0.0) == VersionRefusal(again=False)


@given(st.integers(1, 40))
def test_so_many_versions_are_good_and_no_more(count: int) -> None:
    life = versions(*map(str, range(count)))
    assert len(life.good) == min(count, VERSIONS_MAX)
    assert len(life.kept) <= 2 * VERSIONS_MAX
    assert worn(life) == str(count - 1)


class Lives(RuleBasedStateMachine):
    """Any order of offers, refusals and time keeps the rules."""

    def __init__(self) -> None:
        super().__init__()
        self.life, self.now = SecretVersions(OVERLAP_S), 0.0
        self.deadlines: dict[int, float] = {}
        self.falls: dict[int, int] = {}
        self.retired: set[int] = set()

    @rule(value=st.sampled_from("abcd"))
    def offer(self, value: str) -> None:
        self.life.offer(Secret(value), self.now)

    @rule()
    @precondition(lambda self: self.life.pending is not None)
    def put_in_force(self) -> None:
        pending = self.life.pending
        assert self.life.put_in_force(self.now) is pending
        assert self.life.in_force is pending

    @rule()
    def withdraw(self) -> None:
        before = self.life.in_force
        self.life.withdraw(self.now)
        assert self.life.in_force is before

    @rule(seconds=st.floats(0.0, 150.0))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.life.expire(self.now)

    @rule()
    def end_overlap(self) -> None:
        before = self.life.in_force
        self.life.end_overlap(self.now)
        assert self.life.in_force is before

    @rule(number=st.integers(1, 12))
    def refuse(self, number: int) -> None:
        current = self.life.current
        refusal = self.life.refuse(number, self.now)
        if refusal.fell_back:
            assert current is not None
            self.falls[current.number] = self.falls.get(current.number, 0) + 1
        if refusal.again:
            assert self.life.in_force is not None
            assert self.life.in_force.number != number

    @invariant()
    def at_most_one_is_current_and_one_pending(self) -> None:
        states = [one.state for one in self.life.kept]
        assert states.count("current") <= 1
        assert states.count("pending") <= 1

    @invariant()
    def what_is_in_force_is_good(self) -> None:
        assert self.life.in_force is None or self.life.in_force.state in ("current", "previous")
        assert (self.life.in_force is None) == (self.life.current is None)

    @invariant()
    def deadlines_never_move(self) -> None:
        for one in self.life.kept:
            if one.until is not None:
                assert self.deadlines.setdefault(one.number, one.until) == one.until

    @invariant()
    def nobody_falls_twice(self) -> None:
        assert all(falls == 1 for falls in self.falls.values())

    @invariant()
    def what_is_retired_stays_so(self) -> None:
        self.retired |= {one.number for one in self.life.kept if not one.good}
        assert not self.retired & {one.number for one in self.life.good}


Lives.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
TestLives = Lives.TestCase
