"""The records port."""

import inspect
from datetime import datetime

import pytest

from tidegate.adapters.github.adapter import GitHubRecords
from tidegate.adapters.gitlab.adapter import GitLabRecords
from tidegate.adapters.ports.failures import VendorFailure
from tidegate.adapters.ports.records import Record, RecordState, TrackedRecords, VersionConflict


@pytest.mark.parametrize("adapter", [GitHubRecords, GitLabRecords])
def test_every_vendor_has_the_ports_operations(adapter: type) -> None:
    for name in (name for name in vars(TrackedRecords) if not name.startswith("_")):
        assert inspect.signature(getattr(adapter, name)) == inspect.signature(getattr(TrackedRecords, name))


def test_a_record_has_an_aware_time() -> None:
    with pytest.raises(ValueError, match="offset"):
        Record("v:1", "t", "", RecordState.OPEN, "open", (), "1", datetime(2026, 1, 1))  # noqa: DTZ001 - which fails


def test_a_version_that_is_no_longer_is_a_failure_like_others() -> None:
    assert issubclass(VersionConflict, VendorFailure)
