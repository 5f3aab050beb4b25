"""Each vendor's words, written out by hand from its page."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.door.dialect_writer import dialect_writer
from tidegate.simulator.door.limit_dialect import DIALECTS, LimitStanding
from tidegate.vendor.dialect_facts import PRESETS, PresetName

WALL = 1_700_000_000.0
CALLS = LimitStanding("core", "requests", 5000.0, 4990.4, 3599.2, 0.0, 3600.0, 1.4)
TOKENS = LimitStanding("tpm", "tokens", 500_000.0, 0.0, 360.0, 6.0, 60.0, 8333.0)
COST = LimitStanding("points", "cost", 1000.0, 954.0, 1.0, 0.0, 1.0, 50.0, requested=101.0, spent=46.0)
PLACES = LimitStanding("at once", "concurrency", 40.0, 28.0, 0.0, 1.0, 1.0, 0.0)


def headers(preset: PresetName | None, standings: Sequence[LimitStanding], wall: float) -> dict[str, str]:
    return dialect_writer(preset).headers(standings, wall)


def cost(preset: PresetName | None, standings: Sequence[LimitStanding]) -> dict[str, Any]:
    return dialect_writer(preset).body_members(standings)


def refusal(preset: PresetName | None, standings: Sequence[LimitStanding], broken: LimitStanding) -> VendorError | None:
    return dialect_writer(preset).refusal(standings, broken)


def test_every_preset_is_played() -> None:
    assert set(DIALECTS) == set(PRESETS)


@pytest.mark.parametrize(
    ("preset", "told"),
    [
        (
            "github",
            {
                "X-RateLimit-Limit": "5000",
                "X-RateLimit-Remaining": "4990",
                "X-RateLimit-Used": "10",
                "X-RateLimit-Reset": "1700003600",
                "X-RateLimit-Resource": "core",
            },
        ),
        ("stripe", {}),
        ("slack", {}),
        ("shopify-rest", {"X-Shopify-Shop-Api-Call-Limit": "10/5000"}),
        ("shopify-graphql", {}),
        ("twilio", {"Twilio-Concurrent-Requests": "12"}),
        (
            "openai",
            {
                "x-ratelimit-limit-requests": "5000",
                "x-ratelimit-remaining-requests": "4990",
                "x-ratelimit-reset-requests": "59m59.2s",
                "x-ratelimit-limit-tokens": "500000",
                "x-ratelimit-remaining-tokens": "0",
                "x-ratelimit-reset-tokens": "6m0s",
            },
        ),
        (
            "anthropic",
            {
                "anthropic-ratelimit-requests-limit": "5000",
                "anthropic-ratelimit-requests-remaining": "4990",
                "anthropic-ratelimit-requests-reset": "2023-11-14T23:13:20Z",
                "anthropic-ratelimit-tokens-limit": "500000",
                "anthropic-ratelimit-tokens-remaining": "0",
                "anthropic-ratelimit-tokens-reset": "2023-11-14T22:19:20Z",
            },
        ),
        ("ietf-03", {"RateLimit-Limit": "5000, 5000;w=3600", "RateLimit-Remaining": "4990", "RateLimit-Reset": "3600"}),
        ("ietf-07", {"RateLimit": "limit=5000, remaining=4990, reset=3600", "RateLimit-Policy": "5000;w=3600"}),
        ("ietf-10", {"RateLimit": '"core";r=4990;t=3600', "RateLimit-Policy": '"core";q=5000;w=3600'}),
        (None, {}),
    ],
)
def test_what_each_vendor_tells(preset: PresetName | None, told: dict[str, str]) -> None:
    assert headers(preset, [CALLS, TOKENS, COST, PLACES], WALL) == told
    assert headers(preset, [], WALL) == {}


def test_the_limit_with_least_left_is_told() -> None:
    other = replace(CALLS, name="search", limit=30.0, remaining=1.0)
    assert headers("github", [CALLS, other], WALL)["X-RateLimit-Resource"] == "search"


@pytest.mark.parametrize("preset", ["ietf-03", "ietf-07", "ietf-10"])
def test_a_limit_that_is_never_told_stands_in_no_draft(preset: PresetName) -> None:
    secondary = replace(CALLS, name="content", limit=80.0, remaining=0.0, reported=False)
    assert headers(preset, [CALLS, secondary], WALL) == headers(preset, [CALLS], WALL)


def test_a_graphql_answer_tells_its_cost_in_the_body() -> None:
    status = {"maximumAvailable": 1000.0, "currentlyAvailable": 954, "restoreRate": 50.0}
    told = {"requestedQueryCost": 101.0, "actualQueryCost": 46.0, "throttleStatus": status}
    assert cost("shopify-graphql", [COST]) == {"extensions": {"cost": told}}
    assert cost("shopify-rest", [COST]) == {}


@pytest.mark.parametrize(
    ("preset", "status", "told"),
    [
        ("github", 403, {"Retry-After": "6"}),
        ("shopify-rest", 429, {"Retry-After": "6.0"}),
        ("shopify-graphql", 200, {}),
        ("twilio", 429, {}),
        ("openai", 429, {"Retry-After": "6", "Retry-After-Ms": "6000"}),
        ("slack", 429, {"Retry-After": "6"}),
        ("anthropic", 429, {"Retry-After": "6"}),
        ("ietf-03", 429, {}),
        ("ietf-07", 429, {}),
        ("ietf-10", 429, {}),
    ],
)
def test_how_each_vendor_refuses(preset: PresetName, status: int, told: dict[str, str]) -> None:
    refused = refusal(preset, [CALLS, TOKENS], TOKENS)
    assert refused is not None
    assert (refused.status, refused.headers) == (status, told)


def test_anthropic_s_refusal_is_said_in_the_words_of_the_vendor_file() -> None:
    refused = refusal("anthropic", [CALLS, TOKENS], TOKENS)
    assert refused is not None
    assert (refused.fields, refused.reason, refused.details) == (None, "throttled", {"type": "rate_limit_error"})


def test_the_first_limit_is_refused_by_its_counters_and_a_secondary_one_is_never_counted_aloud() -> None:
    secondary = replace(CALLS, name="content", limit=80.0, remaining=0.0, next_in_s=6.0, reported=False)
    assert headers("github", [CALLS, secondary], WALL)["X-RateLimit-Limit"] == "5000"
    first, second = refusal("github", [CALLS], CALLS), refusal("github", [CALLS, secondary], secondary)
    assert first is not None
    assert second is not None
    assert (first.status, first.headers) == (403, {})
    assert (second.status, second.headers) == (403, {"Retry-After": "6"})


@pytest.mark.parametrize("preset", ["stripe", None])
def test_a_vendor_without_a_way_of_its_own_refuses_as_the_payments_vendor(preset: PresetName | None) -> None:
    assert refusal(preset, [CALLS], CALLS) is None
