"""A source on another machine is asked only where our secrets may go, by the rules of that moment."""

from collections.abc import Sequence

import pytest

from tidegate.chaos.world.virtual_loop import run
from tidegate.configfile.secret_references import SecretRef
from tidegate.policy.data import ResidencyRule
from tidegate.proxy.policies.residency.residency_rules import ResidencyRules, ResidencyWatch
from tidegate.proxy.secrets.remote.resident_source import ResidentSource
from tidegate.proxy.secrets.secret_source import Bundle, SourceAway

REF = SecretRef("vault", "kv/stripe#key")
TO_UK = ResidencyRule.model_validate({"id": "eu-uk", "home": ("eu",), "to": ("uk",), "data": "other"})


class Vault:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.closed = False

    def bundle(self, ref: SecretRef) -> str:
        return ref.name

    async def read(self, bundle: str, refs: Sequence[SecretRef], *, forced: bool = False) -> Bundle:
        del bundle, refs, forced
        self.asked += 1
        return {}

    async def close(self) -> None:
        self.closed = True


def asked(rules: ResidencyRules, region: str) -> int:
    vault = Vault()
    source = ResidentSource(vault, "vault", ResidencyWatch(rules), region)

    async def story() -> None:
        await source.read(source.bundle(REF), [REF])
        await source.close()

    run(story)
    assert vault.closed
    return vault.asked


def test_it_is_asked_where_the_rules_let_it() -> None:
    assert asked(ResidencyRules(), "") == 1
    assert asked(ResidencyRules([TO_UK], {}, "eu"), "uk") == 1
    assert asked(ResidencyRules([], {}, "eu"), "eu") == 1


@pytest.mark.parametrize(("home", "region"), [("eu", "us"), ("eu", ""), ("", "uk")])
def test_it_is_not_asked_where_they_do_not_or_a_region_is_unknown(home: str, region: str) -> None:
    with pytest.raises(SourceAway, match="This request may not go"):
        asked(ResidencyRules([TO_UK], {}, home), region)


def test_a_rule_that_is_taken_away_holds_at_the_next_look() -> None:
    vault, early = Vault(), ResidencyWatch(ResidencyRules([TO_UK], {}, "eu"))
    source = ResidentSource(vault, "vault", early, "uk")
    leading = ResidencyWatch(early.rules)

    async def story() -> None:
        await source.read("kv", [REF])
        leading.lead(early)
        leading.put(ResidencyRules([], {}, "eu"))
        with pytest.raises(SourceAway):
            await source.read("kv", [REF])

    run(story)
    assert vault.asked == 1
    assert leading.counts == {
        ("secrets", "vault", "eu-uk", "send"): 1,
        ("secrets", "vault", "no-rule", "refuse"): 1,
    }
