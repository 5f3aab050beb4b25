"""A delivery is what its app sent and its vendor would get, and lasts as long as that is safe."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.stages.test_defer import MADE, deferring, ended, post
from tests.proxy.town import VENDOR, Town, play
from tidegate.proxy.policies.delivery.delivery import Delivery, NewDelivery
from tidegate.proxy.store.store_error import StoreError


def stored(
    folder: Path, method: str, path: str, body: bytes, headers: dict[str, str], **operations: Any
) -> NewDelivery:
    async def story(town: Town) -> NewDelivery:
        accepted = await town.ask(method, path, data=body, headers=headers)
        found = await town.proxy.parts.store.deliveries.find(json.loads(accepted.body)["call"])
        assert found is not None
        return found.new

    return play(folder, ["hang"], story, operations={**VENDOR["operations"], **operations})


@pytest.mark.parametrize(
    ("method", "path", "order_by", "body", "order_key"),
    [
        ("POST", "/things/things", "/order/id", b'{"order": {"id": 7}}', "7"),
        ("POST", "/things/things", "/order/id", b'{"order": {}}', ""),
        ("POST", "/things/things", "/order/id", b"not json", ""),
        ("PUT", "/things/things/a%20b?x=1", "{id}", b"{}", "a b"),
    ],
)
def test_the_order_key_is_a_field_of_the_body_or_a_path_parameter(
    tmp_path: Path, method: str, path: str, order_by: str, body: bytes, order_key: str
) -> None:
    defer = {"when": "always", "order_by": order_by}
    operations = {"PostThings": {"idempotency": "vendor-key", "defer": defer}, "PutThing": {"defer": defer}}
    if method == "POST":
        del operations["PutThing"]
    else:
        operations["PostThings"] = {"idempotency": "vendor-key"}
    new = stored(tmp_path, method, path, body, {"Content-Type": "application/json"}, **operations)
    assert (new.order_key, new.order, new.method, new.body) == (order_key, "block", method, body)


def test_a_header_of_the_apps_connection_is_not_stored(tmp_path: Path) -> None:
    things = {"PostThings": {"idempotency": "vendor-key", "defer": "always"}}
    lines = {"Connection": "X-Hop, keep-alive", "X-Hop": "1", "X-Stays": "2"}
    new = stored(tmp_path, "POST", "/things/things", b"a", lines, **things)
    names = [name.lower() for name, _ in json.loads(new.headers)]
    assert "x-stays" in names
    assert not {"x-hop", "connection"} & set(names)


def test_it_goes_on_in_the_trace_of_its_app(tmp_path: Path) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    things = {"PostThings": {"idempotency": "vendor-key", "defer": "always"}}
    new = stored(tmp_path, "POST", "/things/things", b"a", {"traceparent": trace}, **things)
    assert new.trace.startswith("00-0af7651916cd43dd8448eb211c80319c-")
    assert new.trace.endswith("-01")
    assert "traceparent" not in new.headers.decode().lower()


def test_a_key_that_ended_without_an_answer_is_refused(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[int, str, str]:
        await town.vendor.stop_listening()
        accepted = await post(town, Idempotency_Key="k")
        document = await ended(town, accepted)
        again = await post(town, Idempotency_Key="k")
        return again.status, again.problem, str(document["reason"])

    changes = deferring({"when": "always", "deadline": "10s"})
    assert play(tmp_path, [MADE], story, **changes) == (409, "not-delivered", "expired")


def test_a_parked_write_is_told_as_unknown(tmp_path: Path) -> None:
    async def story(town: Town) -> str:
        headers = {"Idempotency-Key": "k"}
        accepted = await town.ask("POST", "/things/shots", data=b"a", headers=headers)
        await ended(town, accepted)
        return (await town.ask("POST", "/things/shots", data=b"a", headers=headers)).problem

    shots = {"PostShots": {"idempotency": "never-resend", "defer": "always"}}
    assert play(tmp_path, ["reset"], story, **deferring("never", **shots)) == "outcome-unknown"


@pytest.mark.parametrize("key", ["", "a" * 256])
def test_a_key_that_cannot_be_used_is_refused(tmp_path: Path, key: str) -> None:
    async def story(town: Town) -> tuple[int, str]:
        answer = await post(town, Idempotency_Key=key)
        return answer.status, answer.problem

    assert play(tmp_path, [MADE], story, **deferring("always")) == (400, "bad-request")


def test_a_store_that_takes_nothing_accepts_nothing(tmp_path: Path) -> None:
    async def full(town: Town) -> tuple[int, str]:
        async def refuse(*_given: Any) -> Delivery:
            raise StoreError("the disk is full", "full")

        town.proxy.parts.store.deliveries.accept = refuse  # type: ignore[method-assign,assignment]  # as a full disk
        answer = await post(town)
        return answer.status, answer.problem

    assert play(tmp_path, [MADE], full, **deferring("always")) == (503, "store-unavailable")
