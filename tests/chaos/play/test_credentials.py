"""In a trial the payments vendor has the credentials that were drawn, and the other vendor the one that it had."""

from dataclasses import replace

from tidegate.chaos.judge.tap import SeenGrant, Tap
from tidegate.chaos.play.credentials import KEY_VARIABLE, NEW, OLD, REFRESH_VARIABLE, CredentialStage, vendor_use
from tidegate.chaos.play.run import SECRET
from tidegate.chaos.play.trial import CONFIG, played
from tidegate.chaos.search_vendors import LANGUAGE, PAYMENTS
from tidegate.chaos.timeline.credential_change import DrawnExchange, DrawnTokens
from tidegate.chaos.timeline.draw import DrawnScenario, draw
from tidegate.chaos.timeline.pool import KEYS, DrawnPool
from tidegate.policy.bulkhead import Bulkhead
from tidegate.vendor.auth_facts import PoolFacts

PLAIN = replace(draw(1, 1.0), change=None, pool=None, boxes=None)
EXCHANGE = DrawnExchange(20.0, 0.0, 20.0)
QUIET = replace(PLAIN, seconds=60.0, pieces=({"rate": "60/m", "mix": {"payment": 1, "read": 1}},))


def keys_worn(drawn: DrawnScenario) -> list[tuple[float, str]]:
    tap = played(drawn)[PAYMENTS].tap
    return [(at, key) for (at, _), key in zip(tap.sends, tap.senders, strict=True)]


def test_the_payments_vendor_gets_a_reference_for_each_key_of_a_pool() -> None:
    stage = CredentialStage(replace(PLAIN, pool=DrawnPool(("one", "two"), PLAIN.limit)))
    config = stage.configured(CONFIG)
    use = config.use[PAYMENTS]
    assert {name: str(secret) for name, secret in use.secrets.items()} == {"one": "env:ONE", "two": "env:TWO"}
    assert (use.secret, use.base_url) == (None, vendor_use(PAYMENTS).base_url)
    assert config.use[LANGUAGE] == vendor_use(LANGUAGE)
    assert stage.keys(PAYMENTS) == (KEYS["one"], KEYS["two"])
    assert stage.keys(LANGUAGE) == (SECRET,)


def test_a_pool_changes_the_limit_and_the_credentials_alone() -> None:
    few, limit = Bulkhead(concurrent=3), PLAIN.limit.model_copy(update={"burst": 7})
    drawn = replace(PLAIN, places=few)
    one, several = CredentialStage(drawn), CredentialStage(replace(drawn, pool=DrawnPool(("one", "two"), limit)))
    single, pooled = one.loaded[PAYMENTS].vendor, several.loaded[PAYMENTS].vendor
    assert pooled.facts.auth.pool == PoolFacts(account="one")
    assert pooled.facts.limits == (limit,)
    assert pooled.policy == single.policy
    assert pooled.policy.bulkhead == few
    assert pooled.operations == single.operations
    assert several.loaded[LANGUAGE] == one.loaded[LANGUAGE]


def test_without_any_the_configuration_has_both_vendors_as_they_are() -> None:
    stage = CredentialStage(PLAIN)
    use = {name: vendor_use(name) for name in (PAYMENTS, LANGUAGE)}
    assert stage.configured(CONFIG) == CONFIG.model_copy(update={"use": use})
    assert stage.keys(PAYMENTS) == (SECRET,)


def test_a_key_that_is_exchanged_has_a_variable_of_its_own() -> None:
    stage = CredentialStage(replace(PLAIN, change=EXCHANGE))
    assert str(stage.configured(CONFIG).use[PAYMENTS].secret) == f"env:{KEY_VARIABLE}"
    assert stage.environ[KEY_VARIABLE] == OLD
    assert (stage.keys(PAYMENTS), stage.keys(LANGUAGE)) == ((OLD,), (SECRET,))


def test_the_new_key_is_worn_from_the_exchange_on() -> None:
    worn = keys_worn(replace(QUIET, change=EXCHANGE))
    assert {key for at, key in worn if at < 20.0} == {OLD[-4:]}
    assert {key for at, key in worn if at > 26.0} == {NEW[-4:]}


def test_tokens_are_sent_that_were_given_and_others_after_they_were_revoked() -> None:
    change = DrawnTokens("refresh_token", 120.0, (30.0,))
    evidence = played(replace(QUIET, change=change))[PAYMENTS]
    ends = [grant.end for grant in evidence.tap.grants]
    assert len(ends) >= 2
    worn = {key for (at, _), key in zip(evidence.tap.sends, evidence.tap.senders, strict=True) if at > 35.0}
    assert worn <= {*ends[1:]}
    assert evidence.tap.unsaved == []


def test_leaked_keys_and_tokens_are_counted() -> None:
    stage = CredentialStage(replace(PLAIN, change=EXCHANGE))
    assert stage.leaked([b"nothing"], {PAYMENTS: Tap()}) == 0
    assert stage.leaked([OLD.encode(), NEW.encode()], {PAYMENTS: Tap()}) == 2
    given = Tap(grants=[SeenGrant(1.0, "an-access-token", 60.0, "a-refresh-token")])
    assert stage.leaked([b"an-access-token a-refresh-token"], {PAYMENTS: given}) == 2
    assert REFRESH_VARIABLE not in stage.environ
