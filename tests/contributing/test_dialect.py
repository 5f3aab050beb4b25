"""A dialect by the page's recipe: the simulator writes it with one class, the proxy reads it by one entry."""

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from tests.contributing.recipe import blocks
from tidegate.proxy.policies.dialects.dialect_reader import DialectReader
from tidegate.simulator.door import limit_dialect
from tidegate.simulator.door.limit_dialect import DIALECTS, LimitDialect, LimitStanding
from tidegate.vendor import dialect_facts
from tidegate.vendor.dialect_facts import PRESETS, Dialect

CALLS = LimitStanding("core", "requests", 100.0, 37.0, 41.0, 3.0, 60.0, 1.0)


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> tuple[Dialect, LimitDialect]:
    """The page's dialect, as it is read and as it is written, among the others while a test runs."""
    monkeypatch.setattr(dialect_facts, "PRESETS", dict(PRESETS))
    monkeypatch.setattr(limit_dialect, "DIALECTS", dict(DIALECTS))
    for code in blocks("dialect", "python"):
        exec(compile(code, "dialect.md", "exec"), {})
    by_name = {str(name): preset for name, preset in dialect_facts.PRESETS.items()}
    return by_name["acme"], limit_dialect.DIALECTS["acme"]


def test_the_proxy_reads_what_the_simulator_writes(acme: tuple[Dialect, LimitDialect]) -> None:
    reads, writes = acme
    headers = writes.headers([CALLS], 1_700_000_000.0)
    assert headers == {"Acme-Calls-Left": "37", "Acme-Calls-Back-In": "41000"}
    (count,) = DialectReader(reads).read(CIMultiDictProxy(CIMultiDict(headers)), None, 1_700_000_000.0)
    assert (count.unit, count.remaining, count.reset_s) == ("requests", 37.0, 41.0)


def test_it_refuses_in_its_own_words(acme: tuple[Dialect, LimitDialect]) -> None:
    refused = acme[1].refusal([CALLS], CALLS)
    assert refused is not None
    assert (refused.status, refused.fields, refused.headers) == (429, {"error": "slow down"}, {"Retry-After": "3"})


def test_without_a_count_of_requests_nothing_is_said(acme: tuple[Dialect, LimitDialect]) -> None:
    assert acme[1].headers([], 1_700_000_000.0) == {}
