"""Tests of tidegate.proxy.policies.dialects.ratelimit_drafts: what test_dialect_reader_corpus.py does not hold."""

from hypothesis import given
from hypothesis import strategies as st

from tidegate.proxy.policies.dialects.ratelimit_drafts import (
    QuotaPolicy,
    RemainingQuota,
    quota_policies,
    remaining_quotas,
    summary,
    windows,
)


@given(st.text(max_size=60) | st.from_regex(r'["a-z]{0,4}[;=,:?()rtqw0-9.\- "]{0,40}'))
def test_whatever_is_sent_is_read_or_ignored_and_nothing_is_raised(value: str) -> None:
    for one in remaining_quotas(value) or ():
        assert one.remaining >= 0
    for policy in quota_policies(value) or ():
        assert policy.quota >= 0
    summary(value)
    windows(value)


@given(st.integers(0, 10**15 - 1), st.integers(0, 10**6))
def test_what_the_draft_allows_is_read(rest: int, seconds: int) -> None:
    assert remaining_quotas(f'"a";r={rest};t={seconds}') == [RemainingQuota("a", float(rest), float(seconds))]


def test_a_unit_that_nobody_here_counts_is_kept_as_unknown() -> None:
    assert quota_policies('"a";q=5;qu="sheep"') == [QuotaPolicy("a", 5.0, None, None)]
