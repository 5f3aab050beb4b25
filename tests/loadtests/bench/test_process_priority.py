"""Real-time priority: taken where it may be, given back, inherited, and done without where it may not be."""

import os
import subprocess
import sys
from unittest import mock

import pytest

from tidegate.loadtests.bench.process_priority import real_time


def test_it_is_inherited_and_given_back_where_it_is_allowed() -> None:
    before = os.sched_getscheduler(0)
    with real_time() as priority:
        if priority == "ordinary":
            pytest.skip("this system does not allow it")
        code = "import os; print(os.sched_getscheduler(0) == os.SCHED_RR)"
        started = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
        with real_time() as within:
            assert within == "real-time"
        assert os.sched_getscheduler(0) == os.SCHED_RR
    assert started.stdout == "True\n"
    assert os.sched_getscheduler(0) == before


def test_it_is_done_without_where_it_is_not_allowed() -> None:
    before = os.sched_getscheduler(0)
    with mock.patch.object(os, "sched_setscheduler", side_effect=PermissionError), real_time() as priority:
        assert priority == "ordinary"
    assert os.sched_getscheduler(0) == before


def test_it_is_done_without_where_there_is_no_such_thing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_setscheduler")
    with real_time() as priority:
        assert priority == "ordinary"
