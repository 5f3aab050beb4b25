"""One running proxy for the tests of a file; each test finds it by the tidegate.yaml in its folder."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.proxy.post_office import PostOffice, post_office


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[PostOffice, Path]]:
    home = tmp_path_factory.mktemp("office")
    with post_office(home, dict(os.environ)) as office:
        yield office, home


@pytest.fixture
def office(running: tuple[PostOffice, Path], monkeypatch: pytest.MonkeyPatch) -> PostOffice:
    monkeypatch.chdir(running[1])
    monkeypatch.delenv("TIDEGATE_ADMIN", raising=False)
    return running[0]
