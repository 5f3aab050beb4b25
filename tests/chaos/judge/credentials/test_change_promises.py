"""The judge of a credential that changes finds what is broken, and leaves alone what nobody could have done better."""

from dataclasses import replace

from tests.chaos.judge.good_run import EXCHANGED, GOOD, TOKENED, asked, changing, entry, sent_under
from tidegate.chaos.judge.credentials.change_promises import (
    NOTICED_S,
    asked_twice,
    disowned,
    locked_out,
    outlived,
    outworn,
    unsaved,
)
from tidegate.chaos.judge.evidence import Evidence
from tidegate.chaos.judge.load_promises import beyond_limits
from tidegate.chaos.judge.tap import SeenGrant
from tidegate.chaos.judge.wire_promises import smuggled
from tidegate.chaos.search_vendors import LANGUAGE
from tidegate.chaos.timeline.credential_change import DrawnExchange, DrawnTokens
from tidegate.chaos.timeline.surroundings import SurroundingEvents

EARLY = DrawnExchange(10.0, 20.0, 50.0)
NO_TOKEN = asked(39, status=503, problem="credential-unavailable")


def told(evidence: Evidence, **changed: object) -> Evidence:
    return replace(
        evidence, calls=[*GOOD.calls[:-1], asked(39, **{"status": 502, "problem": "credential-rejected", **changed})]
    )


def test_a_good_run_passes_whatever_changes() -> None:
    for evidence in (GOOD, TOKENED, EXCHANGED):
        for check in (locked_out, outlived, unsaved, asked_twice, disowned, outworn):
            assert list(check(evidence)) == []


def test_whoever_is_told_that_the_credential_was_refused_is_locked_out() -> None:
    (flaw,) = locked_out(told(EXCHANGED))
    assert flaw == "call order-39/1 was told credential-rejected at 39.1 s, and another was good"
    assert list(locked_out(told(replace(EXCHANGED, vendor=LANGUAGE)))) == [], "it has another vendor's"


def test_a_proxy_that_starts_with_a_key_that_is_not_yet_taken_can_help_nobody() -> None:
    started = SurroundingEvents(crashes=[(11.0, 12.0)])
    early = told(replace(changing(GOOD, EARLY), happened=started), ended_s=15.0)
    assert list(locked_out(early)) == []
    assert list(locked_out(replace(early, happened=SurroundingEvents()))) != []
    assert list(locked_out(told(early, ended_s=20.0 + NOTICED_S + 1.0))) != []


def test_a_call_without_a_token_is_excused_by_what_went_wrong_before_it_alone() -> None:
    without = replace(TOKENED, calls=[*GOOD.calls[:-1], NO_TOKEN])
    assert list(locked_out(without)) == ["call order-39/1 got no token at 39.1 s, and nothing was wrong"]
    failed = entry(90, at=20.0, operation="oauth.token", status=503, effects=[])
    assert list(locked_out(replace(without, entries=[*GOOD.entries, failed]))) == []
    after = {**failed, "at": 50.0}
    assert list(locked_out(replace(without, entries=[*GOOD.entries, after]))) != []


def test_a_token_is_over_at_its_end_and_not_before() -> None:
    grant = SeenGrant(0.0, "a token", 39.5)
    assert list(outlived(replace(TOKENED, tap=sent_under("oken", grants=[grant])))) == []
    (flaw,) = outlived(replace(TOKENED, tap=sent_under("oken", grants=[replace(grant, life_s=39.0)])))
    assert flaw == "call order-39/1 was sent at 39.0 s under a token that had ended at 39.0 s"


def test_a_question_that_was_given_up_or_died_with_its_proxy_may_be_followed_by_another() -> None:
    tap = replace(GOOD.tap, asked=[(1.0, float("inf")), (2.0, 2.1), (3.0, 5.0), (4.0, 4.1)])
    assert list(asked_twice(replace(TOKENED, tap=tap, happened=SurroundingEvents(crashes=[(3.5, 3.9)])))) == []
    assert len(list(asked_twice(replace(TOKENED, tap=tap)))) == 1


def test_the_old_key_may_be_worn_until_the_new_one_could_be_known_and_longer_where_that_was_refused() -> None:
    old = replace(EXCHANGED, tap=sent_under("0010"))
    assert list(outworn(old)) == ["call order-17/1 was sent at 17.0 s under the old key, exchanged at 10.0 s"]
    assert list(outworn(changing(old, EARLY))) == []
    assert list(outworn(changing(old, DrawnExchange(35.0, 0.0, 40.0)))) == []


def test_the_token_endpoint_is_asked_for_by_no_app_and_outside_of_the_limits() -> None:
    often = [entry(90, at=20.0, operation="oauth.token", effects=[]) for _ in range(30)]
    evidence = replace(TOKENED, entries=[*GOOD.entries, *often])
    assert [*smuggled(evidence), *beyond_limits(evidence)] == []
    assert list(smuggled(replace(GOOD, entries=evidence.entries))) != []


def test_a_token_that_was_revoked_on_its_way_is_refused_to_a_call_that_had_met_a_401_and_to_no_later_one() -> None:
    tap = replace(GOOD.tap, asked=[(29.0, 30.5)])
    revoked = replace(changing(GOOD, DrawnTokens("refresh_token", 60.0, (30.0,))), tap=tap)
    assert list(locked_out(told(revoked, ended_s=33.0))) == []
    assert list(locked_out(told(revoked, ended_s=60.0))) != []
    assert list(locked_out(told(replace(revoked, tap=GOOD.tap), ended_s=33.0))) != []
