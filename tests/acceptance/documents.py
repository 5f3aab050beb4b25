"""The vendors' real documents, where they are, and which document a test serves."""

import os
from pathlib import Path

import pytest

SPECS = Path(os.environ.get("TIDEGATE_SPECS", Path(__file__).resolve().parents[2].parent / "shared" / "specs"))

OURS, REAL = "ours", "real"
BOTH = (OURS, REAL)


def options(which: str, path: str) -> list[str]:
    """What `tidegate simulate` is started with. A document that is not there skips on a laptop, and fails in CI."""
    if which == OURS:
        return []
    file = SPECS / path
    if not file.is_file() and not os.environ.get("CI"):
        pytest.skip(f"{file} is not there")
    return ["--spec", str(file)]
