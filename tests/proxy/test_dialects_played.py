"""What the simulator writes and what the proxy reads agree, in every dialect: two pieces of code that share no line."""

import json
from collections.abc import Sequence
from email.utils import formatdate
from typing import Any

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from tidegate.proxy.policies.dialects.dialect_reader import DialectReader, hint_of
from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.door.dialect_writer import dialect_writer
from tidegate.simulator.door.limit_dialect import LimitStanding
from tidegate.vendor.dialect_facts import PRESETS, PresetName, dialect_of

VENDOR_WALL = 1_700_000_000.0
SKEW_S = 345.0
CALLS = LimitStanding("core", "requests", 100.0, 37.0, 41.0, 0.0, 60.0, 1.0)
TOKENS = LimitStanding("tokens", "tokens", 9000.0, 1234.0, 12.0, 0.0, 60.0, 150.0)
COST = LimitStanding("points", "cost", 1000.0, 200.0, 16.0, 0.0, 1.0, 50.0, requested=700.0)
PLACES = LimitStanding("places", "concurrency", 10.0, 7.0, 0.0, 0.0, 1.0, 0.0)


def headers(preset: PresetName | None, standings: Sequence[LimitStanding], wall: float) -> dict[str, str]:
    return dialect_writer(preset).headers(standings, wall)


def cost(preset: PresetName | None, standings: Sequence[LimitStanding]) -> dict[str, Any]:
    return dialect_writer(preset).body_members(standings)


def refusal(preset: PresetName | None, standings: Sequence[LimitStanding], broken: LimitStanding) -> VendorError | None:
    return dialect_writer(preset).refusal(standings, broken)


COUNTS = {
    "github": {("requests", 100.0, 37.0, 41.0)},
    "shopify-rest": {("requests", 100.0, 37.0, None)},
    "shopify-graphql": {("cost", 1000.0, 200.0, None)},
    "twilio": {("concurrency", None, None, None)},
    "openai": {("requests", 100.0, 37.0, 41.0), ("tokens", 9000.0, 1234.0, 12.0)},
    "anthropic": {("requests", 100.0, 37.0, 41.0), ("tokens", 9000.0, 1234.0, 12.0)},
    "ietf-03": {("requests", 100.0, 37.0, 41.0)},
    "ietf-07": {("requests", 100.0, 37.0, 41.0)},
    "ietf-10": {("requests", 100.0, 37.0, 41.0)},
}
WAITS = {
    "github": 41.0,
    "shopify-rest": 3.0,
    "shopify-graphql": 10.0,
    "openai": 2.5,
    "slack": 3.0,
    "anthropic": 3.0,
    "ietf-03": 41.0,
    "ietf-07": 41.0,
    "ietf-10": 3.0,
}


def heard(told: dict[str, str]) -> CIMultiDictProxy[str]:
    return CIMultiDictProxy(CIMultiDict({**told, "Date": formatdate(VENDOR_WALL, usegmt=True)}))


@pytest.mark.parametrize("preset", PRESETS)
def test_a_count_is_read_as_it_was_written_although_the_clocks_differ(preset: PresetName) -> None:
    readings = [CALLS, TOKENS, COST, PLACES]
    body = json.loads(json.dumps(cost(preset, readings)))
    lines = heard(headers(preset, readings, VENDOR_WALL))
    found = DialectReader(dialect_of(preset)).read(lines, body, VENDOR_WALL + SKEW_S)
    counts = {
        (one.unit, one.limit, one.remaining, one.reset_s if one.reset_s is not None else one.next_s) for one in found
    }
    assert counts == COUNTS.get(preset, set())


@pytest.mark.parametrize("preset", PRESETS)
def test_a_refusal_says_how_long_to_wait_wherever_the_vendor_says_it(preset: PresetName) -> None:
    empty = LimitStanding("core", "requests", 100.0, 0.0, 41.0, 2.5, 60.0, 1.0)
    readings = [empty, COST]
    refused = refusal(preset, readings, COST if preset == "shopify-graphql" else empty)
    told = headers(preset, readings, VENDOR_WALL) | (refused.headers if refused else {})
    reader, lines = DialectReader(dialect_of(preset)), heard(told)
    read = reader.read(lines, refused.fields if refused else None, VENDOR_WALL + SKEW_S)
    assert hint_of(lines, None, VENDOR_WALL + SKEW_S, reader, read, throttled=True).retry_after_s == WAITS.get(preset)
