"""Children that do not start say why, in one line and in their own words."""

from pathlib import Path

import pytest

from tidegate.chaos.play.processes import running
from tidegate.problems import UsageError


@pytest.mark.slow
async def test_a_child_that_does_not_start_is_quoted(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"tidegate simulate did not start: .*nobody-knows-this"):
        async with running("nobody-knows-this", 1, tmp_path, "DEMO_SECRET", "rk_test_x"):
            pass
