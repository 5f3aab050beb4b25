"""tidegate.yaml and the search path change while calls pass: whole, or not at all."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.forward.forward_town import statuses, told
from tests.proxy.reload.test_reload import at_once, metrics, policy, rewrite
from tests.proxy.town import DOCUMENT, ENVIRON, SSE, VENDOR, Step, Stream, Town, by, play
from tidegate.proxy.reload.reload import Reloader


def write(home: Path, text: str = "") -> None:
    (home / "tidegate.yaml").write_text("store: things/store.db\nvendors: [.]\n" + text)


def add(home: Path, name: str, **changes: Any) -> None:
    (home / name).mkdir()
    (home / name / "openapi.json").write_text(json.dumps(DOCUMENT))
    (home / name / "vendor.yaml").write_text(json.dumps(VENDOR | {"vendor": name} | changes))


def story_of(
    home: Path, story: Callable[[Town, Reloader], Any], *, script: list[Step] | None = None, text: str = ""
) -> Any:
    """A story whose town is found by its configuration, as `tidegate serve` finds it."""
    (home / "things").mkdir()
    write(home, text)

    async def told(town: Town) -> Any:
        reloader = Reloader(town.machine, town.proxy, at_once, home / "tidegate.yaml", ENVIRON)
        return await story(town, reloader)

    config: dict[str, Any] = {"vendors": (home,)}
    if "use:" in text:
        config["use"] = {"things": {}}
    return play(home / "things", script or [200], told, config=config)


def test_nothing_changes_where_nothing_changed(tmp_path: Path) -> None:
    async def story(town: Town, reloader: Reloader) -> list[str]:
        before = town.proxy.upstreams["things"]
        reloaded = await reloader.reload()
        assert town.proxy.upstreams["things"] is before
        return reloaded

    assert story_of(tmp_path, story) == []


def test_a_vendor_that_is_put_on_the_search_path_is_served(tmp_path: Path) -> None:
    async def story(town: Town, reloader: Reloader) -> list[int]:
        reloader.start()
        before = (await town.ask("GET", "/others/things")).status
        add(tmp_path, "others", facts=VENDOR["facts"] | {"base_url": "http://things.example/others"})
        await town.world.sleep(3.1)
        reloader.close()
        after = (await town.ask("GET", "/others/things")).status
        assert town.vendor.received[-1].path == "/others/things"
        assert "others" in town.proxy.state()
        return [before, after]

    assert story_of(tmp_path, story) == [404, 200]


def test_a_vendor_that_is_taken_away_ends_its_calls_and_is_gone(tmp_path: Path) -> None:
    events = [b"data: %d\n\n" % number for number in range(8)]

    async def story(town: Town, reloader: Reloader) -> tuple[bytes, int, int]:
        add(tmp_path, "others")
        await reloader.reload()
        old = town.proxy.upstreams["things"]
        streaming = asyncio.ensure_future(town.ask("GET", "/things/things"))
        await town.world.sleep(1.0)
        (town.folder / "vendor.yaml").unlink()
        reloader.start()
        await town.world.sleep(3.1)
        reloader.close()
        after = (await town.ask("GET", "/things/things")).status
        answer = await streaming
        assert "things" not in town.proxy.state()
        assert 'tidegate_reload_failed{vendor="things"}' not in metrics(town)
        assert "vendor no longer served" in json.dumps(town.log())
        return answer.body, after, old.transport.open

    stream = Stream(events, every_s=0.9, headers=SSE)
    assert story_of(tmp_path, story, script=[stream]) == (b"".join(events), 404, 0)


def test_a_vendor_that_is_named_is_not_dropped_because_its_file_is_away(tmp_path: Path) -> None:
    async def story(town: Town, reloader: Reloader) -> tuple[int, str]:
        (town.folder / "vendor.yaml").unlink()
        await reloader.reload()
        return (await town.ask("GET", "/things/things")).status, str(town.proxy.refused["things"]["why"])

    status, why = story_of(tmp_path, story, text="use: {things: }\n")
    assert status == 200
    assert "cannot be read" in why


def test_a_bad_newcomer_is_not_served_and_raises_an_alert_until_it_is_good(tmp_path: Path) -> None:
    async def story(town: Town, reloader: Reloader) -> list[tuple[int, bool]]:
        add(tmp_path, "others", policy=policy(budget="soon"))
        found = []
        for text in (None, json.dumps(VENDOR | {"vendor": "others"})):
            if text:
                (tmp_path / "others" / "vendor.yaml").write_text(text)
            await reloader.reload()
            failed = 'tidegate_reload_failed{vendor="others"} 1.0' in metrics(town)
            found.append(((await town.ask("GET", "/others/things")).status, failed))
        return found

    assert story_of(tmp_path, story) == [(404, True), (200, False)]


def test_a_newcomer_without_a_secret_is_left_out_and_is_no_alarm(tmp_path: Path) -> None:
    async def story(town: Town, reloader: Reloader) -> int:
        auth = VENDOR["facts"]["auth"] | {"secret": "env:NOT_THERE"}
        add(tmp_path, "others", facts=VENDOR["facts"] | {"auth": auth})
        await reloader.reload()
        assert town.proxy.refused == {}
        assert "NOT_THERE" in json.dumps(town.log())
        return (await town.ask("GET", "/others/things")).status

    assert story_of(tmp_path, story) == 404


def test_tokens_come_and_go(tmp_path: Path) -> None:
    async def story(town: Town, reloader: Reloader) -> list[int]:
        statuses = []
        for app in ("shop", "desk"):
            write(tmp_path, f"tokens: [{{app: {app}, token: env:{app.upper()}_TOKEN}}]\n")
            assert await reloader.reload() == ["tidegate.yaml"]
            asked = [await town.ask("GET", "/things/things", headers=by(asking)) for asking in ("shop", "desk")]
            statuses += [answer.status for answer in asked]
        town.proxy.telemetry.note("leak of tg_shop and tg_desk", 0.0)
        assert b"tg_" not in b"".join(town.lines)
        return statuses

    assert story_of(tmp_path, story) == [200, 401, 401, 200]


def test_what_it_says_of_a_vendor_comes_into_force(tmp_path: Path) -> None:
    async def story(town: Town, reloader: Reloader) -> str:
        gauge = town.proxy.upstreams["things"].limits.gauges["account"]
        write(tmp_path, "use: {things: {base_url: 'http://things.example/sandbox'}}\ndrain: 7s\n")
        assert await reloader.reload() == ["things", "tidegate.yaml"]
        await town.ask("GET", "/things/things")
        assert town.proxy.upstreams["things"].limits.gauges["account"] is gauge
        assert town.proxy.config.drain == 7.0
        return town.vendor.received[-1].path

    assert story_of(tmp_path, story) == "/sandbox/things"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("listen: 127.0.0.1:9999\n", "listen"),
        ("admin: 127.0.0.1:9999\n", "admin"),
        ("transport: session\n", "transport"),
        ("headers_max_bytes: 4096\n", "headers_max_bytes"),
        ("telemetry: {log: none}\n", "telemetry.log"),
        ("telemetry: {otlp: 'http://127.0.0.1:4318'}\n", "telemetry.otlp"),
    ],
)
def test_what_needs_a_restart_is_refused_by_name_and_nothing_of_the_file_is_applied(
    tmp_path: Path, text: str, key: str
) -> None:
    async def story(town: Town, reloader: Reloader) -> str:
        write(tmp_path, text + "drain: 7s\n")
        reloader.start()
        await town.world.sleep(3.1)
        reloader.close()
        assert town.proxy.config.drain == 30.0
        assert 'tidegate_reload_failed{vendor="tidegate.yaml"} 1.0' in metrics(town)
        why = str(town.proxy.refused["tidegate.yaml"]["why"])
        write(tmp_path)
        assert "tidegate.yaml" in await reloader.reload()
        assert town.proxy.refused == {}
        assert 'tidegate_reload_failed{vendor="tidegate.yaml"} 0.0' in metrics(town)
        return why

    why = story_of(tmp_path, story)
    assert why == f"{key}: a running Tidegate cannot change this; restart it, or write what was there before"


def test_the_store_stays_where_it_is(tmp_path: Path) -> None:
    async def story(town: Town, reloader: Reloader) -> str:
        (tmp_path / "tidegate.yaml").write_text("store: other.db\nvendors: [.]\n")
        await reloader.reload()
        return str(town.proxy.refused["tidegate.yaml"]["why"])

    assert story_of(tmp_path, story).startswith("store: ")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("use: {things: , good: , bad: }\n", id="a vendor that is bad"),
        pytest.param("use: {things: , good: , missing: }\n", id="a vendor that is not there"),
        pytest.param("use: {things: , good: }\ntokens: [{app: shop, token: env:NOT_THERE}]\n", id="a token"),
        pytest.param("use: {things: , good: }\ndrain: soon\n", id="a value"),
        pytest.param("use: {things: {secret: 'env:NOT_THERE'}, good: }\n", id="a vendor's secret"),
        pytest.param("use: {things: , good: }\nforward: {ca: {folder: nowhere}}\n", id="a CA"),
    ],
)
def test_a_bad_part_of_it_keeps_the_whole_of_it_out(tmp_path: Path, text: str) -> None:
    async def story(town: Town, reloader: Reloader) -> list[int]:
        add(tmp_path, "good")
        add(tmp_path, "bad", policy=policy(budget="soon"))
        before = town.proxy.upstreams["things"]
        write(tmp_path, text)
        assert await reloader.reload() == []
        assert town.proxy.upstreams["things"] is before
        assert "tidegate.yaml refused; the one before stays in force" in json.dumps(town.log())
        return [(await town.ask("GET", f"/{name}/things")).status for name in ("things", "good")]

    assert story_of(tmp_path, story, text="use: {things: }\n") == [200, 404]


def test_a_configuration_that_vanishes_stays_in_force(tmp_path: Path) -> None:
    async def story(town: Town, reloader: Reloader) -> str:
        (tmp_path / "tidegate.yaml").unlink()
        await reloader.reload()
        assert (await town.ask("GET", "/things/things")).status == 200
        return str(town.proxy.refused["tidegate.yaml"]["why"])

    assert "cannot be read" in story_of(tmp_path, story)


def test_a_bug_of_ours_does_not_end_the_watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(town: Town, reloader: Reloader) -> float:
        async def once(_: Reloader) -> None:
            raise ZeroDivisionError

        with monkeypatch.context() as patched:
            patched.setattr(Reloader, "check", once)
            reloader.start()
            await town.world.sleep(2.1)
        rewrite(town, policy=policy(budget="11s"))
        await town.world.sleep(3.1)
        reloader.close()
        assert "ZeroDivisionError" in json.dumps(town.log())
        return town.proxy.upstreams["things"].policy.budget

    assert story_of(tmp_path, story) == 11.0


def test_what_an_operator_holds_open_stays_open(tmp_path: Path) -> None:
    async def story(town: Town, reloader: Reloader) -> list[int]:
        assert town.proxy.force("things", "default", "open")
        statuses = []
        for change in ({"budget": "11s"}, {"breaker": {"calls": 5}}):
            rewrite(town, policy=policy(**change))
            await reloader.reload()
            statuses.append((await town.ask("GET", "/things/things")).status)
        return statuses

    assert story_of(tmp_path, story) == [503, 503]


def test_a_forward_proxy_is_there_from_one_request_to_the_next_and_a_bad_ca_leaves_it_as_it_was(tmp_path: Path) -> None:
    absolute = b"GET http://things.example/api/things HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"

    async def story(town: Town, reloader: Reloader) -> list[int]:
        found = [await told(town, absolute)]
        for text in ("forward: {}\n", "forward: {ca: {folder: nowhere}}\n"):
            write(tmp_path, text)
            await reloader.reload()
            found.append(await told(town, absolute))
        return [statuses(each)[0] for each in found]

    assert story_of(tmp_path, story) == [400, 200, 200]


def test_rules_of_residency_that_are_tightened_hold_for_the_next_call(tmp_path: Path) -> None:
    async def story(town: Town, reloader: Reloader) -> list[str]:
        problems = [(await town.ask("GET", "/things/things")).problem]
        for text in ("residency: []\n", "residency: [{id: a, home: [us], to: [eu], data: other}]\n", ""):
            write(tmp_path, "region: us\n" + text)
            await reloader.reload()
            problems.append((await town.ask("GET", "/things/things")).problem)
        return problems

    assert story_of(tmp_path, story) == ["", "residency-denied", "", ""]
