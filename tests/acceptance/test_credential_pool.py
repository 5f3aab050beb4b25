"""Three keys carry three times one key's limit, and one may be revoked meanwhile: real proxy, real simulator."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.programs import House, eventually, vendor_folder
from tests.acceptance.test_secret_rotation import Load, accepts, private

pytestmark = pytest.mark.slow

LIMIT = {"name": "account", "rate": "20/s", "burst": 5, "algorithm": "token-bucket", "scope": "credential"}
KEYS = {"one": "sk_test_of_pool_1111", "two": "sk_test_of_pool_2222", "three": "sk_test_of_pool_3333"}
MANY = 240
"""Requests at the vendor: as many as three keys may send in four seconds."""
SHARE = 0.2
"""Each of three keys wears at least so much of the traffic; a third, where all have the same room."""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A vendor that limits each key, and knows these three."""
    for name, key in KEYS.items():
        private(tmp_path / name, key)

    def pooled(content: dict[str, Any]) -> None:
        facts = content["facts"]
        facts["limits"] = [LIMIT]
        facts["auth"]["secrets"] = {name: f"file:{tmp_path / name}" for name in KEYS}

    folder = vendor_folder(tmp_path, pooled)
    with House(tmp_path, str(folder / "stripe")) as own:
        yield own


def worn(house: House) -> Counter[str]:
    """The keys that the vendor let in, and how often each was there."""
    names = {f"***{key[-4:]}": name for name, key in KEYS.items()}
    return Counter(names[entry["app"]] for entry in house.vendor.journal() if entry["status"] == 200)


def answered(house: House) -> Counter[int]:
    """The statuses of the vendor's answers."""
    return Counter(entry["status"] for entry in house.vendor.journal())


def test_three_keys_carry_three_limits_and_no_call_fails_when_one_is_revoked(house: House) -> None:
    use = {"base_url": house.vendor.url, "private_addresses": "allow"}
    proxy = house.serve(vendors=house.folder / "vendors", use={"stripe": use})
    load = Load(proxy, callers=24)
    eventually(lambda: len(house.vendor.journal()) >= MANY, f"{MANY} requests at the vendor")
    before = worn(house)
    accepts(house, KEYS["one"], KEYS["three"])
    eventually(lambda: answered(house)[401], "the revoked key at the vendor")
    load.goes_on(MANY // 2)
    statuses, at_vendor = load.end(), answered(house)
    assert proxy.end() == 0
    assert {*statuses} == {"200"}, statuses
    assert {*at_vendor} == {200, 401}, "the vendor refuses nothing for its rate"
    assert all(before[name] >= SHARE * before.total() for name in KEYS), before
    aside = [line for line in proxy.lines if '"note":"credential set aside"' in line]
    assert aside
    assert all('"credential":"two"' in line for line in aside)
    assert not any(key in line for line in proxy.lines for key in KEYS.values())
