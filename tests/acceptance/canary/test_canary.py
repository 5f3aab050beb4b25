"""One flight of the canaries, and what the search for them would find."""

import base64
import gzip
import json
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.acceptance.canary.buggy_serve import BUGS
from tests.acceptance.canary.run import Flight, fly
from tests.acceptance.canary.scan import hits
from tests.acceptance.canary.slots import Canaries, Canary

VALUE = "canary-a/b+c=d"


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_no_canary_is_found_in_anything_that_came_out(tmp_path: Path) -> None:
    flight = await fly(tmp_path, rounds=1, seed=7)
    assert [str(hit) for hit in flight.hits()] == []
    assert_it_was_worth_it(flight)


def assert_it_was_worth_it(flight: Flight) -> None:
    """Every part of the house was used: a search in nothing finds nothing."""
    outputs, statuses = flight.outputs, flight.statuses
    assert {"store.db" in name for name in outputs} == {True, False}
    assert any(name.startswith("spans") for name in outputs)
    assert any(name.startswith("pushed") for name in outputs)
    assert sum(name.startswith("post to an app") for name in outputs) >= 3
    log = outputs["proxy-1.log"].decode()
    assert log.count('"note":"an exception that nobody caught"') >= 4
    assert log.count("[redacted]") >= len(BUGS)
    assert b'"x-custom":"[redacted]"' in outputs["cassette.jsonl"]
    assert (statuses["webhook good 0"], statuses["webhook forged 0"]) == (200, 401)
    assert (statuses["unknown 0"], statuses["foreign 0"], statuses["own token 0"]) == (403, 403, 403)
    assert (statuses["placed 0"], statuses["things rejected 0"], statuses["later shop 0"]) == (200, 502, 202)
    assert b"[redacted]" in flight.answers["placed 0"]
    assert b"[redacted]" in flight.answers["things stream 0"]
    assert b"[redacted]" in flight.answers["pairs echo 0"]
    assert b"[redacted]" in flight.answers["granted echo 0"]


@pytest.mark.parametrize(
    "written",
    [
        VALUE,
        quote(VALUE, safe=""),
        quote(VALUE, safe="").lower(),
        json.dumps(json.dumps(VALUE)),
        VALUE.encode().hex(),
        VALUE.encode().hex().upper(),
        base64.b64encode(b"u:" + VALUE.encode()).decode(),
        base64.urlsafe_b64encode(b"x" + VALUE.encode() + b"yz").decode(),
        VALUE[::-1],
    ],
)
def test_the_search_finds_a_canary_in_every_encoding(written: str) -> None:
    canary = Canary("slot", "ours", VALUE)
    for output in (f"before {written} after".encode(), gzip.compress(written.encode())):
        (hit,) = hits([canary], {"log": output})
        assert (hit.slot, hit.output) == ("slot", "log")
    assert hits([canary], {"log": b"canary-a/b+c=e"}) == []


def test_no_canary_holds_another_and_a_seed_draws_the_same_again() -> None:
    canaries = Canaries(1).all
    assert [one.value for one in canaries] == [one.value for one in Canaries(1).all]
    assert len({one.slot for one in canaries}) == len(canaries)
    for one in canaries:
        assert not [other.slot for other in canaries if other is not one and one.value in other.value]
