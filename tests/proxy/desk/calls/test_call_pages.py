"""The pages of calls list what is in memory, the newest first, and show one in full; the rest is refused."""

from typing import Any

import orjson
import pytest

from tests.proxy.examples import attempt, finished
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.desk.calls.call_pages import CallPages
from tidegate.proxy.telemetry.metrics import Metrics
from tidegate.proxy.telemetry.recent_calls import RecentCalls, TurnedAway
from tidegate.proxy.telemetry.telemetry import Telemetry
from tidegate.redaction.redactor import Redactor
from tidegate.world.world import RealWorld

SECRET = "sk_test_pages_canary"


@pytest.fixture
def pages() -> CallPages:
    recent = RecentCalls()
    redactor = Redactor([SECRET])
    telemetry = Telemetry(RealWorld(), sink=lambda _: None, redactor=redactor, metrics=Metrics({}), recent=recent)
    recent.add(finished(call_id="c1"))
    refused = {"status": 503, "verdict": Verdict.REFUSED, "problem": PROBLEMS["overloaded"]}
    recent.add(finished(call_id="c2", app="office", **refused))
    recent.add(finished(call_id="c3", attempts=[attempt(request_id=f"req-{SECRET}")]))
    return CallPages(RealWorld(), recent, telemetry)


def shown(pages: CallPages, query: str = "", path: str = "/calls") -> tuple[int, Any]:
    page = pages.answer("GET", path, query)
    return page.status, orjson.loads(page.body)


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", ["c3", "c2", "c1"]),
        ("app=office", ["c2"]),
        ("verdict=refused&problem=overloaded", ["c2"]),
        ("vendor=other", []),
        ("outcome=done&limit=1", ["c3"]),
        ("after=c2", ["c1"]),
    ],
)
def test_calls_are_listed_the_newest_first(pages: CallPages, query: str, ids: list[str]) -> None:
    status, document = shown(pages, query)
    assert (status, [call["call"] for call in document["calls"]]) == (200, ids)


def test_a_page_leads_to_the_next(pages: CallPages) -> None:
    first = shown(pages, "limit=2")[1]
    assert [call["call"] for call in shown(pages, f"after={first['next']}")[1]["calls"]] == ["c1"]


def test_one_is_shown_with_its_timeline_and_without_a_secret(pages: CallPages) -> None:
    status, document = shown(pages, path="/calls/c3")
    assert (status, document["timeline"][0]["what"]) == (200, "arrived")
    assert SECRET not in str(document)
    assert shown(pages, path="/calls/none")[0] == 404


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("verdict=refuse", "did you mean refused"),
        ("ap=x", "did you mean app"),
        ("limit=0", "from 1 to 1000"),
        ("limit=x", "from 1 to 1000"),
        ("app=%00", "cannot be shown"),
        ("%ff=1", "cannot be read"),
    ],
)
def test_what_cannot_be_meant_is_refused(pages: CallPages, query: str, why: str) -> None:
    status, document = shown(pages, query)
    assert status == 400
    assert why in document["error"]


def test_requests_that_never_became_calls_stand_among_them(pages: CallPages) -> None:
    told = f"A token {SECRET} is no app's."
    for number, wall in ((1, 1.0), (2, 1_800_000_000.0)):
        pages._recent.add_turned_away(
            TurnedAway(f"away{number}", wall, "", "stripe", "GET", PROBLEMS["app-unauthorized"], told)
        )
    ids = [call["call"] for call in shown(pages)[1]["calls"]]
    assert ids == ["away2", "c3", "c2", "c1", "away1"]
    assert [call["call"] for call in shown(pages, "after=c1")[1]["calls"]] == ["away1"]
    for query in (
        "problem=app-unauthorized",
        "verdict=unsuccessful&app=",
        "id=away2",
        "since=2020-01-01&vendor=stripe",
    ):
        assert shown(pages, query)[1]["calls"][0]["call"] == "away2", query
    for query in ("operation=PostRefunds", "outcome=done", "vendor=twilio", "verdict=failed", "app=shop"):
        assert "away2" not in [call["call"] for call in shown(pages, query)[1]["calls"]], query
    one = shown(pages, path="/calls/away2")[1]
    assert one["timeline"][-1]["why"].endswith("is no app's. It never became a call, and nothing was sent.")
    assert SECRET not in str(one)


def test_calls_are_only_looked_at(pages: CallPages) -> None:
    assert pages.answer("POST", "/calls", "").status == 405
