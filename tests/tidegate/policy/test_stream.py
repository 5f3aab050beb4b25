"""Times of streams: of the policy, and of one operation."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.tidegate.plans import planned
from tidegate.policy.stream import Streaming, StreamingOverride, describe


def test_without_a_word_in_the_file_a_stream_has_the_defaults(tmp_path: Path) -> None:
    assert describe(planned(tmp_path)) == "streams: first event 30s, idle 1m, total 1h"


def test_what_an_operation_leaves_out_comes_from_the_policy(tmp_path: Path) -> None:
    plan = planned(tmp_path, policy="stream: {idle: 90s, total: 2h}", entry="stream: {total: 5m}")
    assert describe(plan) == "streams: first event 30s, idle 1.5m, total 5m"
    assert plan.origins["stream_total_s"] == "vendor.yaml:23"
    assert plan.origins["stream_idle_s"] == "vendor.yaml:17"
    assert plan.origins["stream_first_s"] == "default"


@pytest.mark.parametrize("name", ["first_event", "idle", "total"])
def test_no_time_of_a_stream_is_zero(name: str) -> None:
    for block in (Streaming, StreamingOverride):
        with pytest.raises(ValidationError, match="greater than 0"):
            block.model_validate_json(f'{{"{name}": "0s"}}')
