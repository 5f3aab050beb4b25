"""The vendors' real documents, where they are, and which document a test serves."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.programs import House, Proxy, vendor_folder

SPECS = Path(os.environ.get("TIDEGATE_SPECS", Path(__file__).resolve().parents[2].parent / "shared" / "specs"))

OURS, REAL = "ours", "real"
BOTH = (OURS, REAL)

Shared = tuple[House, Proxy]


def options(which: str, path: str) -> list[str]:
    """What `tidegate simulate` is started with. A document that is not there skips on a laptop, and fails in CI."""
    if which == OURS:
        return []
    file = SPECS / path
    if not file.is_file() and not os.environ.get("CI"):
        pytest.skip(f"{file} is not there")
    return ["--spec", str(file)]


def in_seconds(content: dict[str, Any]) -> None:
    """Let as much through in a second as else in a minute, where a test is about something else."""
    for limit in content["facts"]["limits"]:
        limit["rate"] = re.sub(r"/m$", "/s", limit["rate"])


def vendor_and_proxy(vendor: str, document: str, change: Callable[[dict[str, Any]], None] | None = None) -> Any:
    """A fixture for a module: a vendor, with our document or its own, and a proxy that no test of the module breaks.

    `change` is made in the vendor file, for both.
    """

    @pytest.fixture(scope="module", params=BOTH)
    def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
        folder = tmp_path_factory.mktemp("house")
        vendors = vendor_folder(folder, change, vendor) if change is not None else None
        with House(folder, vendor, *options(request.param, document), vendors=vendors) as house:
            yield house, house.serve()

    return shared
