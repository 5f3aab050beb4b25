"""A changed vendor file comes into force while calls pass; a bad one changes nothing and is told about."""

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.town import DOCUMENT, ENVIRON, SSE, VENDOR, Answer, Step, Stream, Town, by, play
from tidegate.proxy.reload import Reloader


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
            await reloader.hurry()
            said.append(file_state(town)["refused"]["why"])
        (town.folder / "vendor.yaml").unlink()
        await reloader.hurry()
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
                upstream.breaker("default"),
                upstream.admission.gauges["account"],
                upstream.retry_budget,
                upstream.transport,
            ]

        before = parts()
        rewrite(town, policy=policy(budget="11s"))
        await reloader.hurry()
        assert [one is other for one, other in zip(parts(), before, strict=True)] == [True] * 4
        rewrite(
            town,
            policy=policy(breaker={"calls": 5}, retry={"budget": "5%"}),
            facts=VENDOR["facts"] | {"limits": [{"name": "account", "rate": "50/s", "burst": 20}]},
        )
        await reloader.hurry()
        return [one is other for one, other in zip(parts(), before, strict=True)]

    assert play(tmp_path, [200], story) == [False, False, True, True]


def test_a_vendor_that_moves_gets_new_connections_and_the_old_ones_end(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[int, int]:
        reloader = watched(town, start=False)
        await town.ask("GET", "/things/things")
        old = town.proxy.upstreams["things"].transport
        assert old.open == 1
        rewrite(town, facts=VENDOR["facts"] | {"base_url": "http://things.example/v2"})
        await reloader.hurry()
        await town.ask("GET", "/things/things")
        assert town.vendor.seen[-1].path == "/v2/things"
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


def test_a_new_secret_is_used_and_never_shown(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[str, str]:
        reloader = watched(town, start=False)
        secret = town.folder / "secret"
        secret.write_text("sk_live_of_a_file")
        rewrite(town, facts=VENDOR["facts"] | {"auth": VENDOR["facts"]["auth"] | {"secret": f"file:{secret}"}})
        await reloader.hurry()
        await town.ask("GET", "/things/things")
        secret.write_text("sk_live_rotated")
        await reloader.hurry()
        await town.ask("GET", "/things/things")
        town.proxy.telemetry.note("leak of sk_live_rotated", 0.0)
        assert b"sk_live_rotated" not in b"".join(town.lines)
        return town.vendor.seen[0].headers["Authorization"], town.vendor.seen[1].headers["Authorization"]

    assert play(tmp_path, [200], story) == ("Bearer sk_live_of_a_file", "Bearer sk_live_rotated")


class TestWhole:
    """tidegate.yaml and the search path change too."""

    @staticmethod
    def write(home: Path, text: str = "") -> None:
        (home / "tidegate.yaml").write_text("store: things/store.db\nvendors: [.]\n" + text)

    @staticmethod
    def add(home: Path, name: str, **changes: Any) -> None:
        (home / name).mkdir()
        (home / name / "openapi.json").write_text(json.dumps(DOCUMENT))
        (home / name / "vendor.yaml").write_text(json.dumps(VENDOR | {"vendor": name} | changes))

    def play(
        self, home: Path, story: Callable[[Town, Reloader], Any], *, script: list[Step] | None = None, text: str = ""
    ) -> Any:
        """A story whose town is found by its configuration, as `tidegate serve` finds it."""
        (home / "things").mkdir()
        self.write(home, text)

        async def told(town: Town) -> Any:
            reloader = Reloader(town.machine, town.proxy, at_once, home / "tidegate.yaml", ENVIRON)
            return await story(town, reloader)

        config: dict[str, Any] = {"vendors": (home,)}
        if "use:" in text:
            config["use"] = {"things": {}}
        return play(home / "things", script or [200], told, config=config)

    def test_nothing_changes_where_nothing_changed(self, tmp_path: Path) -> None:
        async def story(town: Town, reloader: Reloader) -> list[str]:
            before = town.proxy.upstreams["things"]
            reloaded = await reloader.hurry()
            assert town.proxy.upstreams["things"] is before
            return reloaded

        assert self.play(tmp_path, story) == []

    def test_a_vendor_that_is_put_on_the_search_path_is_served(self, tmp_path: Path) -> None:
        async def story(town: Town, reloader: Reloader) -> list[int]:
            reloader.start()
            before = (await town.ask("GET", "/others/things")).status
            self.add(tmp_path, "others", facts=VENDOR["facts"] | {"base_url": "http://things.example/others"})
            await town.world.sleep(3.1)
            reloader.close()
            after = (await town.ask("GET", "/others/things")).status
            assert town.vendor.seen[-1].path == "/others/things"
            assert "others" in town.proxy.state()
            return [before, after]

        assert self.play(tmp_path, story) == [404, 200]

    def test_a_vendor_that_is_taken_away_ends_its_calls_and_is_gone(self, tmp_path: Path) -> None:
        events = [b"data: %d\n\n" % number for number in range(8)]

        async def story(town: Town, reloader: Reloader) -> tuple[bytes, int, int]:
            self.add(tmp_path, "others")
            await reloader.hurry()
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
        assert self.play(tmp_path, story, script=[stream]) == (b"".join(events), 404, 0)

    def test_a_vendor_that_is_named_is_not_dropped_because_its_file_is_away(self, tmp_path: Path) -> None:
        async def story(town: Town, reloader: Reloader) -> tuple[int, str]:
            (town.folder / "vendor.yaml").unlink()
            await reloader.hurry()
            return (await town.ask("GET", "/things/things")).status, str(town.proxy.refused["things"]["why"])

        status, why = self.play(tmp_path, story, text="use: {things: }\n")
        assert status == 200
        assert "cannot be read" in why

    def test_a_bad_newcomer_is_not_served_and_raises_an_alert_until_it_is_good(self, tmp_path: Path) -> None:
        async def story(town: Town, reloader: Reloader) -> list[tuple[int, bool]]:
            self.add(tmp_path, "others", policy=policy(budget="soon"))
            found = []
            for text in (None, json.dumps(VENDOR | {"vendor": "others"})):
                if text:
                    (tmp_path / "others" / "vendor.yaml").write_text(text)
                await reloader.hurry()
                failed = 'tidegate_reload_failed{vendor="others"} 1.0' in metrics(town)
                found.append(((await town.ask("GET", "/others/things")).status, failed))
            return found

        assert self.play(tmp_path, story) == [(404, True), (200, False)]

    def test_a_newcomer_without_a_secret_is_left_out_and_is_no_alarm(self, tmp_path: Path) -> None:
        async def story(town: Town, reloader: Reloader) -> int:
            auth = VENDOR["facts"]["auth"] | {"secret": "env:NOT_THERE"}
            self.add(tmp_path, "others", facts=VENDOR["facts"] | {"auth": auth})
            await reloader.hurry()
            assert town.proxy.refused == {}
            assert "NOT_THERE" in json.dumps(town.log())
            return (await town.ask("GET", "/others/things")).status

        assert self.play(tmp_path, story) == 404

    def test_tokens_come_and_go(self, tmp_path: Path) -> None:
        async def story(town: Town, reloader: Reloader) -> list[int]:
            statuses = []
            for app in ("shop", "desk"):
                self.write(tmp_path, f"tokens: [{{app: {app}, token: env:{app.upper()}_TOKEN}}]\n")
                assert await reloader.hurry() == ["tidegate.yaml"]
                asked = [await town.ask("GET", "/things/things", headers=by(asking)) for asking in ("shop", "desk")]
                statuses += [answer.status for answer in asked]
            town.proxy.telemetry.note("leak of tg_shop and tg_desk", 0.0)
            assert b"tg_" not in b"".join(town.lines)
            return statuses

        assert self.play(tmp_path, story) == [200, 401, 401, 200]

    def test_what_it_says_of_a_vendor_comes_into_force(self, tmp_path: Path) -> None:
        async def story(town: Town, reloader: Reloader) -> str:
            gauge = town.proxy.upstreams["things"].admission.gauges["account"]
            self.write(tmp_path, "use: {things: {base_url: 'http://things.example/sandbox'}}\ndrain: 7s\n")
            assert await reloader.hurry() == ["things", "tidegate.yaml"]
            await town.ask("GET", "/things/things")
            assert town.proxy.upstreams["things"].admission.gauges["account"] is gauge
            assert town.proxy.config.drain == 7.0
            return town.vendor.seen[-1].path

        assert self.play(tmp_path, story) == "/sandbox/things"

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
        self, tmp_path: Path, text: str, key: str
    ) -> None:
        async def story(town: Town, reloader: Reloader) -> str:
            self.write(tmp_path, text + "drain: 7s\n")
            reloader.start()
            await town.world.sleep(3.1)
            reloader.close()
            assert town.proxy.config.drain == 30.0
            assert 'tidegate_reload_failed{vendor="tidegate.yaml"} 1.0' in metrics(town)
            why = str(town.proxy.refused["tidegate.yaml"]["why"])
            self.write(tmp_path)
            assert "tidegate.yaml" in await reloader.hurry()
            assert town.proxy.refused == {}
            assert 'tidegate_reload_failed{vendor="tidegate.yaml"} 0.0' in metrics(town)
            return why

        why = self.play(tmp_path, story)
        assert why == f"{key}: a running Tidegate cannot change this; restart it, or write what was there before"

    def test_the_store_stays_where_it_is(self, tmp_path: Path) -> None:
        async def story(town: Town, reloader: Reloader) -> str:
            (tmp_path / "tidegate.yaml").write_text("store: other.db\nvendors: [.]\n")
            await reloader.hurry()
            return str(town.proxy.refused["tidegate.yaml"]["why"])

        assert self.play(tmp_path, story).startswith("store: ")

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("use: {things: , good: , bad: }\n", id="a vendor that is bad"),
            pytest.param("use: {things: , good: , missing: }\n", id="a vendor that is not there"),
            pytest.param("use: {things: , good: }\ntokens: [{app: shop, token: env:NOT_THERE}]\n", id="a token"),
            pytest.param("use: {things: , good: }\ndrain: soon\n", id="a value"),
            pytest.param("use: {things: {secret: 'env:NOT_THERE'}, good: }\n", id="a vendor's secret"),
        ],
    )
    def test_a_bad_part_of_it_keeps_the_whole_of_it_out(self, tmp_path: Path, text: str) -> None:
        async def story(town: Town, reloader: Reloader) -> list[int]:
            self.add(tmp_path, "good")
            self.add(tmp_path, "bad", policy=policy(budget="soon"))
            before = town.proxy.upstreams["things"]
            self.write(tmp_path, text)
            assert await reloader.hurry() == []
            assert town.proxy.upstreams["things"] is before
            assert "tidegate.yaml refused; the one before stays in force" in json.dumps(town.log())
            return [(await town.ask("GET", f"/{name}/things")).status for name in ("things", "good")]

        assert self.play(tmp_path, story, text="use: {things: }\n") == [200, 404]

    def test_a_configuration_that_vanishes_stays_in_force(self, tmp_path: Path) -> None:
        async def story(town: Town, reloader: Reloader) -> str:
            (tmp_path / "tidegate.yaml").unlink()
            await reloader.hurry()
            assert (await town.ask("GET", "/things/things")).status == 200
            return str(town.proxy.refused["tidegate.yaml"]["why"])

        assert "cannot be read" in self.play(tmp_path, story)

    def test_a_bug_of_ours_does_not_end_the_watch(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        async def story(town: Town, reloader: Reloader) -> float:
            async def once(_: Reloader) -> None:
                raise ZeroDivisionError

            with monkeypatch.context() as patched:
                patched.setattr(Reloader, "look", once)
                reloader.start()
                await town.world.sleep(2.1)
            rewrite(town, policy=policy(budget="11s"))
            await town.world.sleep(3.1)
            reloader.close()
            assert "ZeroDivisionError" in json.dumps(town.log())
            return town.proxy.upstreams["things"].policy.budget

        assert self.play(tmp_path, story) == 11.0

    def test_what_an_operator_holds_open_stays_open(self, tmp_path: Path) -> None:
        async def story(town: Town, reloader: Reloader) -> list[int]:
            assert town.proxy.force("things", "default", "open")
            statuses = []
            for change in ({"budget": "11s"}, {"breaker": {"calls": 5}}):
                rewrite(town, policy=policy(**change))
                await reloader.hurry()
                statuses.append((await town.ask("GET", "/things/things")).status)
            return statuses

        assert self.play(tmp_path, story) == [503, 503]
