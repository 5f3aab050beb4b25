"""A delivery is signed by the secrets that its plan leaves."""

from tidegate.simulator.trouble.delivery_plan import DeliveryPlan


def test_without_a_fault_the_right_secrets_sign_and_it_is_sent_once() -> None:
    plan = DeliveryPlan(300.0)
    assert plan.secrets(("right",)) == ("right",)
    assert (plan.dropped, plan.copies, plan.held_s, plan.stamp_age_s) == (False, 0, None, 0)


def test_a_secret_may_come_before_the_right_one_or_instead_of_all() -> None:
    plan = DeliveryPlan(300.0, secrets_before=("next",))
    assert plan.secrets(("right",)) == ("next", "right")
    plan.secrets_instead = ("forged",)
    assert plan.secrets(("right",)) == ("forged",)
