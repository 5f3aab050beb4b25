"""What two programs hold, read of this very process."""

import json
import os
from typing import Any

import pytest

from tidegate.loadtests.programs import RunError
from tidegate.loadtests.soak import resources

STATE: dict[str, Any] = {"in_flight": 3, "tasks": 9, "vendors": {"acme": {"queued": 2, "connections": 5}}}


def told(monkeypatch: pytest.MonkeyPatch, status: int, state: Any) -> None:
    monkeypatch.setattr(resources, "fetch", lambda port, path: (status, json.dumps(state).encode()))


def test_the_counts_come_from_the_state_and_from_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, 200, STATE)
    now = resources.held(1, os.getpid(), {"acme": os.getpid()})
    assert (now.in_flight, now.queued, now.connections, now.tasks) == (3, 2, 5, 9)
    assert now.descriptors >= 3
    assert now.threads >= 1
    assert now.memory_bytes > 1_000_000
    assert now.document()["connections"] == 5
    both = {**STATE["vendors"], "other": {"queued": 1, "connections": 2}}
    told(monkeypatch, 200, {**STATE, "vendors": both})
    two = resources.held(1, os.getpid(), dict.fromkeys(both, os.getpid()))
    assert (two.queued, two.connections, two.vendors) == (3, 7, 2)


def test_a_descriptor_more_is_counted() -> None:
    before = resources.entries(os.getpid(), "fd")
    ends = os.pipe()
    try:
        assert resources.entries(os.getpid(), "fd") == before + 2
    finally:
        for end in ends:
            os.close(end)


def test_a_proxy_that_does_not_say_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, 500, {})
    with pytest.raises(RunError, match="500"):
        resources.held(1, os.getpid(), {"acme": os.getpid()})
