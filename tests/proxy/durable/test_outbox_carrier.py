"""Deferred writes through crash, outage and doubt: none lost, none doubled, and none left in doubt without need."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientError

from tests.proxy.stages.test_defer import MADE, deferring, ended, post, record
from tests.proxy.town import VENDOR, Seen, Step, Stream, Town, both, play
from tidegate.testing.scripted_vendor import WholeAnswer
from tidegate.testing.virtual_proxy import VENDOR_ADDRESS


def counting(effects: Counter[str]) -> Any:
    """A vendor that remembers keys: each is carried out once, and answered alike."""

    async def answer(seen: Seen) -> WholeAnswer:
        key = seen.headers["Idempotency-Key"]
        effects[key] += key not in effects
        return 201, {"Content-Type": "application/json"}, json.dumps({"key": key}).encode()

    return answer


def test_a_crash_between_accept_and_send_loses_nothing(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        await town.vendor.stop_listening()
        accepted = await post(town)
        town.crash()
        await town.restart()
        before = len(town.vendor.received)
        await town.vendor.start(VENDOR_ADDRESS, 80)
        document = await ended(town, accepted)
        return before, document["state"], len(town.vendor.received)

    assert play(tmp_path, [MADE], story, **deferring("always")) == (0, "done", 1)


def test_a_crash_while_the_vendor_is_at_work_is_resolved_under_the_same_key(tmp_path: Path) -> None:
    effects: Counter[str] = Counter()

    async def story(town: Town) -> Any:
        accepted = await post(town)
        await town.world.sleep(1.0)
        assert len(town.vendor.received) == 1
        town.crash()
        town.vendor.script = [counting(effects)]
        await town.restart()
        document = await ended(town, accepted)
        return document["state"], {seen.headers["Idempotency-Key"] for seen in town.vendor.received}

    state, keys = play(tmp_path, ["hang"], story, **deferring("always"))
    assert (state, len(keys), effects.total()) == ("done", 1, 1)


def test_a_crash_after_the_answer_is_answered_from_the_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(town: Town) -> Any:
        deliveries = town.proxy.parts.store.deliveries

        async def crash(*_given: Any) -> bool:
            town.crash()
            return await deliveries.claim("outbox", town.proxy.records.now(), lease_s=1.0) != []  # never comes back

        monkeypatch.setattr(deliveries, "settle", crash)
        accepted = await post(town)
        await town.world.sleep(1.0)
        await town.restart()
        document = await ended(town, accepted)
        return document["state"], document["answer"]["body"], len(town.vendor.received)

    assert play(tmp_path, [MADE], story, **deferring("always")) == ("done", '{"id": 7}', 1)


@pytest.mark.slow
def test_an_outage_of_five_minutes_ends_nothing_and_burns_no_tries_once_the_breaker_is_open(tmp_path: Path) -> None:
    effects: Counter[str] = Counter()

    async def story(town: Town) -> Any:
        accepted = [await post(town, Idempotency_Key=f"k{n}") for n in range(50)]
        await town.world.sleep(300.0)
        during = len(town.vendor.received)
        town.vendor.script = [counting(effects)]
        over = town.world.now()
        for one in accepted:
            await ended(town, one)
        documents = [await record(town, one) for one in accepted]
        return during, town.world.now() - over, Counter(document["state"] for document in documents)

    policy = {**VENDOR["policy"], "breaker": {"calls": 5}}
    during, drain_s, states = play(tmp_path, [503], story, policy=policy, **deferring("always"))
    assert states == {"done": 50}
    assert (len(effects), effects.total()) == (50, 50)
    assert during < 200
    assert drain_s < 120.0


def test_what_nothing_makes_safe_is_parked_after_a_doubt_and_never_sent_twice(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        accepted = await town.ask("POST", "/things/shots", data=b"a")
        document = await ended(town, accepted)
        return document["state"], document["outcome"], len(town.vendor.received)

    shots = {"PostShots": {"idempotency": "never-resend", "defer": "always"}}
    assert play(tmp_path, ["reset"], story, **deferring("never", **shots)) == ("parked", "unknown", 1)


def test_what_nothing_makes_safe_and_no_byte_has_left_of_is_sent_after_a_crash(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        await town.vendor.stop_listening()
        accepted = await town.ask("POST", "/things/shots", data=b"a")
        await town.world.sleep(0.5)
        town.crash()
        await town.restart()
        await town.vendor.start(VENDOR_ADDRESS, 80)
        return (await ended(town, accepted))["state"], len(town.vendor.received)

    shots = {"PostShots": {"idempotency": "never-resend", "defer": "always"}}
    assert play(tmp_path, [MADE], story, **deferring("never", **shots)) == ("done", 1)


@pytest.mark.parametrize(("answer", "state", "reason"), [(400, "dead", "rejected"), (404, "dead", "rejected")])
def test_a_rejection_is_final_and_the_app_can_read_it(tmp_path: Path, answer: int, state: str, reason: str) -> None:
    async def story(town: Town) -> Any:
        accepted = await post(town, Idempotency_Key="k")
        document = await ended(town, accepted)
        again = await post(town, Idempotency_Key="k")
        return document["state"], document["reason"], document["status"], again.status, len(town.vendor.received)

    assert play(tmp_path, [answer], story, **deferring("always")) == (state, reason, answer, answer, 1)


def test_a_credential_that_is_refused_waits_for_whoever_mends_it(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        accepted = await post(town)
        await town.world.sleep(60.0)
        waits = await record(town, accepted)
        town.vendor.script = [MADE]
        return waits["state"], waits["detail"], (await ended(town, accepted))["state"]

    found = play(tmp_path, [401], story, **deferring("always"))
    assert found == ("waiting", "The vendor refuses Tidegate's credential.", "done")


def test_a_call_that_ended_as_unknown_resolves_by_itself(tmp_path: Path) -> None:
    effects: Counter[str] = Counter()

    async def story(town: Town) -> Any:
        unsure = await post(town)
        town.vendor.script = [counting(effects)]
        path = unsure.headers["Link"].partition(">")[0][1:]
        await town.world.sleep(60.0)
        document = json.loads((await town.ask("GET", path)).body)
        return unsure.problem, document["state"], document["outcome"]

    found = play(
        tmp_path, ["hang"], story, operations={**VENDOR["operations"], "PostThings": {"idempotency": "vendor-key"}}
    )
    assert found == ("outcome-unknown", "done", "done")
    assert effects.total() == 1


def test_an_app_that_asks_again_first_gets_its_answer_and_nothing_is_sent_after_that(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        await post(town, Idempotency_Key="k")
        town.vendor.script = [MADE]
        again = await post(town, Idempotency_Key="k")
        sent = len(town.vendor.received)
        await town.world.sleep(60.0)
        return again.status, len(town.vendor.received) - sent

    operations = {**VENDOR["operations"], "PostThings": {"idempotency": "vendor-key"}}
    assert play(tmp_path, ["hang"], story, operations=operations) == (201, 0)


def test_what_outlives_the_vendors_memory_of_its_key_is_parked(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        accepted = await post(town)
        await town.world.sleep(10.0)
        town.crash()
        await town.world.sleep(24 * 3600.0)
        sent = len(town.vendor.received)
        await town.restart()
        return (await ended(town, accepted))["state"], len(town.vendor.received) - sent

    assert play(tmp_path, ["hang"], story, **deferring("always")) == ("parked", 0)


def test_a_write_whose_tries_are_used_up_while_nobody_knows_is_not_told_as_not_carried_out(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        async def step(seen: Seen) -> Any:
            return 504 if seen.method == "PUT" else 200, {}, b"{}"

        town.vendor.script = [step]
        keyed = {"Content-Type": "application/json", "Idempotency-Key": "k"}
        accepted = await town.ask("PUT", "/things/things/1", data=b"{}", headers=keyed)
        for _ in range(30):  # the vendor answers others, so that it is this write that fails
            await town.world.sleep(10.0)
            await town.ask("GET", "/things/things/2")
        document = await record(town, accepted)
        again = await town.ask("PUT", "/things/things/1", data=b"{}", headers=keyed)
        return document["state"], document["outcome"], again.problem

    put = {"idempotency": "natural", "defer": {"when": "always", "attempts": 2}}
    found = play(tmp_path, [200], story, operations={**VENDOR["operations"], "PutThing": put})
    assert found == ("dead", "unknown", "outcome-unknown")


def test_live_calls_go_before_deferred_ones(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        for n in range(40):
            await post(town, b'{"n": %d}' % n)
        await town.world.sleep(5.0)
        began = town.world.now()
        live = await town.ask("POST", "/things/shots", data=b"live")
        return live.status, town.world.now() - began

    facts = {**VENDOR["facts"], "limits": [{"name": "account", "rate": "2/s", "burst": 1}]}
    status, took_s = play(tmp_path, [MADE], story, facts=facts, **deferring("always"))
    assert status == 201
    assert took_s < 1.5


def test_an_operation_that_is_not_served_any_more_is_kept(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        await town.vendor.stop_listening()
        accepted = await post(town)
        town.crash()
        vendor = json.loads((tmp_path / "vendor.yaml").read_text())
        document = json.loads((tmp_path / "openapi.json").read_text())
        del document["paths"]["/things"]["post"], vendor["operations"]["PostThings"]
        (tmp_path / "openapi.json").write_text(json.dumps(document))
        (tmp_path / "vendor.yaml").write_text(json.dumps(vendor))
        await town.restart()
        await town.world.sleep(40.0)
        return (await record(town, accepted))["detail"]

    steps: list[Step] = [MADE]
    assert play(tmp_path, steps, story, **deferring("always")) == "Its operation is not served now."


UNDEFERRED: dict[str, Any] = {"operations": {**VENDOR["operations"], "PostThings": {"idempotency": "vendor-key"}}}


@pytest.mark.parametrize(
    ("step", "sent_later"),
    [
        ("hang", True),
        ((500, {}, b"{}"), False),
        ((500, {"Things-Should-Retry": "false"}, b"{}"), False),
        (Stream([b"a" * 200_000], then="cut"), False),
    ],
    ids=["told as unknown", "the vendor's own failure", "no resend wanted", "streamed"],
)
def test_only_what_is_told_as_unknown_is_taken_up(tmp_path: Path, step: Step, sent_later: bool) -> None:
    async def story(town: Town) -> bool:
        try:
            await post(town)
        except ClientError:
            assert isinstance(step, Stream)
        sent = len(town.vendor.received)
        await town.world.sleep(60.0)
        return len(town.vendor.received) > sent

    assert play(tmp_path, [step], story, **UNDEFERRED) == sent_later


def test_what_is_taken_up_keeps_to_the_retry_budget_and_to_fresh_connections(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        await both(*(post(town) for _ in range(40)))
        town.vendor.script = [MADE]
        over, sent = town.world.now(), len(town.vendor.received)
        await town.world.sleep(600.0)
        later = [seen.at_s for seen in town.vendor.received[sent:]]
        most = max(sum(at <= other < at + 10.0 for other in later) for at in later)
        depths = await town.proxy.parts.store.deliveries.depths()
        return most, {depth.state for depth in depths if depth.rows}, len(later), over > 0

    most, states, later, _ = play(tmp_path, ["hang"], story, **UNDEFERRED)
    assert most <= 8
    assert (states, later) == ({"done"}, 40)
