"""The search's vendors: a small limit, one policy, and operations of every kind."""

from tidegate.chaos.apps.stories import STORIES
from tidegate.chaos.search_vendors import ADDRESSES, LANGUAGE, PAYMENTS, searched, shipped
from tidegate.chaos.timeline.draw import draw
from tidegate.plan.planning import plan_vendor

LIMIT = draw(1, 10).limit
PLANS = {name: plan_vendor(searched(name, LIMIT), shipped(name)[1]) for name in ADDRESSES}


def test_every_vendor_has_the_drawn_limit_and_one_policy() -> None:
    assert all(plan.limits == (LIMIT,) for plans in PLANS.values() for plan in plans.values())
    payments, language = (searched(name, LIMIT).vendor.policy for name in (PAYMENTS, LANGUAGE))
    assert payments == language
    assert payments.breaker == shipped(PAYMENTS)[0].vendor.policy.breaker


def test_there_is_an_operation_of_every_kind() -> None:
    payments = PLANS[PAYMENTS]
    assert payments["PostCustomers"].idempotency == "never-resend"
    assert payments["PostPaymentIntents"].idempotency == "vendor-key"
    assert payments["DeleteCustomersCustomer"].idempotency == "natural"
    assert payments["GetRefunds"].cache is not None
    assert payments["GetPaymentIntents"].cache is None
    assert PLANS[LANGUAGE]["createChatCompletion"].idempotency == "natural"


def test_every_story_calls_an_operation_of_its_vendor() -> None:
    assert all(story.operation in PLANS[story.vendor] for story in STORIES.values())


def test_a_vendor_may_give_no_hint_whether_to_resend() -> None:
    for name in ADDRESSES:
        told, silent = (searched(name, LIMIT, hints=hints).vendor.facts.errors for hints in (True, False))
        assert (told.retry_hint is None, silent.retry_hint) == (False, None)
        assert silent.model_copy(update={"retry_hint": told.retry_hint}) == told


def test_the_shipped_files_stay_as_they_are() -> None:
    searched(PAYMENTS, LIMIT)
    assert shipped(PAYMENTS)[0].vendor.facts.limits != (LIMIT,)
