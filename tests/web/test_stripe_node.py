"""The official Stripe library for Node, as it comes from npm, through the proxy. `make test-web` installs it."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.programs import WAIT_S, House, Proxy

pytestmark = pytest.mark.web

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def node() -> str:
    """The node program. Missing, or without the library, it fails in CI and skips elsewhere."""
    found = shutil.which("node")
    if found is not None and (HERE / "node_modules" / "stripe").is_dir():
        return found
    missing = "node with the stripe library is not here; `make test-web` installs the library"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


@pytest.fixture(scope="module")
def said(node: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Any], House, Proxy]]:
    """What the app printed, and the house that it ran against."""
    with House(tmp_path_factory.mktemp("house")) as house:
        proxy = house.serve()
        done = subprocess.run(
            [node, HERE / "stripe_app.mjs", proxy.stripe], capture_output=True, text=True, timeout=WAIT_S, check=False
        )
        assert done.returncode == 0, done.stderr
        yield json.loads(done.stdout), house, proxy


Said = tuple[dict[str, Any], House, Proxy]


def test_a_payment_is_created_and_retrieved(said: Said) -> None:
    app, house, _ = said
    made = app["made"]
    assert made["status"] == "succeeded"
    assert app["found"] == {"id": made["id"], "order": "o-1"}
    assert house.vendor.effects("payment_intent.succeeded") == [made["id"]]


def test_the_same_key_gets_the_same_payment(said: Said) -> None:
    assert said[0]["again"] == said[0]["made"]["id"]


def test_a_list_is_read_to_its_end(said: Said) -> None:
    assert said[0]["listed"] == [said[0]["made"]["id"]]


def test_errors_are_the_librarys_own_types(said: Said) -> None:
    app = said[0]
    assert app["declined"] == {"type": "StripeCardError", "code": "card_declined", "status": 402, "param": None}
    assert (app["bad"]["type"], app["bad"]["param"]) == ("StripeInvalidRequestError", "amount")
    assert (app["missing"]["type"], app["missing"]["status"]) == ("StripeInvalidRequestError", 404)
