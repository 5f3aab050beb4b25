"""A soak as a whole, and what it starts its programs with."""

from pathlib import Path

import pytest

from tidegate.loadtests.soak.soak import FACTOR, SoakShape, copied, run_soak, target_of, widen
from tidegate.loadtests.soak.traffic import TRAFFIC
from tidegate.problems import UsageError
from tidegate.vendor.vendor_file import load_vendor


@pytest.mark.slow
def test_a_short_soak_fails_nothing_and_comes_to_rest() -> None:
    progress: list[str] = []
    verdict = run_soak("openai", SoakShape(200, 16), progress.append)
    assert verdict.held, verdict.document()
    assert verdict.stretches["at once"].calls >= 200
    assert verdict.after.connections <= 2
    assert progress[0] == "openai: starting the simulator and the proxy"


def test_a_vendor_without_traffic_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match=r"nobody.*stripe"):
        run_soak("nobody", SoakShape(1, 1), print)


@pytest.mark.parametrize("name", sorted(TRAFFIC))
def test_the_copy_of_a_vendor_has_wider_limits_and_is_else_the_same(name: str, tmp_path: Path) -> None:
    loaded = load_vendor(copied(name, tmp_path))
    assert loaded.vendor.vendor == name
    assert loaded.document_path.parent == tmp_path / name


def test_every_limit_is_multiplied() -> None:
    facts = {"limits": [{"rate": "5/m", "burst": 2}, {"rate": "100/s"}], "concurrency": [{"at_once": 3}]}
    widen(facts)
    assert facts == {
        "limits": [{"rate": f"{5 * FACTOR}/m", "burst": 2 * FACTOR}, {"rate": f"{100 * FACTOR}/s"}],
        "concurrency": [{"at_once": 3 * FACTOR}],
    }


def test_an_app_sends_its_key_in_the_vendors_place(tmp_path: Path) -> None:
    adyen = target_of(load_vendor(copied("adyen", tmp_path)).vendor, "http://x")
    github = target_of(load_vendor(copied("github", tmp_path)).vendor, "http://x")
    assert (dict(adyen.headers), adyen.key_header) == ({"X-API-Key": "app"}, "Idempotency-Key")
    assert (dict(github.headers), github.key_header) == ({"Authorization": "Bearer app"}, "")
