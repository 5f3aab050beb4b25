"""The alerts about how a vendor does: away, slow, failing, refusing our credential, full, ending an operation."""

import os
from pathlib import Path
from typing import Any

from tests.alerts.watched_town import POLICY, WatchedTown, read_things, silence, watch
from tests.proxy.town import VENDOR, Seen, Step
from tidegate.testing.scripted_vendor import WholeAnswer
from tidegate.testing.virtual_proxy import VENDOR_ADDRESS

LONG = bool(os.environ.get("TIDEGATE_LONG_ALERTS"))
"""Until the last alert ends, which looks at six hours: `make alerts`."""

JSON = {"Content-Type": "application/json"}
OK: WholeAnswer = (200, JSON, b'{"id": 1}')
SLOW_S = 6.0
SLO = {"availability": "99.9%", "latency": "1s"}


def facts(**changes: Any) -> dict[str, Any]:
    return {**VENDOR["facts"], **changes}


def budgets(*spans: str) -> tuple[str, ...]:
    return tuple(f"TidegateBudget{kind}{span}" for kind in ("Errors", "Slow") for span in spans)


def test_an_outage_opens_the_breaker(tmp_path: Path) -> None:
    async def story(town: WatchedTown) -> None:
        await town.minutes(3)
        town.fires()
        await town.vendor.close()
        await town.minutes(5)
        town.fires("TidegateBreakerOpen")
        await town.vendor.start(VENDOR_ADDRESS, 80)
        await town.minutes(7)
        town.fires()

    watch(tmp_path, [OK], story, policy={**POLICY, "breaker": {"calls": 3}})


def test_a_vendor_that_is_slow_and_fails_is_told_and_burns_the_budget(tmp_path: Path) -> None:
    async def story(town: WatchedTown) -> None:
        async def rotten(_: Seen) -> WholeAnswer:
            await town.world.sleep(SLOW_S)
            return 500, JSON, b"{}"

        await town.minutes(5, turns=2)
        town.fires()
        town.vendor.script = [rotten]
        await town.minutes(20, turns=2)
        town.fires("TidegateErrors", "TidegateSlow", *budgets("1h", "6h", "1d", "3d"))
        town.vendor.script = [OK]
        await town.minutes(35, turns=2)
        town.fires(*budgets("1d", "3d"))
        if LONG:
            await town.minutes(90, turns=1)
            town.fires(*budgets("3d"))
            await town.minutes(240, turns=1)
            town.fires()

    watch(tmp_path, [OK], story, policy={**POLICY, "slo": SLO}, ends=LONG)


NOW_AND_THEN: list[Step] = [*([OK] * 5), 500, 500, 500]
"""Every sixth call fails, whatever is tried."""


def test_failures_now_and_then_are_told_where_no_breaker_opens(tmp_path: Path) -> None:
    async def story(town: WatchedTown) -> None:
        await town.minutes(3)
        town.fires()
        town.vendor.script = [*([OK] * len(town.vendor.received)), *(NOW_AND_THEN * 20)]
        await town.minutes(8)
        town.fires("TidegateErrors")
        town.vendor.script = [OK]
        await town.minutes(8)
        town.fires()

    watch(tmp_path, [OK], story)


def test_a_single_write_whose_end_nobody_knows_is_told(tmp_path: Path) -> None:
    async def story(town: WatchedTown) -> None:
        town.traffic = silence
        await town.minutes(2)
        town.fires()
        answer = await town.ask("POST", "/things/shots", data=b"{}")
        assert answer.problem == "outcome-unknown"
        await town.minutes(3)
        town.fires("TidegateOutcomeUnknown")
        await town.minutes(10)
        town.fires()

    watch(tmp_path, ["reset", OK], story)


def test_a_credential_that_is_refused_is_told_at_the_first_call(tmp_path: Path) -> None:
    async def story(town: WatchedTown) -> None:
        town.traffic = silence
        await town.minutes(2)
        town.fires()
        assert (await town.ask("GET", "/things/things")).problem == "credential-rejected"
        await town.minutes(3)
        town.fires("TidegateCredentialRejected")
        await town.minutes(10)
        town.fires()

    watch(tmp_path, [401], story)


def test_one_credential_of_several_that_is_refused_is_told(tmp_path: Path) -> None:
    keys = {"one": "key_of_the_first", "two": "key_of_the_second"}

    async def story(town: WatchedTown) -> None:
        refused = {keys["one"]}

        async def judged(seen: Seen) -> WholeAnswer:
            return (401, JSON, b"{}") if seen.headers["Authorization"].split()[1] in refused else OK

        town.vendor.script = [judged]
        await town.minutes(5)
        town.fires("TidegateCredentialAside")
        refused.clear()
        town.put(one="key_of_the_first_anew")
        await town.minutes(5)
        town.fires()

    use = {"things": {"secrets": {name: f"file:{tmp_path / name}" for name in keys}}}
    auth = {**VENDOR["facts"]["auth"], "pool": {"account": "one", "keys": "account"}}
    watch(tmp_path, [OK], story, files=keys, config={"use": use}, facts=facts(auth=auth))


def test_a_limit_is_told_before_it_is_used_up(tmp_path: Path) -> None:
    async def story(town: WatchedTown) -> None:
        town.traffic = silence
        await town.minutes(11)  # a bucket is presumed used up at a start
        town.fires()
        town.traffic = read_things
        await town.minutes(4, turns=30)
        await town.minutes(2, turns=10)
        town.fires("TidegateQuota80")
        await town.minutes(1, turns=30)
        await town.minutes(2, turns=10)
        town.fires("TidegateQuota80", "TidegateQuota95")
        town.traffic = silence
        await town.minutes(5)
        town.fires()

    limit = {"name": "account", "rate": "10/m", "burst": 100}
    watch(tmp_path, [OK], story, facts=facts(limits=[limit]))


ENDS = {
    "Thu, 02 Apr": (),
    "Sun, 01 Mar": ("TidegateSunset90",),
    "Tue, 20 Jan": ("TidegateSunset30",),
    "Wed, 07 Jan": ("TidegateSunset7",),
    "Fri, 02 Jan": ("TidegateSunset1",),
    "Fri, 03 Apr": (),
}
"""When the vendor says that it ends an operation, on New Year's Day of 2026, and what is told of it."""


def test_the_end_of_an_operation_is_told_at_each_step(tmp_path: Path) -> None:
    async def story(town: WatchedTown) -> None:
        for day, alerts in ENDS.items():
            town.vendor.script = [(200, {"Sunset": f"{day} 2026 00:00:00 GMT", **JSON}, b"{}")]
            await town.minutes(14, turns=2)
            town.fires(*alerts)

    watch(tmp_path, [OK], story)


def test_a_vendor_file_that_is_refused_is_told(tmp_path: Path) -> None:
    async def story(town: WatchedTown) -> None:
        town.reloader.start()
        await town.minutes(1)
        town.fires()
        town.rewrite(purpose=7)
        await town.minutes(3)
        town.fires("TidegateVendorFileRefused")
        town.rewrite(policy=POLICY)
        await town.minutes(1)
        town.fires()

    watch(tmp_path, [OK], story)
