"""Joined writes whose request is cut, refused, or never answered, and a proxy that dies: none lost, none doubled."""

import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.proxy.durable.joining import JSON, LATER, BatchVendor, joining, many, states
from tests.proxy.stages.test_defer import MADE, ended, post, record
from tests.proxy.town import DOCUMENT, ENVIRON, PATHS, VENDOR, Seen, Step, Town, both, by, play
from tidegate.policy.deferral.bulk import READY_S
from tidegate.proxy.app import Proxy
from tidegate.proxy.config import Config
from tidegate.proxy.durable import bulk_carrier
from tidegate.proxy.store.deliveries import DeliveryFilter
from tidegate.testing.scripted_vendor import ScriptedVendor, WholeAnswer
from tidegate.vendor.vendor_file import load_vendor
from tidegate.world.world import RealWorld


def test_a_connection_that_is_cut_leaves_every_row_unknown_and_each_goes_again_by_itself(tmp_path: Path) -> None:
    vendor = BatchVendor()

    async def story(town: Town) -> Any:
        await states(town, await many(town, 10, first=100))
        town.vendor.script = ["reset"]
        accepted = await many(town, 4)
        await town.world.sleep(1.0)
        before = {(await record(town, one))["state"] for one in accepted}
        sent = town.vendor.received[-1]
        await vendor.answer(sent)  # it was carried out, and nobody heard of it
        vendor.bodies.clear()
        town.vendor.script = [vendor.answer]
        return before, await states(town, accepted), [item["key"] for item in json.loads(sent.body)["things"]]

    before, after, cut = play(tmp_path, [vendor.answer], story, **joining({"within": "0.2s"}, **LATER))
    assert (before, after) == ({"unknown"}, [("done", 201)] * 4)
    assert sorted(cut) == ["k0", "k1", "k2", "k3"]
    assert sorted(map(len, vendor.bodies)) == [1, 1, 1, 1]
    assert set(vendor.made.values()) == {1}


def test_a_row_for_which_the_whole_request_is_refused_is_found_and_the_others_go_through(tmp_path: Path) -> None:
    vendor = BatchVendor()

    async def strict(seen: Seen) -> WholeAnswer:
        items = json.loads(seen.body)["things"]
        if any(item["n"] == 2 for item in items):
            return 400, JSON, b'{"error": {"code": "invalid"}}'
        return await vendor.answer(seen)

    async def story(town: Town) -> Any:
        await states(town, await many(town, 10, first=100))
        return await states(town, await many(town, 4))

    found = play(tmp_path, [strict], story, **joining({"within": "0.2s"}))
    assert found == [("done", 201), ("done", 201), ("dead", 400), ("done", 201)]
    assert set(vendor.made.values()) == {1}


def test_a_refusal_of_the_whole_may_hide_that_some_rows_were_carried_out(tmp_path: Path) -> None:
    """Vendors do so: the status of the first item that failed is that of all, and those before it are done."""
    vendor = BatchVendor()

    async def early(seen: Seen) -> WholeAnswer:
        for item in json.loads(seen.body)["things"]:
            if item["n"] == 2:
                return 400, JSON, b'{"error": {"code": "invalid"}}'
            vendor.made[item["key"]] += item["key"] not in vendor.made
        return await vendor.answer(seen)

    async def story(town: Town) -> Any:
        await states(town, await many(town, 10, first=100))
        town.vendor.script = [early]
        accepted = await many(town, 4)
        await town.world.sleep(1.0)
        return {(await record(town, one))["state"] for one in accepted}, await states(town, accepted)

    between, after = play(tmp_path, [vendor.answer], story, **joining({"within": "0.2s"}, **LATER))
    assert between == {"unknown"}
    assert after == [("done", 201), ("done", 201), ("dead", 400), ("done", 201)]
    assert set(vendor.made.values()) == {1}


def test_a_crash_in_the_middle_of_a_joined_request_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    vendor = BatchVendor()

    async def story(town: Town) -> Any:
        await states(town, await many(town, 10, first=100))
        town.vendor.script = ["hang"]
        accepted = await many(town, 4)
        await town.world.sleep(1.0)
        during = {(await record(town, one))["state"] for one in accepted}
        sent = town.vendor.received[-1]
        await vendor.answer(sent)  # it was at work when we died
        town.crash()
        town.vendor.script = [vendor.answer]
        await town.restart()
        return during, await states(town, accepted), json.loads(sent.body)["things"]

    during, after, sent = play(tmp_path, [vendor.answer], story, **joining({"within": "0.2s"}))
    assert (during, after, len(sent)) == ({"sending"}, [("done", 201)] * 4, 4)
    assert set(vendor.made.values()) == {1}


def test_a_crash_while_rows_are_gathered_has_sent_nothing(tmp_path: Path) -> None:
    vendor = BatchVendor()

    async def story(town: Town) -> Any:
        await states(town, await many(town, 10, first=100))
        accepted = await many(town, 3)
        await town.world.sleep(1.0)
        during = {(await record(town, one))["state"] for one in accepted}
        sent = len(town.vendor.received)
        town.crash()
        await town.restart()
        return during, len(town.vendor.received) - sent, await states(town, accepted)

    found = play(tmp_path, [vendor.answer], story, **joining({"within": "5s"}))
    assert found == ({"leased"}, 0, [("done", 201)] * 3)
    assert set(vendor.made.values()) == {1}


def test_an_app_that_asks_again_is_told_to_wait_while_its_row_is_unknown(tmp_path: Path) -> None:
    """Sent at once, it would go under a key of the single operation, which need not be that of the item."""

    async def story(town: Town) -> Any:
        town.vendor.script = ["reset"]
        accepted = await post(town, b'{"n": 1}', Idempotency_Key="k")
        await town.world.sleep(3.0)
        state = (await record(town, accepted))["state"]
        again = await post(town, b'{"n": 1}', Idempotency_Key="k")
        return accepted.status, state, again.status, {seen.path for seen in town.vendor.received}

    always = joining({"within": "0.2s"})
    assert play(tmp_path, ["reset"], story, **always) == (202, "unknown", 202, {"/api/things/batch"})


def test_without_the_bulk_form_a_row_that_was_joined_is_not_sent_in_another_way(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        accepted = await post(town, b'{"n": 1}')
        await town.world.sleep(3.0)
        town.crash()
        vendor = json.loads((tmp_path / "vendor.yaml").read_text())
        del vendor["operations"]["PostThings"]["defer"]["bulk"]
        (tmp_path / "vendor.yaml").write_text(json.dumps(vendor))
        town.vendor.script = [MADE]
        await town.restart()
        document = await ended(town, accepted)
        return document["state"], {seen.path for seen in town.vendor.received}

    steps: list[Step] = ["hang"]
    assert play(tmp_path, steps, story, **joining({"within": "0.2s"})) == ("parked", {"/api/things/batch"})


def test_an_outage_burns_no_tries_of_joined_rows_and_ends_none(tmp_path: Path) -> None:
    vendor = BatchVendor()

    async def story(town: Town) -> Any:
        accepted = await many(town, 40)
        await town.world.sleep(300.0)
        during = len(town.vendor.received)
        town.vendor.script = [vendor.answer]
        return during, await states(town, accepted)

    policy = {**VENDOR["policy"], "breaker": {"calls": 5}}
    during, after = play(tmp_path, [503], story, policy=policy, **joining({"within": "0.2s"}, attempts=5))
    assert after == [("done", 201)] * 40
    assert set(vendor.made.values()) == {1}
    assert during < 200


async def test_over_real_sockets_each_is_carried_out_once_though_the_vendor_cuts_the_connection(tmp_path: Path) -> None:
    vendor, world = BatchVendor(), RealWorld()
    changes = joining({"within": "0.05s"}, base="0.1s")
    (tmp_path / "openapi.json").write_text(json.dumps(DOCUMENT | {"paths": PATHS | changes.pop("paths")}))
    (tmp_path / "vendor.yaml").write_text(json.dumps(VENDOR | changes))
    cut: list[Step] = [b"", vendor.answer, "reset", vendor.answer, "half", vendor.answer]
    async with ScriptedVendor(cut) as server, aiohttp.ClientSession() as session:
        use = {"things": {"base_url": f"{server.url}/api", "private_addresses": "allow"}}
        config = {
            "listen": "127.0.0.1:0",
            "store": str(tmp_path / "store.db"),
            "use": use,
            "tokens": [{"app": "shop", "token": "env:SHOP_TOKEN"}],
        }
        loaded = {"things": load_vendor(tmp_path / "vendor.yaml")}
        proxy = Proxy(world, Config.model_validate_json(json.dumps(config)), loaded, environ=ENVIRON, sink=len)
        await proxy.start()
        try:
            url = f"http://127.0.0.1:{proxy.port}/things/things"

            async def ask(n: int) -> int:
                headers = JSON | by("shop", Idempotency_Key=f"k{n}")
                async with session.post(url, data=b'{"n": %d}' % n, headers=headers) as answer:
                    return answer.status

            statuses = await both(*(ask(n) for n in range(12)))
            done = 0
            for _ in range(4000):
                page = await proxy.parts.store.deliveries.page(DeliveryFilter("outbox", ("done",)))
                done = len(page.deliveries)
                if done == 12:
                    break
                await world.sleep(0.005)
        finally:
            await proxy.close()
    assert (set(statuses), done) == ({202}, 12)
    assert vendor.made == {f"shop:k{n}": 1 for n in range(12)}
    assert max(map(len, vendor.bodies)) > 1


def test_a_row_that_is_cut_off_takes_nobody_with_it(tmp_path: Path) -> None:
    vendor = BatchVendor()

    async def story(town: Town) -> Any:
        async def slowly(seen: Seen) -> WholeAnswer:
            await town.world.sleep(2.0)
            return await vendor.answer(seen)

        await states(town, await many(town, 10, first=100))
        town.vendor.script = [slowly]
        accepted = await many(town, 4)
        await town.world.sleep(1.0)
        worker = town.proxy._workers._by_box["outbox"]
        worker._under_way[(await record(town, accepted[1]))["call"]][1].cancel()
        await town.world.sleep(2.0)
        between = [(await record(town, one))["state"] for one in accepted]
        return between, await states(town, accepted)

    between, after = play(tmp_path, [vendor.answer], story, **joining({"within": "0.2s"}, **LATER))
    assert [between[n] for n in (0, 2, 3)] == ["done"] * 3
    assert between[1] != "done"
    assert after == [("done", 201)] * 4
    assert set(vendor.made.values()) == {1}


def test_a_request_whose_rows_are_all_gone_is_ended_and_sent_to_nobody(tmp_path: Path) -> None:
    vendor = BatchVendor()

    async def story(town: Town) -> Any:
        await states(town, await many(town, 10, first=100))
        sent = len(town.vendor.received)
        accepted = await many(town, 2)
        await town.world.sleep(1.0)
        worker = town.proxy._workers._by_box["outbox"]
        for _, task in list(worker._under_way.values()):
            task.cancel()
        await town.world.sleep(1.0)
        between = len(town.vendor.received) - sent
        return between, await states(town, accepted)

    found = play(tmp_path, [vendor.answer], story, **joining({"within": "8s"}))
    assert found == (0, [("done", 201)] * 2)
    assert set(vendor.made.values()) == {1}


def test_a_bug_of_ours_in_joining_loses_no_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vendor = BatchVendor()

    async def story(town: Town) -> Any:
        with monkeypatch.context() as broken:
            broken.setattr(bulk_carrier, "joined_body", len)
            accepted = await many(town, 2)
            await town.world.sleep(3.0)
        bugs = [line["bug"] for line in town.log() if "bug" in line]
        return bugs, await states(town, accepted)

    bugs, after = play(tmp_path, [vendor.answer], story, **joining({"within": "0.2s"}))
    assert set(bugs) == {"TypeError"}
    assert after == [("done", 201)] * 2
    assert set(vendor.made.values()) == {1}


def test_a_lease_is_longer_than_all_that_a_joined_row_waits_for(tmp_path: Path) -> None:
    async def story(town: Town) -> float:
        return town.proxy.gateway.longest_s

    assert play(tmp_path, [MADE], story, **joining({"within": "9s"})) == 20.0 + 9.0 + READY_S + 20.0
