"""A cassette has an age, and may be too old."""

from pathlib import Path

from tests.tidegate.cassette.recordings import exchange_of, recorded
from tidegate.cassette.age import DAY_S, CassetteAge, age_of


def test_a_cassette_is_as_old_as_its_first_exchange(tmp_path: Path) -> None:
    path = recorded(tmp_path, exchange_of(), exchange_of(), recorded_s=1000.0)
    assert age_of(path, 1000.0 + 3 * DAY_S) == CassetteAge(path, "stripe", 2, 3 * DAY_S)
    assert age_of(path, 0.0).age_s == 0, "a clock that was put back makes nothing younger than new"


def test_it_is_stale_where_it_is_older_than_is_allowed_or_nobody_knows(tmp_path: Path) -> None:
    def says(age_s: float | None, age_max_s: float | None) -> tuple[str, ...]:
        return tuple(CassetteAge(tmp_path, "x", 1, age_s).verdict(age_max_s).broken)

    assert says(3 * DAY_S, 3 * DAY_S) == says(None, None) == says(9 * DAY_S, None) == ()
    assert "3.1 days old; at most 3 days are allowed" in says(3.1 * DAY_S, 3 * DAY_S)[0]
    assert "of an unknown age" in says(None, 3 * DAY_S)[0]
