"""The evidence of somebody's own vendor has what its file says; that of the search's own, what a search draws."""

from dataclasses import replace
from pathlib import Path

from tests.chaos.judge.good_run import GOOD
from tests.chaos.kiosk import kiosk_cast, scenario
from tidegate.chaos.apps.stories import STORIES
from tidegate.chaos.judge.evidence import VendorEvidence
from tidegate.chaos.timeline.cast_draw import written
from tidegate.vendor.vendor import Limit

LIMIT = Limit.model_validate({"name": "own", "rate": "4/s", "burst": 3})


def test_the_searchs_own_vendors_have_its_stories_and_the_drawn_limit() -> None:
    evidence = GOOD
    assert evidence.stories is STORIES
    assert evidence.limits == (evidence.drawn.limit,)
    assert evidence.request_id == "Request-Id"
    assert evidence.operations["payment"] == "PostPaymentIntents"
    assert evidence.story(evidence.calls[0]) is STORIES[evidence.calls[0].intent.story]


def test_somebodys_own_vendor_has_what_its_file_says(tmp_path: Path) -> None:
    cast = kiosk_cast(tmp_path)
    drawn = written(cast, scenario(), 1)
    evidence = replace(GOOD, drawn=drawn, file=VendorEvidence((LIMIT,), {}, "X-Kiosk-Request"))
    assert evidence.stories == cast.stories
    assert (evidence.limits, evidence.request_id) == ((LIMIT,), "X-Kiosk-Request")
    assert evidence.operations["sellTicket plain"] == "sellTicket"
    assert evidence.scenario == scenario()
