"""The cache of a read."""

from pathlib import Path

from tests.tidegate.plans import planned
from tidegate.policy.cache import Cache, describe


def test_a_cache_is_private_and_guesses_nothing_unless_it_is_told_to() -> None:
    assert Cache() == Cache.model_validate({"shared": "app", "heuristic": "0%", "despite": (), "by": ()})
    assert Cache().fresh is None
    assert Cache().stale_if_error is None


def test_only_a_read_has_one(tmp_path: Path) -> None:
    read = planned(tmp_path)
    assert (read.cache, read.origins["cache"], describe(read)) == (None, "default", "off")
    write = planned(tmp_path, entry="keep: 1h", operation="PutOrder")
    assert (write.cache, write.origins["cache"]) == (None, "method")
    assert describe(write) == "a write: drops the stored answers that it makes doubtful"


def test_its_windows_are_described(tmp_path: Path) -> None:
    plan = planned(tmp_path, entry="cache: {fresh: 2s, stale_while_revalidate: 1m, shared: credential}")
    assert describe(plan) == "RFC 9111; fresh 2s; stale while revalidate 1m; shared under our credential"
    assert plan.origins["cache"] == "vendor.yaml:22"
