"""The end of a deferred write is posted to its app, signed, once it is on the disk."""

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.policies.delivery.deliveries import delivery
from tests.proxy.stages.test_defer import MADE, deferring, ended, post
from tests.proxy.town import ENVIRON, Step, Town, play
from tidegate.proxy.app_config import AppEndpoint
from tidegate.proxy.durable.outbox_result import result_row, untold_row
from tidegate.proxy.policies.delivery.delivery import Settlement
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.deliveries import DeliveryAlarm
from tidegate.proxy.store.kept_secrets import KeptSecrets
from tidegate.testing import ReceivedRequest, ScriptedVendor

KEY = b"k" * 32
SECRET = "whsec_" + base64.b64encode(KEY).decode()
CALLBACK = {"local": {"callback": {"url": "http://10.0.0.7:9000/told?by=tidegate", "secrets": ["env:HOOK"]}}}
ENDPOINT = AppEndpoint.model_validate({"url": "http://10.0.0.7/x", "secrets": ["env:HOOK"]}, strict=False)
NOW = StoreTime(100.0, 100.0, 1_700_000_000.0)


def told(folder: Path, step: Step, answers: list[Step], **changes: Any) -> list[ReceivedRequest]:
    """The events that the app was posted."""

    async def story(town: Town) -> list[ReceivedRequest]:
        app = ScriptedVendor(answers, town.world.machine("app server"))
        await app.start("10.0.0.7", 9000)
        await ended(town, await post(town, Idempotency_Key="k"))
        await town.world.sleep(300.0)
        await app.close()
        return app.received

    config = {"apps": CALLBACK}
    return play(folder, [step], story, config=config, environ={**ENVIRON, "HOOK": SECRET}, **changes)


def test_the_end_is_posted_and_signed(tmp_path: Path) -> None:
    [event] = told(tmp_path, MADE, [204], **deferring("always"))
    headers, document = event.headers, json.loads(event.body)
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + event.body
    signature = base64.b64encode(hmac.digest(KEY, signed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{signature}"
    assert (event.path, headers["Content-Type"], headers["Tidegate-Event"]) == (
        "/told?by=tidegate",
        "application/json",
        "write.done",
    )
    assert (document["type"], document["data"]["state"], document["data"]["answer"]["body"]) == (
        "write.done",
        "done",
        '{"id": 7}',
    )


def test_an_app_that_refuses_is_told_again_under_the_same_name(tmp_path: Path) -> None:
    events = told(tmp_path, MADE, [500, 204], **deferring("always"))
    assert len(events) == 2
    assert len({event.headers["webhook-id"] for event in events}) == 1


@pytest.mark.parametrize(
    ("step", "shots", "kind"),
    [(400, {}, "write.dead"), (MADE, {"deadline": "1h"}, "write.done")],
)
def test_each_end_has_its_type(tmp_path: Path, step: Step, shots: dict[str, Any], kind: str) -> None:
    [event] = told(tmp_path, step, [204], **deferring({"when": "always", **shots}))
    assert json.loads(event.body)["type"] == kind


def test_an_app_without_an_address_is_told_nothing(tmp_path: Path) -> None:
    async def story(town: Town) -> int:
        await ended(town, await post(town))
        return len(await town.proxy.parts.store.deliveries.depths())

    assert play(tmp_path, [MADE], story, **deferring("always")) == 1


def test_what_has_not_ended_makes_no_event() -> None:
    assert result_row(delivery(), Settlement("waiting"), ENDPOINT, NOW) is None
    row = result_row(delivery(), Settlement("parked"), ENDPOINT, NOW)
    assert row is not None
    assert (row.operation, row.vendor, row.app, row.box) == ("write.parked", "tidegate", "shop", "inbox")


@pytest.mark.parametrize(("outcome", "said"), [("unknown", "unknown"), ("not applied", "not applied")])
def test_an_end_says_if_it_was_perhaps_carried_out_whoever_tells_of_it(outcome: str, said: str) -> None:
    end = Settlement("dead", dead_reason="expired", outcome=outcome)
    dead = delivery(state="dead", resting=end.resting, dead_reason="expired", ever_sent=True)
    by_worker = result_row(delivery(resting="unknown"), end, ENDPOINT, NOW)
    by_bell = untold_row(DeliveryAlarm(1, dead, "dead", "expired"), ENDPOINT, NOW)
    for row in (by_worker, by_bell):
        assert row is not None
        assert json.loads(row.body)["data"]["outcome"] == said


def test_a_secret_in_an_answer_is_not_passed_on() -> None:
    _, body = KeptSecrets(["sk_live_secret"]).hidden((), b"your key: sk_live_secret")
    row = result_row(delivery(), Settlement("done", status=200, answer_body=body), ENDPOINT, NOW)
    assert row is not None
    assert json.loads(row.body)["data"]["answer"]["body"] == "your key: [redacted]"
