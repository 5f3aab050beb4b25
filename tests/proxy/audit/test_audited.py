"""Tests of tidegate.proxy.audit.audited."""

import re
from typing import get_args

from tidegate.proxy.audit.audited import AUDITED
from tidegate.proxy.policies.delivery.delivery import ByHand


def test_a_kind_has_a_noun_and_a_verb_and_a_sentence() -> None:
    for kind, means in AUDITED.items():
        assert re.fullmatch(r"[a-z]+\.[a-z]+", kind)
        assert means


def test_everything_that_a_person_may_do_to_a_delivery_is_a_kind() -> None:
    assert {f"delivery.{action}" for action in get_args(ByHand)} <= set(AUDITED)
