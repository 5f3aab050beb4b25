"""The arithmetic of the benchmark."""

from tidegate.loadtests.bench.figures import (
    BARE_UVLOOP,
    TIDEGATE_GET,
    TIDEGATE_TRACED,
    MeasuredBlock,
    document,
    headline,
    ratio,
    rows_of,
)


def block(us_per_call: float, calls: int = 100, seconds: float = 0.02) -> MeasuredBlock:
    return MeasuredBlock(calls, int(us_per_call * 1000 * calls), seconds)


ROWS = rows_of({
    TIDEGATE_GET: [block(60), block(90), block(70)],
    BARE_UVLOOP: [block(100), block(140), block(130)],
})  # fmt: skip


def test_a_row_is_the_median_of_its_rounds_not_the_mean() -> None:
    assert ROWS[0].us_per_call == 70.0
    assert ROWS[0].spread == (60.0, 90.0)
    assert ROWS[0].calls == 300


def test_busy_is_the_share_of_a_core_and_the_rate_is_by_the_clock() -> None:
    assert rows_of({"a": [block(100, calls=100, seconds=0.02)]})[0].busy == 0.5
    assert rows_of({"a": [block(100, calls=100, seconds=0.02)]})[0].calls_per_s == 5000


def test_the_ratio_is_of_the_get_to_the_bare_forwarder_on_uvloop() -> None:
    assert ratio(ROWS) == round(70 / 130, 3)


def test_the_traced_get_goes_before_the_other_where_it_was_measured() -> None:
    traced = rows_of({TIDEGATE_GET: [block(60)], TIDEGATE_TRACED: [block(80)], BARE_UVLOOP: [block(100)]})
    assert (headline(traced), ratio(traced)) == (TIDEGATE_TRACED, 0.8)
    assert headline(ROWS) == TIDEGATE_GET


def test_the_document_has_its_keys_and_every_row() -> None:
    assert document(ROWS) == {
        "calls": 600,
        "us_per_call": {TIDEGATE_GET: 70.0, BARE_UVLOOP: 130.0},
        "latency_us": {TIDEGATE_GET: {"p50": 0.0, "p99": 0.0}, BARE_UVLOOP: {"p50": 0.0, "p99": 0.0}},
        "headline": TIDEGATE_GET,
        "ratio_to_bare_uvloop": 0.538,
    }
