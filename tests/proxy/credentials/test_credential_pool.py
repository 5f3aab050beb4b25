"""A pool of credentials: whoever is refused is set aside, told of, and comes back by a trial or a new value."""

import orjson

from tidegate.proxy.call.credential import Credential
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.credentials.credential_pool import CredentialPool
from tidegate.proxy.credentials.credential_provider import CredentialProvider
from tidegate.redaction.secret import Secret
from tidegate.vendor.vendor import Auth, PoolFacts

AUTH = Auth.model_validate({"scheme": "bearer", "secret": "env:KEY"})


def credential(name: str, value: str = "", version: int = 0) -> Credential:
    return Credential(AUTH, Secret(value or f"sk_{name}"), name=name, version=version)


class Heir(CredentialProvider):
    """A member that wears the next value when it goes on for another, as one does that gets tokens."""

    def inherit(self, old: CredentialProvider) -> None:
        self.wear(credential(old.current.name, version=1))


class Watched:
    """A pool of `a` and `b` at a time that is moved by hand, and what it says."""

    def __init__(self, *names: str) -> None:
        self.now = 0.0
        self.notes: list[tuple[str, object]] = []
        self.returns = 0
        members = {name: Heir(credential(name)) for name in names or ("a", "b")}
        self.pool = CredentialPool(members, PoolFacts(), lambda: self.now)
        self.pool.note = lambda text, facts: self.notes.append((text, facts["credential"]))
        self.pool.on_return = self._returned

    def _returned(self) -> None:
        self.returns += 1

    def current(self, name: str) -> Credential:
        return self.pool.members[name].current


def test_every_member_may_be_in_a_request_so_every_value_is_to_be_hidden() -> None:
    assert [one.secret.reveal() for one in Watched().pool.credentials] == ["sk_a", "sk_b"]


def test_one_that_the_vendor_does_not_know_is_set_aside_and_told_of_once() -> None:
    watched = Watched()
    for _ in range(3):
        watched.pool.refused(watched.current("a"), 0)
    assert watched.notes == [("credential set aside", "a")]
    shown = watched.pool.states()
    assert shown["a"] == {"standing": "rejected", "version": 0, "aside_s": 1.0, "attempts": {"credential": 3}}
    assert shown["b"]["standing"] == "in force"
    assert orjson.loads(orjson.dumps(shown)) == shown, "as the admin port writes it"


def test_a_trial_that_is_let_in_brings_it_back_and_whoever_waits_is_looked_at_again() -> None:
    watched = Watched()
    watched.pool.refused(watched.current("a"), 0)
    watched.now = 1.0
    before = watched.returns
    watched.pool.answered(watched.current("a"), Verdict.THROTTLED, watched.pool.choice.worn("a", 1.0))
    assert watched.pool.choice.members["a"].standing == "in force"
    assert watched.returns == before + 1
    assert watched.notes[-1] == ("credential in force again", "a")


def test_a_trial_that_brought_no_answer_says_nothing_of_it() -> None:
    watched = Watched()
    watched.pool.refused(watched.current("a"), 0)
    watched.now = 1.0
    watched.pool.answered(watched.current("a"), Verdict.FAILED, watched.pool.choice.worn("a", 1.0))
    assert watched.pool.choice.members["a"].needs_trial(1.0)


def test_a_new_value_brings_it_back_at_once_and_a_late_refusal_of_the_old_one_counts_for_nothing() -> None:
    watched = Watched()
    old = watched.current("a")
    watched.pool.refused(old, 0)
    heard: list[str] = []
    watched.pool.listen(lambda new: heard.append(new.secret.reveal()))
    watched.pool.members["a"].wear(credential("a", "sk_new", 1))
    watched.pool.refused(old, 0)
    assert heard == ["sk_new"], "it must be hidden from now on"
    assert watched.pool.choice.members["a"].standing == "in force"


def test_one_whose_quota_is_used_up_waits_for_what_the_vendor_said() -> None:
    watched = Watched()
    watched.pool.exhausted(watched.current("b"), 0, 90.0)
    assert (watched.pool.states()["b"]["standing"], watched.pool.states()["b"]["aside_s"]) == ("exhausted", 90.0)


def test_a_reload_keeps_what_is_set_aside_unless_its_value_has_changed() -> None:
    old = Watched("a", "b", "c")
    for name in ("a", "b"):
        old.pool.refused(old.current(name), 0)
    new = Watched("b", "c", "d")
    new.pool.members["c"].current = credential("c", "sk_changed")
    new.pool.inherit(old.pool)
    assert {name: state["standing"] for name, state in new.pool.states().items()} == {
        "b": "rejected", "c": "in force", "d": "in force",
    }  # fmt: skip
    assert new.pool.attempts is old.pool.attempts
    assert [new.current(name).version for name in "bcd"] == [1, 1, 0], "a member goes on for itself, too"
    changed = Watched("a")
    changed.pool.members["a"].current = credential("a", "sk_changed")
    changed.pool.inherit(old.pool)
    assert changed.pool.states()["a"]["standing"] == "in force"


async def test_when_the_vendor_has_refused_one_the_pool_has_tried_the_others_itself() -> None:
    watched = Watched()
    assert not await watched.pool.rejected(watched.current("a"), 401)
