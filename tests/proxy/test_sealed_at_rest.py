"""Personal data on its way through the whole proxy: in what goes on, and nowhere in what is stored."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.durable.inbox_town import inbox_town, stripe_event
from tests.proxy.stages.test_defer import deferring, ended, post, record
from tests.proxy.town import VENDOR, Step, Town, play
from tests.waiting import until
from tidegate.proxy.configured_vendors import ConfigChange, sealing_of
from tidegate.proxy.store.deliveries import HandMade
from tidegate.proxy.store_config import SealingSettings

CANARY = "ada.lovelace@example.org"
OLD, NEW = (base64.b64encode(letter * 32).decode() for letter in (b"o", b"n"))
ENVIRON = {"SEAL_OLD": OLD, "SEAL_NEW": NEW}
SEALING = SealingSettings.model_validate({"keys": ["env:SEAL_OLD"]}, strict=False)
BODY = json.dumps({"email": CANARY}).encode()
MADE: Step = (201, {"Content-Type": "application/json", "X-Mail": CANARY}, json.dumps({"made": CANARY}).encode())
PERSONAL: dict[str, Any] = {"facts": {**VENDOR["facts"], "personal_data": ["/email"]}, "environ": ENVIRON}
KEYED = {"PostThings": {"idempotency": "vendor-key"}}


def holds(town: Town, text: str = CANARY) -> bool:
    """Whether it is anywhere on the disk; bytes stand there in hex."""
    written = town.world.disk.written()
    return text.encode() in written or text.encode().hex().encode() in written.lower()


def file_of(folder: Path) -> bytes:
    """A store's file, with its write-ahead log."""
    return b"".join(file.read_bytes() for file in folder.glob("store.db*"))


def change_keys(town: Town, *names: str) -> None:
    """The keys of the next proxy on this store."""
    sealing = SealingSettings.model_validate({"keys": [f"env:{name}" for name in names]}, strict=False)
    town.config = town.config.model_copy(update={"sealing": sealing})


def test_a_deferred_write_is_carried_out_and_nothing_of_it_is_on_the_disk(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        accepted = await post(town, BODY)
        waits = holds(town)
        document = await ended(town, accepted)
        return waits, document["answer"], holds(town), town.vendor.received[0].body

    waits, answer, over, sent = play(
        tmp_path, [MADE], story, config={"sealing": SEALING}, **PERSONAL, **deferring("always")
    )
    assert (waits, over, sent) == (False, False, BODY)
    assert answer["body"] == json.dumps({"made": CANARY})
    assert ["X-Mail", CANARY] in answer["headers"]


@pytest.mark.parametrize("sealing", [SEALING, None])
def test_without_keys_it_is_stored_as_it_is_and_the_tests_before_would_see_it(sealing: Any, tmp_path: Path) -> None:
    async def story(town: Town) -> bool:
        await ended(town, await post(town, BODY))
        return holds(town)

    found = play(tmp_path, [MADE], story, config={"sealing": sealing}, **PERSONAL, **deferring("always"))
    assert found == (sealing is None)


def test_the_kept_answer_of_a_keyed_call_is_given_again_and_not_on_the_disk(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        answers = [await post(town, BODY, Idempotency_Key="k1") for _ in range(2)]
        return (
            [(one.status, one.body, one.headers["X-Mail"]) for one in answers],
            len(town.vendor.received),
            holds(town),
        )

    changes = {**PERSONAL, "operations": {**VENDOR["operations"], **KEYED}}
    answers, sent, on_disk = play(tmp_path, [MADE], story, config={"sealing": SEALING}, **changes)
    assert answers == [(201, json.dumps({"made": CANARY}).encode(), CANARY)] * 2
    assert (sent, on_disk) == (1, False)


def test_an_answer_whose_key_is_gone_is_unknown_and_the_write_is_not_sent_again(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        await post(town, BODY, Idempotency_Key="k1")
        town.crash()
        change_keys(town, "SEAL_NEW")
        await town.restart()
        gone = await post(town, BODY, Idempotency_Key="k1")
        town.crash()
        change_keys(town, "SEAL_NEW", "SEAL_OLD")
        await town.restart()
        back = await post(town, BODY, Idempotency_Key="k1")
        return gone.problem, json.loads(gone.body)["error"]["message"], back.status, len(town.vendor.received)

    changes = {**PERSONAL, "operations": {**VENDOR["operations"], **KEYED}}
    problem, why, status, sent = play(tmp_path, [MADE], story, config={"sealing": SEALING}, **changes)
    assert (problem, status, sent) == ("outcome-unknown", 201, 1)
    assert "not among sealing.keys" in why


def test_a_deferred_write_whose_key_is_gone_is_dead_and_goes_once_the_key_is_back(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        accepted = await post(town, BODY)
        town.crash()
        change_keys(town, "SEAL_NEW")
        await town.restart()
        dead = await ended(town, accepted)
        sent = len(town.vendor.received)
        town.crash()
        change_keys(town, "SEAL_NEW", "SEAL_OLD")
        await town.restart()
        deliveries = town.proxy.parts.store.deliveries
        await deliveries.act(dead["call"], HandMade("replay", "ada"), town.proxy.records.now())
        return dead, sent, await ended(town, accepted), town.vendor.received[0].body

    dead, sent, done, body = play(
        tmp_path, [MADE], story, config={"sealing": SEALING}, **PERSONAL, **deferring("always")
    )
    assert (dead["state"], dead["reason"], sent) == ("dead", "sealed", 0)
    assert "not among sealing.keys" in dead["detail"]
    assert (done["state"], body) == ("done", BODY)


def test_an_answer_that_cannot_be_opened_is_not_shown_as_an_empty_one(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        accepted = await post(town, BODY)
        document = await ended(town, accepted)
        town.crash()
        change_keys(town, "SEAL_NEW")
        await town.restart()
        path = f"/_tidegate/calls/{document['call']}/answer"
        return await record(town, accepted), await town.ask("GET", path)

    document, answer = play(tmp_path, [MADE], story, config={"sealing": SEALING}, **PERSONAL, **deferring("always"))
    assert (document["state"], "answer" in document) == ("done", False)
    assert "not among sealing.keys" in document["detail"]
    assert (answer.status, answer.problem) == (404, "not-found")
    assert "not among sealing.keys" in answer.body.decode()


async def test_a_webhook_reaches_its_app_and_nothing_of_it_is_in_the_file(tmp_path: Path) -> None:
    sealing = {"keys": ["env:SEAL_OLD"]}
    async with inbox_town(tmp_path, environ=ENVIRON, sealing=sealing) as town:
        await town.stripe(stripe_event(thing=CANARY))
        await until(lambda: town.app.got)
        assert CANARY.encode() in town.app.got[0].body
        assert (tmp_path / "store.db-wal").stat().st_size
        assert b"charge.succeeded" in file_of(tmp_path)
        assert CANARY.encode() not in file_of(tmp_path)
    assert CANARY.encode() not in file_of(tmp_path)
    assert OLD.encode() not in b"".join(town.lines)


async def test_a_reload_brings_a_new_key_and_keeps_what_the_one_before_has_sealed(tmp_path: Path) -> None:
    async with inbox_town(tmp_path, environ=ENVIRON, sealing={"keys": ["env:SEAL_OLD"]}) as town:
        town.app.statuses = [503]
        await town.stripe(stripe_event("evt_1"))
        await until(lambda: town.app.got)
        config = town.proxy.config.model_copy(
            update={"sealing": SealingSettings.model_validate({"keys": ["env:SEAL_NEW", "env:SEAL_OLD"]}, strict=False)}
        )
        town.proxy.change(ConfigChange(config, sealing=sealing_of(config, ENVIRON)))
        assert NEW in town.proxy.telemetry.redactor.values
        await town.stripe(stripe_event("evt_2"))
        await until(lambda: len(town.app.got) > 2)
        assert {json.loads(post.body)["id"] for post in town.app.got} == {"evt_1", "evt_2"}
