"""Every case of the corpus is read as it should be, by the one parser there is."""

from dataclasses import asdict
from typing import Any

import pytest
from multidict import CIMultiDict, CIMultiDictProxy
from pydantic import TypeAdapter

from tests.proxy.policies.rate_limit_corpus import FORMS, RETRY_AFTER, WALL, Case
from tests.proxy.policies.vendor_limit_corpus import IETF, IN_BODY, VENDORS
from tidegate.proxy.call.outcome import NO_HINT, Hint
from tidegate.proxy.policies.dialects.dialect_reader import DialectReader, LimitReport, hint_of
from tidegate.vendor.dialect_facts import PRESETS, Dialect, dialect_of

CORPUS = [*RETRY_AFTER, *FORMS, *VENDORS, *IN_BODY, *IETF]


def lines(headers: dict[str, str]) -> CIMultiDictProxy[str]:
    """The headers; a value with a line feed is two header lines."""
    return CIMultiDictProxy(
        CIMultiDict([(name, line) for name, value in headers.items() for line in value.split("\n")])
    )


def shown(told: LimitReport) -> dict[str, Any]:
    return {name: value for name, value in asdict(told).items() if value != getattr(LimitReport(), name)}


@pytest.mark.parametrize("case", [pytest.param(case, id=case[0]) for case in CORPUS])
def test_what_a_vendor_says(case: Case) -> None:
    _, dialect, headers, told, wait_s = case[:5]
    document = case[5] if len(case) == 6 else None
    declared = dialect_of(dialect if not isinstance(dialect, dict) else TypeAdapter(Dialect).validate_python(dialect))
    reader, found = DialectReader(declared), lines(headers)
    read = reader.read(found, document, WALL)
    assert sorted(map(shown, read), key=str) == sorted(told, key=str)
    hint = hint_of(found, None, WALL, reader, read, throttled=True)
    assert hint.retry_after_s == wait_s


def test_the_corpus_is_large_and_knows_every_dialect() -> None:
    assert len(CORPUS) >= 150
    assert len({case[0] for case in CORPUS}) == len(CORPUS)
    assert {case[1] for case in CORPUS if isinstance(case[1], str)} == set(PRESETS)


def test_a_wait_that_a_count_implies_is_none_for_an_answer_that_was_no_refusal() -> None:
    reader, headers = DialectReader(dialect_of("ietf-03")), lines({"RateLimit-Remaining": "0", "RateLimit-Reset": "9"})
    read = reader.read(headers, None, WALL)
    assert hint_of(headers, None, WALL, reader, read).retry_after_s is None
    assert hint_of(headers, None, WALL, reader, read, throttled=True).retry_after_s == 9.0


def test_a_wait_that_nobody_named_is_told_from_one_that_the_vendor_named() -> None:
    reader, silent, says = DialectReader(dialect_of("github")), lines({}), lines({"Retry-After": "60"})
    assert hint_of(silent, None, WALL, reader, (), throttled=True) == Hint(60.0, None, unsaid=True)
    assert hint_of(says, None, WALL, reader, (), throttled=True) == Hint(60.0, None)
    assert hint_of(silent, None, WALL, reader, ()) == NO_HINT
