"""Every reason is named once, and leads to a wider one without going round."""

from typing import get_args

from tidegate.vendor.refusal_facts import WHEN, WIDER, Reason


def test_every_wider_reason_is_a_reason_and_none_leads_back_to_itself() -> None:
    assert {*WIDER, *WIDER.values()} <= set(get_args(Reason))
    for reason in WIDER:
        seen = [reason]
        while seen[-1] in WIDER:
            seen.append(WIDER[seen[-1]])
            assert len(seen) == len(set(seen))


def test_every_reason_says_when_it_is_given() -> None:
    assert {*WHEN} == {*get_args(Reason)}
