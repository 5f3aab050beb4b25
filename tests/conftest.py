"""What every test may ask for: the project's folder, and the vendors' real documents where this machine has them."""

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("house", deadline=None, max_examples=50)
settings.load_profile("house")
"""No test judges by the clock on the wall: a busy machine is no bug. Every run draws other examples."""

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
"""Every program that a test starts would compile all that it imports anew: half of its start."""

gc.disable()  # until all tests are known: nothing of what is imported is garbage

ROOT = Path(__file__).resolve().parent.parent


def pytest_collection_finish() -> None:
    """From here on look for garbage, but not among modules and tests."""
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True, scope="session")
def a_cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or writes the cache of whoever runs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def specs() -> Path:
    """The real OpenAPI documents: TIDEGATE_SPECS or ../shared/specs. Missing, it fails in CI and skips elsewhere."""
    folder = Path(os.environ.get("TIDEGATE_SPECS") or ROOT.parent / "shared" / "specs")
    if folder.is_dir():
        return folder
    if os.environ.get("CI"):
        pytest.fail(f"TIDEGATE_SPECS: there is no folder {folder}")
    pytest.skip(f"TIDEGATE_SPECS: there is no folder {folder}")
