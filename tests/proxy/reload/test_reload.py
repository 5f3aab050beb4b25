"""A changed vendor file comes into force while calls pass; a bad one changes nothing and is told about."""

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.town import SSE, VENDOR, Answer, Step, Stream, Town, play
from tidegate.proxy.reload.reload import Reloader
from tidegate.proxy.store_config import SealingSettings


async def at_once(work: Callable[[], object]) -> object:
    return work()


def rewrite(town: Town, **changes: Any) -> None:
    """The vendor file, written anew as editors do it: beside the old one, then in its place."""
    beside = town.folder / "new"
    beside.write_text(json.dumps(VENDOR | changes))
    beside.replace(town.folder / "vendor.yaml")


def policy(**changes: Any) -> dict[str, Any]:
    return {**VENDOR["policy"], **changes}


def watched(town: Town, *, start: bool = True) -> Reloader:
    reloader = Reloader(town.machine, town.proxy, at_once)
    if start:
        reloader.start()
    return reloader


def file_state(town: Town) -> dict[str, Any]:
    return dict(town.proxy.state()["things"].file)


def metrics(town: Town) -> str:
    return town.proxy.telemetry.metrics.render().decode()


def test_a_changed_file_is_in_force_within_three_looks(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[float, float, str]:
        reloader = watched(town)
        before = town.proxy.upstreams["things"].policy.budget
        rewrite(town, policy=policy(budget="11s"))
        await town.world.sleep(3.1)
        reloader.close()
        assert "vendor file reloaded" in json.dumps(town.log())
        return before, town.proxy.upstreams["things"].policy.budget, metrics(town)

    before, after, shown = play(tmp_path, [200], story)
    assert (before, after) == (20.0, 11.0)
    assert 'tidegate_reloads_total{result="reloaded",vendor="things"} 1.0' in shown
    assert 'tidegate_reload_failed{vendor="things"} 0.0' in shown


def test_calls_under_way_end_on_the_old_one_and_none_is_dropped(tmp_path: Path) -> None:
    events = [b"data: %d\n\n" % number for number in range(20)]

    async def story(town: Town) -> tuple[int, bytes, list[int]]:
        reloader = watched(town)
        streaming = asyncio.ensure_future(town.ask("GET", "/things/things"))
        await town.world.sleep(1.0)
        statuses = []
        for turn in range(8):
            rewrite(town, policy=policy(budget=f"{10 + turn}s"))
            for _ in range(5):
                await town.world.sleep(0.5)
                statuses.append((await town.ask("GET", "/things/things/1")).status)
        reloader.close()
        answer: Answer = await streaming
        return answer.status, answer.body, statuses

    script: list[Step] = [Stream(events, every_s=0.9, headers=SSE), 200]
    status, body, statuses = play(tmp_path, script, story)
    assert (status, body) == (200, b"".join(events))
    assert statuses == [200] * 40


def test_a_bad_file_keeps_the_old_one_and_raises_an_alert_until_a_good_one_comes(tmp_path: Path) -> None:
    async def story(town: Town) -> list[tuple[float, int, bool]]:
        reloader, found = watched(town), []
        for change in ({"policy": policy(budget="soon")}, {"policy": policy(budget="11s")}):
            rewrite(town, **change)
            await town.world.sleep(3.1)
            status = (await town.ask("GET", "/things/things")).status
            failed = 'tidegate_reload_failed{vendor="things"} 1.0' in metrics(town)
            found.append((town.proxy.upstreams["things"].policy.budget, status, failed))
            told = file_state(town).get("refused")
            assert bool(told) == failed
            if isinstance(told, dict):
                assert "budget" in told["why"]
        reloader.close()
        return found

    assert play(tmp_path, [200], story) == [(20.0, 200, True), (11.0, 200, False)]


def test_a_broken_rule_a_missing_file_and_a_missing_secret_are_refused_too(tmp_path: Path) -> None:
    async def story(town: Town) -> list[str]:
        reloader, said = watched(town, start=False), []
        auth = VENDOR["facts"]["auth"] | {"secret": "env:NOT_THERE"}
        for change in (
            {"policy": {key: value for key, value in VENDOR["policy"].items() if key != "quota_alert"}},
            {"facts": VENDOR["facts"] | {"auth": auth}},
            {"vendor": "others"},
        ):
            rewrite(town, **change)
            await reloader.reload()
            said.append(file_state(town)["refused"]["why"])
        (town.folder / "vendor.yaml").unlink()
        await reloader.reload()
        said.append(file_state(town)["refused"]["why"])
        assert (await town.ask("GET", "/things/things")).status == 200
        return said

    rule, secret, name, gone = play(tmp_path, [200], story)
    assert "TG004" in rule
    assert "NOT_THERE" in secret
    assert "others" in name
    assert "vendor.yaml" in gone


def test_what_was_built_up_is_kept_where_its_settings_are_the_same(tmp_path: Path) -> None:
    async def story(town: Town) -> list[bool]:
        reloader, upstreams = watched(town, start=False), town.proxy.upstreams
        await town.ask("GET", "/things/things")

        def parts() -> list[object]:
            upstream = upstreams["things"]
            return [
                upstream.breakers.get("default"),
                upstream.limits.gauges["account"],
                upstream.retry_budget,
                upstream.transport,
            ]

        before = parts()
        rewrite(town, policy=policy(budget="11s"))
        await reloader.reload()
        assert [one is other for one, other in zip(parts(), before, strict=True)] == [True] * 4
        rewrite(
            town,
            policy=policy(breaker={"calls": 5}, retry={"budget": "5%"}),
            facts=VENDOR["facts"] | {"limits": [{"name": "account", "rate": "50/s", "burst": 20}]},
        )
        await reloader.reload()
        return [one is other for one, other in zip(parts(), before, strict=True)]

    assert play(tmp_path, [200], story) == [False, False, True, True]


def test_a_vendor_that_moves_gets_new_connections_and_the_old_ones_end(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[int, int]:
        reloader = watched(town, start=False)
        await town.ask("GET", "/things/things")
        old = town.proxy.upstreams["things"].transport
        assert old.open == 1
        rewrite(town, facts=VENDOR["facts"] | {"base_url": "http://things.example/v2"})
        await reloader.reload()
        await town.ask("GET", "/things/things")
        assert town.vendor.received[-1].path == "/v2/things"
        return old.open, town.proxy.upstreams["things"].transport.open

    assert play(tmp_path, [200], story) == (0, 1)


def test_a_file_that_is_only_touched_is_not_read_again(tmp_path: Path) -> None:
    async def story(town: Town) -> bool:
        reloader = watched(town)
        before = town.proxy.upstreams["things"]
        os.utime(town.folder / "vendor.yaml", (1, 1))
        await town.world.sleep(5.0)
        reloader.close()
        return town.proxy.upstreams["things"] is before

    assert play(tmp_path, [200], story)


def test_a_swapped_link_is_seen(tmp_path: Path) -> None:
    async def story(town: Town) -> float:
        file = town.folder / "vendor.yaml"
        for name, budget in (("one", "20s"), ("two", "12s")):
            (town.folder / name).mkdir()
            (town.folder / name / "vendor.yaml").write_text(json.dumps(VENDOR | {"policy": policy(budget=budget)}))
        file.unlink()
        file.symlink_to("one/vendor.yaml")
        reloader = watched(town)
        (town.folder / "next").symlink_to("two/vendor.yaml")
        (town.folder / "next").replace(file)
        await town.world.sleep(3.1)
        reloader.close()
        return town.proxy.upstreams["things"].policy.budget

    assert play(tmp_path, [200], story) == 12.0


def test_a_change_in_another_file_of_the_document_is_seen_and_one_that_was_lacking(tmp_path: Path) -> None:
    def write(town: Town, name: str, operation: str) -> None:
        told = {"get": {"operationId": operation, "responses": {"200": {"description": "here"}}}}
        (town.folder / name).write_text(json.dumps(told))

    async def story(town: Town) -> list[set[str]]:
        reloader, seen = watched(town, start=False), []
        write(town, "one.json", "one")
        document = json.loads((town.folder / "openapi.json").read_text())
        document["paths"] |= {"/one": {"$ref": "one.json"}, "/two": {"$ref": "two.json"}}
        (town.folder / "openapi.json").write_text(json.dumps(document))
        await reloader.reload()
        for name, operation in (("one.json", "other"), ("two.json", "two")):
            write(town, name, operation)
            for _ in range(3):
                await reloader.check()
            seen.append({*town.proxy.upstreams["things"].document.operations} & {"one", "other", "two"})
        return seen

    assert play(tmp_path, [200], story) == [{"other"}, {"other", "two"}]


def test_a_new_secret_is_used_and_never_shown(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[str, str]:
        reloader = watched(town, start=False)
        secret = town.folder / "secret"
        secret.write_text("sk_live_of_a_file")
        rewrite(town, facts=VENDOR["facts"] | {"auth": VENDOR["facts"]["auth"] | {"secret": f"file:{secret}"}})
        await reloader.reload()
        await town.ask("GET", "/things/things")
        secret.write_text("sk_live_rotated")
        await reloader.reload()
        await town.ask("GET", "/things/things")
        town.proxy.telemetry.note("leak of sk_live_rotated", 0.0)
        assert b"sk_live_rotated" not in b"".join(town.lines)
        return town.vendor.received[0].headers["Authorization"], town.vendor.received[1].headers["Authorization"]

    assert play(tmp_path, [200], story) == ("Bearer sk_live_of_a_file", "Bearer sk_live_rotated")


def test_a_bug_of_ours_in_reading_a_file_is_told_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(town: Town) -> tuple[dict[str, Any], list[str], int, str]:
        def broken(*_: object) -> object:
            raise TypeError("canary")

        monkeypatch.setattr("tidegate.proxy.reload.reload.read_config", broken)
        monkeypatch.setattr("tidegate.proxy.reload.reload.read_vendor", broken)
        reloader = watched(town, start=False)
        in_force = await reloader.reload()
        got = await town.ask("GET", "/things/things/1")
        return dict(town.proxy.refused), in_force, got.status, json.dumps(town.log())

    refused, in_force, status, log = play(tmp_path, [200], story)
    assert "things" in refused
    assert refused["things"]["why"] == "things: Tidegate failed on reading it (TypeError); its log tells where"
    assert (in_force, status) == ([], 200)
    assert "vendor file refused" in log
    assert '"bug": "TypeError"' in log
    assert "canary" not in log


PERSONAL = {
    "facts": VENDOR["facts"] | {"personal_data": ["/email"]},
    "policy": policy(data={"may_leave": ["/email"]}),
}


def test_a_file_that_begins_to_list_personal_data_is_refused_while_nothing_seals_it(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[bool, str, bool]:
        reloader = watched(town, start=False)
        rewrite(town, **PERSONAL)
        await reloader.reload()
        listed = bool(town.proxy.upstreams["things"].facts.personal_data)
        why = str(town.proxy.refused["things"]["why"])
        town.proxy.config = town.proxy.config.model_copy(update={"sealing": SealingSettings.model_construct(keys=())})
        await reloader.reload()
        return listed, why, bool(town.proxy.upstreams["things"].facts.personal_data)

    listed, why, sealed = play(tmp_path, [200], story)
    assert not listed
    assert "it begins to list personal data, and tidegate.yaml names no key under `sealing`" in why
    assert sealed


def test_a_file_that_listed_personal_data_before_is_reloaded_as_ever(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[list[str], float]:
        reloader = watched(town, start=False)
        rewrite(town, **PERSONAL | {"policy": PERSONAL["policy"] | {"budget": "11s"}})
        return await reloader.reload(), town.proxy.upstreams["things"].policy.budget

    assert play(tmp_path, [200], story, **PERSONAL) == (["things"], 11.0)
