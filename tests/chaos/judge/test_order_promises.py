"""The judge of the order flow: each promise can be broken, and what nothing put to the test is told."""

from dataclasses import replace
from typing import Any

import pytest

from tidegate.chaos.judge.order_promises import (
    AcceptedWebhook,
    OrderEvidence,
    OrderFigures,
    ShopChange,
    WarehouseEffect,
    broken,
    judge,
    over_s,
    untried,
    waiting,
)

GOOD = OrderEvidence(
    changes=[
        ShopChange("a", 1, 10.0), ShopChange("a", 2, 20.0), ShopChange("b", 1, 105.0),
        ShopChange("c", 1, 30.0, forged=True),
    ],
    accepted=[AcceptedWebhook("a", 1, 10.1), AcceptedWebhook("a", 2, 20.1), AcceptedWebhook("b", 1, 105.1)],
    effects=[WarehouseEffect("a", 1, 11.0), WarehouseEffect("a", 2, 20.6), WarehouseEffect("b", 1, 204.0)],
    outage=(100.0, 200.0),
    sent=5,
    requests=4,
    dead={},
)  # fmt: skip


def words(evidence: OrderEvidence) -> list[str]:
    return [sentence.partition(":")[0] for sentence in broken(judge(evidence))]


def test_a_good_run_breaks_nothing_and_has_its_figures() -> None:
    figures = judge(GOOD)
    assert broken(figures) == []
    assert figures.described() == {
        "orders": 3, "changes": 3, "untaken": 0, "posts": 5, "requests": 4, "effects": 3, "lost": 0, "backwards": 0,
        "forged": 0, "again": 0, "dead": 0, "waiting": 0, "leaked": 0, "p50_s": 0.5, "p99_s": 0.9, "slowest_s": 0.9,
        "met_outage": 1, "drained_s": 4.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("word", "changes"),
    [
        ("lost", {"effects": [GOOD.effects[0], GOOD.effects[2]]}),
        ("backwards", {"effects": [*GOOD.effects, WarehouseEffect("a", 1, 300.0), WarehouseEffect("a", 2, 301.0)]}),
        ("forged", {"effects": [*GOOD.effects, WarehouseEffect("c", 1, 40.0)]}),
        ("dead", {"dead": {"expired": 1}}),
        ("waiting", {"waiting": 1}),
        ("secret", {"leaked": 1}),
        ("late", {"effects": [WarehouseEffect("a", 1, 41.0), WarehouseEffect("a", 2, 42.0), GOOD.effects[2]]}),
        ("drain", {"effects": [*GOOD.effects[:2], WarehouseEffect("b", 1, 231.0)]}),
    ],
)
def test_each_promise_can_be_broken(word: str, changes: dict[str, Any]) -> None:
    assert words(replace(GOOD, **changes)) == [word]


def test_an_order_that_ends_on_an_older_revision_is_lost_though_the_newest_was_there() -> None:
    effects = [*GOOD.effects, WarehouseEffect("a", 1, 300.0)]
    assert words(replace(GOOD, effects=effects)) == ["lost", "backwards"]


def test_a_revision_that_comes_again_changes_nothing_and_is_counted() -> None:
    figures = judge(replace(GOOD, effects=[*GOOD.effects, WarehouseEffect("b", 1, 205.0)]))
    assert (figures.again, figures.effects, broken(figures)) == (1, 3, [])


def test_an_older_revision_is_delivered_once_a_newer_one_is() -> None:
    effects = [WarehouseEffect("a", 2, 20.6), GOOD.effects[2]]
    assert judge(replace(GOOD, effects=effects)).slowest_s == pytest.approx(10.5)


def test_a_revision_that_was_forged_and_made_again_truly_is_no_forgery() -> None:
    changes = [*GOOD.changes, ShopChange("c", 1, 31.0)]
    effects = [*GOOD.effects, WarehouseEffect("c", 1, 40.0)]
    assert broken(judge(replace(GOOD, changes=changes, effects=effects))) == []


def test_what_the_shop_had_not_got_through_is_inconclusive_and_not_lost() -> None:
    figures = judge(replace(GOOD, changes=[*GOOD.changes, ShopChange("d", 1, 50.0, taken=False)]))
    assert (figures.changes, figures.untaken, broken(figures)) == (4, 1, [])
    assert untried(figures, outage=True) == ["1 webhooks had not been taken when the run ended"]


def test_a_run_in_which_nothing_happened_is_inconclusive() -> None:
    empty = judge(OrderEvidence([], [], [], None, 0, 0, {}))
    assert isinstance(empty, OrderFigures)
    assert untried(empty, outage=True) == ["no order reached the warehouse", "no order met the outage"]
    assert untried(judge(GOOD), outage=True) == []


def test_what_something_else_held_up_is_late_only_half_a_minute_after_its_end() -> None:
    held = replace(GOOD, effects=[WarehouseEffect("a", 1, 61.0), WarehouseEffect("a", 2, 62.0), GOOD.effects[2]])
    assert words(held) == ["late"]
    assert words(replace(held, troubles=[(9.0, 35.0)])) == []
    assert words(replace(held, troubles=[(9.0, 31.0)])) == ["drain"]


def test_trouble_soon_after_trouble_is_one() -> None:
    windows = [(100.0, 200.0), (225.0, 240.0), (300.0, 310.0), (5.0, 50.0)]
    assert over_s(150.0, windows) == 240.0
    assert over_s(290.0, windows) == 310.0
    assert over_s(400.0, windows) == 400.0


def test_what_waits_is_what_has_not_ended() -> None:
    assert waiting([("done", "", 5), ("dead", "expired", 1), ("cancelled", "", 2), ("unknown", "", 3)]) == 3
