"""The list of stages is the order in which a call meets them, and it is what people are shown."""

from types import SimpleNamespace
from typing import Any

from tests.proxy.examples import plan
from tidegate.policy.cache import Cache
from tidegate.policy.fallback import Static
from tidegate.policy.hedge import Hedge
from tidegate.proxy.call.call import Call
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.pipeline import AROUND, INNERMOST, describe
from tidegate.proxy.stages import cache, coalesce, fallback, hedge
from tidegate.vendor.vendor import Limit


def test_the_order_of_the_stages() -> None:
    assert [name for name, _ in (*AROUND, INNERMOST)] == [
        "discovery", "residency", "placeholders", "defer", "idempotency", "fallback", "cache", "bulk", "coalesce",
        "retry", "readiness", "hedge", "breaker", "bulkhead", "limiter", "clearance", "credential", "drift", "exchange",
    ]  # fmt: skip


def test_every_stage_tells_its_numbers() -> None:
    limit = Limit.model_validate_json('{"name": "account", "rate": "100/s", "burst": 20}')
    shown = dict(describe(plan(limits=(limit,))))
    assert shown["deadline"] == "20s for the whole call"
    assert "Idempotency-Key" in shown["idempotency"]
    assert "3 attempts" in shown["retry"]
    assert "stripe" in shown["breaker"]
    assert "account 100/s burst 20" in shown["limiter"]
    assert shown["bulkhead"] == "any number at once"
    assert "first byte 8s" in shown["exchange"]


def test_a_stage_that_has_nothing_to_do_is_not_there() -> None:
    upstream: Any = SimpleNamespace(cache=SimpleNamespace(used=False), joins=False)

    async def proceed(call: Call) -> Reply:
        raise AssertionError(call)

    for operation in (plan(idempotency="safe", method="GET"), plan()):
        for stage in (fallback, cache, coalesce, hedge):
            assert stage.stage(operation, upstream, proceed) is proceed


def test_what_a_read_has_is_told() -> None:
    rules = Cache.model_validate({"fresh": "2s", "stale_if_error": "10m", "despite": ("no-store",)})
    hedged = Hedge.model_validate({"after": "p95"})
    read = plan(idempotency="safe", cache=rules, coalesce="app", hedge=hedged, static=Static())
    shown = dict(describe(read))
    assert shown["cache"] == "RFC 9111; fresh 2s; stale if error 10m; each app its own; despite no-store"
    assert shown["hedge"] == "a second request after p95, inside the retry budget"
    assert shown["fallback"] == "a static answer, 200"
    assert "share" in shown["coalesce"]
    assert dict(describe(plan(idempotency="safe")))["cache"] == "off"


def test_what_refuses_is_told_with_its_numbers_and_whether_it_only_reports() -> None:
    each = Limit.model_validate_json('{"name": "each", "rate": "9/s", "scope": "app"}')
    bounded = plan(bulkhead=20, bulkhead_queue=5, limits=(each,), reports=("breaker", "queue"))
    shown = dict(describe(bounded))
    assert shown["breaker"] == (
        "group stripe; opens where 50% of at least 20 calls in 30s failed or took more than 10s; open 2.5s to 10s; "
        "2 probes; ramp 5s; only reports what it would refuse"
    )
    assert shown["bulkhead"] == "group stripe; 20 at once; 5 more wait for 5s at most"
    assert shown["limiter"] == (
        "each 9/s burst 1 for each app; queue 500 deep, 5s at most; queue only reports what it would refuse"
    )


def test_a_read_that_may_be_answered_from_the_cache_says_so() -> None:
    shown = dict(describe(plan(idempotency="safe", unavailable="cache", cache=Cache.model_validate({"fresh": "2s"}))))
    assert shown["fallback"] == "a stale answer of the cache"


def test_a_read_needs_no_record() -> None:
    assert dict(describe(plan(idempotency="safe")))["idempotency"] == "not needed: a read"
