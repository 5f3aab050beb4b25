"""The public HTTP cache tests through a running Tidegate: the score that docs/caching.md tells."""

import os
import re
from pathlib import Path

import pytest

from tests.web.cache_tests import Scored, missing, run

pytestmark = pytest.mark.web

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Scored:
    """One run of the whole suite. Where it cannot be had, it fails in CI and skips elsewhere."""
    why = missing()
    if why and os.environ.get("CI"):
        pytest.fail(why)
    if why:
        pytest.skip(why)
    return run(tmp_path_factory.mktemp("cache-tests"))


def told(kind: str) -> tuple[int, int]:
    page = (ROOT / "docs" / "caching.md").read_text(encoding="utf-8")
    [(good, of)] = re.findall(rf"^\| {kind} \| (\d+) \| (\d+) \|$", page, re.MULTILINE)
    return int(good), int(of)


@pytest.mark.parametrize(("kind", "at_least"), [("required", 151), ("optimal", 72)])
def test_the_score_is_as_good_as_the_page_says(scored: Scored, kind: str, at_least: int) -> None:
    good, of = scored.counts()[kind]
    assert good >= at_least, "\n".join(scored.failed(kind))
    assert (good, of) == told(kind), "\n".join(scored.failed(kind))


def test_every_case_of_stale_if_error_passes(scored: Scored) -> None:
    cases = [name for name in scored.tests if name.startswith("stale-sie-")]
    assert len(cases) == 2
    assert [name for name in (*cases, "stale-close", "stale-503") if not scored.passed(name)] == []


def test_no_case_failed_for_another_reason_than_the_page_says(scored: Scored) -> None:
    suites = {line.split()[0] for line in scored.failed("required")}
    assert suites == {
        "age-parse",
        "auth",
        "heuristic",
        "stale",
        "surrogate-control",
    }
