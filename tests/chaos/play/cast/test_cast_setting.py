"""The setting of a trial about somebody's own vendors says what their files say."""

from dataclasses import replace
from pathlib import Path

from tests.chaos.kiosk import kiosk_cast, scenario
from tidegate.chaos.judge.tap import WireWords
from tidegate.chaos.play.cast.cast_setting import CastSetting
from tidegate.chaos.play.cast.preparation import rehearsed
from tidegate.chaos.play.run import SECRET
from tidegate.chaos.play.trial import CONFIG
from tidegate.chaos.timeline.cast_draw import draw_cast, written
from tidegate.policy.bulkhead import Bulkhead
from tidegate.scenario.scenario import Scenario


def test_a_written_scenario_has_the_vendors_own_limits_and_a_drawn_one_the_drawn(tmp_path: Path) -> None:
    cast = rehearsed(kiosk_cast(tmp_path))
    own = CastSetting(written(cast, scenario(), 1), cast)
    (limit,) = own.evidence("kiosk").limits
    assert (str(limit.rate), limit.burst) == ("20/s", 10)
    drawn = replace(draw_cast(cast, 1, 1.0), places=Bulkhead(concurrent=3))
    tight = CastSetting(drawn, cast)
    assert tight.evidence("kiosk").limits == (drawn.limit,)
    assert {plan.bulkhead for plan in tight.evidence("kiosk").plans.values()} == {3}


def test_the_words_of_a_vendor_are_those_of_its_file(tmp_path: Path) -> None:
    cast = kiosk_cast(tmp_path)
    setting = CastSetting(written(cast, scenario(), 1), cast)
    assert setting.words("kiosk") == WireWords("X-Kiosk-Request", "X-Kiosk-Retry", (), (), ())
    assert setting.evidence("kiosk").request_id == "X-Kiosk-Request"
    assert setting.keys("kiosk") == (SECRET,)
    assert setting.fixtures("kiosk") == {}


def test_everything_comes_to_an_end_before_the_last_look(tmp_path: Path) -> None:
    cast = kiosk_cast(tmp_path)
    assert CastSetting(written(cast, scenario(), 1), cast).quiet_s == 30.0
    facts = cast.vendors["kiosk"].loaded.vendor.facts
    slow = facts.limits[0].model_copy(
        update={"algorithm": "fixed", "rate": replace(facts.limits[0].rate, per_s=3600.0)}
    )
    loaded = cast.vendors["kiosk"].loaded
    changed = replace(
        loaded, vendor=loaded.vendor.model_copy(update={"facts": facts.model_copy(update={"limits": (slow,)})})
    )
    hourly = replace(cast, vendors={"kiosk": replace(cast.vendors["kiosk"], loaded=changed)})
    assert CastSetting(written(hourly, scenario(), 1), hourly).quiet_s == 3600.0


def test_the_proxy_is_configured_for_each_vendor_and_each_gets_its_own_faults(tmp_path: Path) -> None:
    cast = kiosk_cast(tmp_path, "east", "west")
    faults = [{"kind": "outage", "vendor": "west"}, {"kind": "latency", "delay": "1s"}, {"kind": "crash"}]
    given: Scenario = scenario(faults=faults)
    setting = CastSetting(written(cast, given, 1), cast)
    use = setting.configured(CONFIG).use
    assert {name: one.base_url for name, one in use.items()} == {
        "east": "http://east.test:80", "west": "http://west.test:80",
    }  # fmt: skip
    assert [fault.kind for fault in setting.scenario("east", given).faults] == ["latency", "crash"]
    assert setting.scenario("west", given) == given
