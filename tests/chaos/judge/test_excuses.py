"""What explains a broken promise excuses it, and nothing else does."""

from dataclasses import replace

import pytest

from tests.chaos.judge.good_run import (
    BROKEN,
    COUNT,
    FLICKER,
    GOOD,
    OPENED,
    asked,
    entry,
    line,
    words,
)
from tidegate.chaos.judge.evidence import Evidence, VendorEvidence
from tidegate.chaos.judge.excuses import APP_WAIT_S, TOKEN_PAUSE_S, lost_time
from tidegate.chaos.judge.tap import SeenGrant
from tidegate.chaos.timeline.surroundings import SurroundingEvents


@pytest.mark.parametrize(
    ("evidence", "promise"),
    [
        pytest.param(
            replace(BROKEN["hurried"], happened=SurroundingEvents(crashes=[(20.2, 21.2)])),
            "hurried",
            id="a crash forgets",
        ),
        pytest.param(
            replace(BROKEN["held back"], happened=SurroundingEvents(cuts=[30.0])),
            "held back",
            id="a connection was cut",
        ),
        pytest.param(
            replace(BROKEN["held back"], entries=[entry(n, took_s=4.5 if n == 30 else 0.02) for n in range(COUNT)]),
            "held back",
            id="the vendor was slow",
        ),
        pytest.param(
            replace(
                BROKEN["held back"],
                happened=SurroundingEvents(cuts=[1.0]),
                calls=[asked(1), asked(36), asked(39, **OPENED)],
            ),
            "held back",
            id="too few calls since to find out that all is well",
        ),
        pytest.param(
            replace(
                BROKEN["held back"],
                tap=replace(
                    GOOD.tap, asked=[(10.0, float("inf")), (30.0, 30.1)], grants=[SeenGrant(30.1, "a token", 60.0)]
                ),
            ),
            "held back",
            id="no token came before",
        ),
        pytest.param(
            replace(BROKEN["late"], drawn=replace(GOOD.drawn, pieces=({"kind": "disk", "delay": "200ms"},))),
            "late",
            id="the disk was slow",
        ),
        pytest.param(
            replace(
                BROKEN["starved"],
                drawn=replace(GOOD.drawn, pieces=({"kind": "disk", "delay": "600ms"},)),
                lines=[*GOOD.lines[:-4], *(line(39, took_ms=1000.0) for _ in range(3)), line(39, stop="retry budget")],
            ),
            "starved",
            id="what was reserved when it was refused is given back when its line is written",
        ),
        pytest.param(
            replace(BROKEN["hammered"], happened=SurroundingEvents(crashes=[(140.0, 141.0)])),
            "hammered",
            id="a new breaker",
        ),
        pytest.param(
            replace(BROKEN["useful"], drawn=replace(GOOD.drawn, pieces=({**FLICKER, "probability": "50%"},))),
            "useful",
            id="a wire that flickers",
        ),
    ],
)
def test_what_explains_it_excuses_it(evidence: Evidence, promise: str) -> None:
    assert promise not in words(evidence)


def test_a_wire_that_cuts_little_excuses_nothing() -> None:
    drawn = replace(GOOD.drawn, pieces=({**FLICKER, "probability": "10%"},))
    assert words(replace(BROKEN["useful"], drawn=drawn)) == ["useful"]


def test_while_tokens_cannot_be_had_and_a_pause_longer_nobody_gets_anything_done() -> None:
    failing = {"kind": "error", "from": "0s", "for": "20s", "operations": ["oauth.token"], "status": 503}
    drawn = replace(GOOD.drawn, pieces=(*GOOD.drawn.pieces, failing))
    assert (0.0, 20.0 + TOKEN_PAUSE_S + APP_WAIT_S) in lost_time(replace(GOOD, drawn=drawn))


def test_until_a_vendor_takes_calls_again_by_its_own_word_nobody_gets_anything_done() -> None:
    said = replace(GOOD.tap, shut=[(5.0, 65.0)], pauses=[(100.0, 130.0, "k"), (200.0, 201.0, "k")])
    own = replace(GOOD, tap=said, file=VendorEvidence((), {}, "X-Kiosk-Request"))
    assert [(begin, end - APP_WAIT_S) for begin, end in lost_time(own)] == [(5.0, 65.0), (100.0, 130.0)]
