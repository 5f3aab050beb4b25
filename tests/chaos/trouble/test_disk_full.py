"""A full disk has room again when the fault is over, and is an excuse for calls that are refused meanwhile."""

from tests.chaos.trouble.setting import Surroundings
from tidegate.chaos.trouble.disk_full import DiskFull


def test_the_disk_is_full_for_as_long_as_the_fault_lasts() -> None:
    setting, full = Surroundings(), DiskFull.model_validate({"for": "10s"})
    full.shift(setting, 1)
    assert setting.disk.filled == 1
    full.shift(setting, -1)
    assert setting.disk.filled == 0
    assert (full.calls_hit, full.harmful, full.trips_breaker) == (1.0, False, False)
