"""Tests of tidegate.proxy.policies.limits.amounts."""

import pytest

from tidegate.proxy.call.content import WholeContent
from tidegate.proxy.policies.dialects.dialect_reader import LimitReport
from tidegate.proxy.policies.limits.amounts import Amounts
from tidegate.proxy.policies.limits.limit_set import LimitSet
from tidegate.proxy.policies.limits.token_bucket import TokenBucket
from tidegate.vendor.dialect_facts import Unit
from tidegate.vendor.vendor import Amount

TOKENS = Amount.model_validate({"per_byte": 0.25, "fields": ("/max_tokens",), "otherwise": 100.0})


@pytest.mark.parametrize(
    ("unit", "amount", "body", "expected"),
    [
        pytest.param("requests", None, b"anything", 1.0, id="a request is one"),
        pytest.param("bytes", None, b"12345", 5.0, id="a body is its bytes"),
        pytest.param("tokens", TOKENS, b'{"max_tokens": 50}', 50 + 18 / 4, id="tokens are estimated"),
        pytest.param("tokens", TOKENS, b"{}", 100.5, id="by something else where the field is not there"),
        pytest.param("tokens", TOKENS, b"no JSON!", 102.0, id="and where nothing can be read"),
        pytest.param("tokens", TOKENS, b'{"max_tokens": "50"}', 105.0, id="a number in quotes is none"),
        pytest.param("cost", Amount(fixed=10.0), b"", 10.0, id="a cost may be fixed"),
    ],
)
def test_what_a_request_uses(unit: Unit, amount: Amount | None, body: bytes, expected: float) -> None:
    amounts = Amounts([("requests", None), (unit, amount)])
    assert amounts.of(WholeContent(body)) == (1.0, expected)
    assert amounts.plain is (unit == "requests")


def test_a_body_that_is_too_large_is_not_looked_into() -> None:
    body = b'{"max_tokens": 50}' + b" " * (1 << 20)
    assert Amounts([("tokens", TOKENS)]).of(WholeContent(body)) == (len(body) / 4 + 100,)


@pytest.mark.parametrize(
    ("spent", "left"),
    [
        pytest.param(40.0, 60.0, id="what was estimated too high is given back"),
        pytest.param(95.0, 5.0, id="what was estimated too low is taken"),
        pytest.param(None, 20.0, id="what is not told stays as it was estimated"),
    ],
)
def test_an_estimate_is_settled_by_what_it_came_to(spent: float | None, left: float) -> None:
    bucket = TokenBucket(1e-6, 100, -1e9)
    limits, amounts = LimitSet([TokenBucket(1.0, 5, -100.0), bucket]), Amounts([("requests", None), ("cost", TOKENS)])
    assert limits.take(0.0, (1.0, 80.0)) == 0.0
    told = [LimitReport("tokens", spent=1.0), LimitReport("cost", spent=spent)]
    amounts.settle(limits, (1.0, 80.0), told, 1.0, 0.0)
    assert bucket.used(1.0) == pytest.approx(1.0 - left / 100, abs=1e-4)
    assert limits.gauges[0].used(1.0) == 0.0
