"""The proxy's log, as pictures need it."""

import pytest

from tests.chaos.report.played_runs import TIDEGATE
from tidegate.report.proxy_log import ProxyLog


def test_breakers_and_calls_are_read_and_what_is_no_line_is_none() -> None:
    log = ProxyLog.of(TIDEGATE.outputs, TIDEGATE.zero_wall_s)
    assert log.breakers == {"acme default": [(21.0, "open"), (31.0, "half-open"), (32.0, "closed")]}
    assert [call.attempts for call in log.calls] == [1, 2]
    assert [call.at_s for call in log.calls] == pytest.approx([1.0, 2.0], abs=0.002)
    assert [call.held_s for call in log.calls] == pytest.approx([0.02, 0.4])


def test_a_proxy_that_wrote_nothing_has_an_empty_log() -> None:
    assert ProxyLog.of([], 0.0) == ProxyLog()
