"""Each shipped vendor's refusals for the rate, as the vendor writes them, are told from a bad credential."""

import json

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.upstream.answer_classifier import classifier
from tidegate.testing import VirtualProxy, run
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import load_vendor

SECONDARY = "You have exceeded a secondary rate limit and have been temporarily blocked from content creation."
ABUSE = "You have triggered an abuse detection mechanism. Please wait a few minutes before you try again."
PRIMARY = "API rate limit exceeded for user ID 1."
PAGE = "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"


@pytest.mark.parametrize(
    ("vendor", "status", "body", "verdict"),
    [
        ("github", 403, {"message": SECONDARY}, Verdict.THROTTLED),
        ("github", 403, {"message": SECONDARY.upper()}, Verdict.THROTTLED),
        ("github", 429, {"message": SECONDARY}, Verdict.THROTTLED),
        ("github", 403, {"message": ABUSE}, Verdict.THROTTLED),
        ("github", 403, {"message": PRIMARY}, Verdict.THROTTLED),
        ("github", 403, {"message": "Forbidden", "documentation_url": PAGE}, Verdict.THROTTLED),
        ("github", 403, {"message": "Resource not accessible by personal access token"}, Verdict.CREDENTIAL),
        ("github", 401, {"message": "Bad credentials"}, Verdict.CREDENTIAL),
        ("github", 404, {"message": SECONDARY}, Verdict.REJECTED),
        ("slack", 200, {"ok": False, "error": "ratelimited"}, Verdict.THROTTLED),
        ("slack", 200, {"ok": False, "error": "not_in_channel"}, Verdict.SUCCESS),
        ("shopify", 200, {"errors": [{"extensions": {"code": "THROTTLED"}}]}, Verdict.THROTTLED),
        ("openai", 429, {"error": {"code": "insufficient_quota"}}, Verdict.REJECTED),
        ("openai", 429, {"error": {"code": "rate_limit_exceeded"}}, Verdict.THROTTLED),
        ("stripe", 429, {"error": {"code": "lock_timeout"}}, Verdict.CONTENTION),
        ("twilio", 429, {"code": 20429}, Verdict.THROTTLED),
        ("anthropic", 429, {"error": {"type": "rate_limit_error"}}, Verdict.THROTTLED),
    ],
)
def test_an_answer_of_a_shipped_vendor(vendor: str, status: int, body: object, verdict: Verdict) -> None:
    classify = classifier(load_vendor(find_vendor(vendor)).vendor.facts)
    headers = CIMultiDictProxy(CIMultiDict({"Content-Type": "application/json"}))
    assert classify(status, headers, json.dumps(body).encode()) is verdict


@pytest.mark.parametrize("text", [SECONDARY, ABUSE])
def test_github_is_left_alone_for_a_minute_after_a_secondary_limit(text: str) -> None:
    limits = {"x-ratelimit-limit": "5000", "x-ratelimit-remaining": "4871", "x-ratelimit-resource": "core"}
    refusal = (403, {"Content-Type": "application/json", **limits}, json.dumps({"message": text}).encode())

    async def story() -> tuple[list[tuple[int, str]], list[int]]:
        async with VirtualProxy("github", [refusal, 200]) as proxy:
            answers, received = [], []
            for wait_s in (0.0, 1.0, 54.0, 20.0):
                await proxy.world.sleep(wait_s)
                got = await proxy.request("GET", "/github/repos/o/r/issues/1", headers={"Tidegate-Timeout": "1s"})
                answers.append((got.status, got.problem))
                received.append(len(proxy.vendor.received))
            return answers, received

    answers, received = run(story)
    assert answers[0] == (403, "vendor-rate-limited")
    assert [status for status, _ in answers[1:]] == [429, 429, 200]
    assert received == [1, 1, 1, 2]
