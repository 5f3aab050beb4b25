"""A wrong clock is ahead or behind, at every vendor or at the proxy."""

import pytest

from tests.chaos.trouble.setting import Surroundings
from tidegate.chaos.trouble.skew import Skew


@pytest.mark.parametrize(("written", "skew_s"), [({"ahead": "45s"}, 45.0), ({"behind": "2s"}, -2.0)])
def test_every_vendors_clock_is_wrong_until_the_fault_is_over(written: dict[str, str], skew_s: float) -> None:
    setting, skew = Surroundings(), Skew.model_validate(written)
    skew.shift(setting, 1)
    assert [vendor.skew_s for vendor in setting.vendors] == [skew_s] * 2
    skew.shift(setting, -1)
    assert [vendor.skew_s for vendor in setting.vendors] == [0.0] * 2


def test_the_proxys_own_clock_is_wrong_until_the_fault_is_over() -> None:
    setting, skew = Surroundings(), Skew.model_validate({"of": "proxy", "behind": "2h"})
    skew.shift(setting, 1)
    assert (setting.proxy_skew_s, setting.vendors[0].skew_s) == (-7200.0, 0.0)
    skew.shift(setting, -1)
    assert setting.proxy_skew_s == 0.0
