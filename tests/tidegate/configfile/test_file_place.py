"""Tests of tidegate.configfile.file_place."""

import pytest

from tidegate.configfile.file_place import checked_path


def test_a_path_stays_as_it_is_written() -> None:
    assert checked_path("data/store.db") == "data/store.db"


@pytest.mark.parametrize("written", ["", "  ", "${STORE:-x.db}", "/var/{{ name }}.db"])
def test_a_slip_makes_no_file_of_that_name(written: str) -> None:
    with pytest.raises(ValueError, match=r"write the path"):
        checked_path(written)
