"""Tests of tidegate.proxy.store_config."""

from pathlib import Path

import pytest

from tests.proxy.test_inbox_config import read
from tidegate.problems import UsageError

WHOLE = """
outbox: {backlog_max: 10, backlog_max_bytes: 1000, backlog_max_age: 1h}
retention: {done: 2d, dead: 40d}
sealing: {keys: ["file:seal", "env:OLD_SEAL"]}
"""


def test_the_blocks_are_read_and_their_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    config = read(tmp_path, WHOLE)
    outbox, retention = config.outbox, config.retention
    assert (outbox.backlog_max, outbox.backlog_max_bytes, outbox.backlog_max_age) == (10, 1000, 3600.0)
    assert (retention.done, retention.dead) == (2 * 86_400.0, 40 * 86_400.0)
    assert config.sealing is not None
    assert list(map(str, config.sealing.keys)) == [f"file:{tmp_path / 'seal'}", "env:OLD_SEAL"]


def test_without_them_nothing_is_sealed(tmp_path: Path) -> None:
    config = read(tmp_path, "drain: 1s\n")
    assert (config.sealing, config.retention.dead, config.outbox.backlog_max) == (None, 30 * 86_400.0, 100_000)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("outbox: {backlog_max: 0}", "outbox.backlog_max"),
        ("outbox: {backlog: 5}", "there is no field backlog here"),
        ("retention: {dead: 1h}", "retention.dead"),
        ("retention: {parked: 1d}", "there is no field parked here"),
        ("sealing: {}", "keys is missing"),
        ("sealing: {keys: []}", "sealing.keys"),
        ("sealing: {keys: [a2V5a2V5a2V5]}", "literal secret"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, wrong: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"tidegate\.yaml") as refused:
        read(tmp_path, text + "\n")
    assert wrong in str(refused.value)
    assert "a2V5" not in str(refused.value)
