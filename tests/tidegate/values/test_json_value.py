"""Tests of tidegate.values.json_value."""

import json

import pytest

from tidegate.values.json_value import NOTHING


def test_nothing_is_no_value_that_json_could_write() -> None:
    assert NOTHING is not None
    with pytest.raises(TypeError):
        json.dumps(NOTHING)
