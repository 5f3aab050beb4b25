"""kill -9 while deferred writes are carried out: what was answered with 202 is carried out, and once."""

import json
import signal
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.acceptance.asking import ask
from tests.acceptance.kills.points import FAST
from tests.acceptance.programs import WAIT_S, House, Proxy, eventually, vendor_folder
from tests.postgres_server import shared_server
from tidegate.loadtests.programs import free_port
from tidegate.proxy.policies.delivery.delivery import LEASES_LOST_MAX

pytestmark = pytest.mark.slow

WRITES, KILLS = 40, LEASES_LOST_MAX - 1
"""On a slow machine a write may be under way at every kill, and one that was at so many more is given up as poison."""


def deferring(content: dict[str, Any]) -> None:
    content["operations"]["PostPaymentIntents"] = {"idempotency": "vendor-key", "defer": "always"}


@pytest.fixture(name="vendors")
def _vendors(tmp_path: Path) -> Path:
    return vendor_folder(tmp_path, deferring)


def accepted(proxy: Proxy, order: int) -> str:
    """The path of an accepted payment's record."""
    fields = {"amount": "1099", "currency": "eur", "payment_method": "pm_card_visa", "confirm": "true",
              "automatic_payment_methods[enabled]": "true", "automatic_payment_methods[allow_redirects]": "never",
              "metadata[order_id]": f"o-{order}"}  # fmt: skip
    headers = {
        "Authorization": "Bearer app",
        "Content-Type": "application/x-www-form-urlencoded",
        "Idempotency-Key": f"k-{order}",
    }
    request = urllib.request.Request(f"{proxy.stripe}/v1/payment_intents", urlencode(fields).encode(), headers)
    with urllib.request.urlopen(request, timeout=WAIT_S) as answer:
        assert answer.status == 202
        return "/_tidegate/" + str(answer.headers["Location"]).partition("/_tidegate/")[2]


def state(proxy: Proxy, path: str) -> str:
    _, _, body = ask(proxy, "GET", path, Authorization="Bearer app")
    return str(json.loads(body)["state"])


@pytest.mark.parametrize("effect", ["done", "none"])
def test_a_write_in_the_middle_of_which_the_proxy_dies_is_carried_out_once(
    house: House, vendors: Path, effect: str
) -> None:
    proxy = house.serve(port=free_port(), vendors=vendors)
    house.vendor.fails(kind="hang", effect=effect)
    path = accepted(proxy, 1)
    eventually(house.vendor.journal, "the payment at the vendor")
    proxy.end(signal.SIGKILL)

    house.vendor.works()
    proxy = house.serve(port=proxy.port, vendors=vendors)
    eventually(lambda: state(proxy, path) == "done", "the end of the write")
    assert len(house.vendor.effects("payment_intent.succeeded")) == 1
    assert len({entry["key"] for entry in house.vendor.journal()}) == 1, "the vendor saw one key only"


def test_many_writes_survive_kills_and_none_is_doubled(house: House, vendors: Path) -> None:
    proxy = house.serve(port=free_port(), vendors=vendors)
    paths = []
    for kill in range(KILLS):
        paths += [accepted(proxy, order) for order in range(kill * WRITES // KILLS, (kill + 1) * WRITES // KILLS)]
        proxy.end(signal.SIGKILL)
        proxy = house.serve(port=proxy.port, vendors=vendors)
    eventually(lambda: all(state(proxy, path) == "done" for path in paths), "the end of every write")
    made = house.vendor.effects("payment_intent.succeeded")
    assert (len(made), len(set(made))) == (WRITES, WRITES)


def test_what_a_dead_proxy_left_is_carried_out_by_the_other_on_its_store(house: House, vendors: Path) -> None:
    store = shared_server().fresh_url()
    first, second = (house.serve(store=store, vendors=vendors, constants=FAST) for _ in range(2))
    paths = [accepted(first, order) for order in range(WRITES)]
    first.end(signal.SIGKILL)
    eventually(lambda: all(state(second, path) == "done" for path in paths), "the end of every write")
    made = house.vendor.effects("payment_intent.succeeded")
    assert (len(made), len(set(made))) == (WRITES, WRITES)
