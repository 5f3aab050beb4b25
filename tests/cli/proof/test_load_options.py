"""The command line of `tidegate load` becomes an order, and what does not fit together is said."""

from pathlib import Path

import pytest

from tests.tidegate.drawing.ferries import vendor_file
from tidegate.cli.proof.load_options import BurstOptions, described, load_order, shown_headers, title
from tidegate.configfile.units import Rate
from tidegate.loadtests.load_order import LoadOrder
from tidegate.problems import UsageError


@pytest.fixture
def ferries(tmp_path: Path) -> str:
    return str(vendor_file(tmp_path / "ferries"))


def order(
    *vendors: str, urls: tuple[str, ...] = (), scenario: Path | None = None, rate: float | None = None,
    seed: int | None = None, headers: tuple[str, ...] = (), journals: tuple[str, ...] = (),
) -> LoadOrder:  # fmt: skip
    return load_order(vendors, urls, scenario, BurstOptions(rate, 12.0, seed, headers, journals))


def test_without_anything_it_is_stripes_burst_of_before() -> None:
    asked = order()
    (load,) = asked.scenario.load
    assert ([one.name for one in asked.vendors], asked.scenario.seconds, asked.targets) == (["stripe"], 12.0, {})
    assert (load.rate, load.to, load.peak_for) == (Rate(40, 1), Rate(400, 1), 3.0)
    assert described(asked) == {
        "scenario": "burst", "seconds": 12.0, "seed": 1, "rate": 40.0, "vendors": ["stripe"],
    }  # fmt: skip
    assert title(asked) == "stripe: burst, 12 s"


def test_vendors_are_those_of_the_command_line_or_of_the_scenario(ferries: str, tmp_path: Path) -> None:
    story = tmp_path / "story.yaml"
    story.write_text("name: day\nvendor: [ferries/vendor.yaml]\nseed: 7\nload: [{rate: 1/s}]\n")
    asked = order(scenario=story)
    assert ([one.name for one in asked.vendors], asked.seed) == (["ferries"], 7)
    both = order(ferries, "stripe", scenario=story, seed=9)
    assert ([one.name for one in both.vendors], both.seed) == (["ferries", "stripe"], 9)


def test_an_address_is_the_only_vendors_or_says_whose_it_is(ferries: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BERTH_TOKEN", "t0k")
    alone = order(ferries, urls=("http://x/ferries?",), headers=("Authorization: env:BERTH_TOKEN", "X-A: b:c"))
    assert alone.targets["ferries"].base_url == "http://x/ferries?"
    assert alone.targets["ferries"].headers == {"Authorization": "t0k", "X-A": "b:c"}
    both = order(ferries, "stripe", urls=("stripe=http://y", "ferries=http://x"), journals=("stripe=http://z",))
    assert {name: target.base_url for name, target in both.targets.items()} == {
        "ferries": "http://x", "stripe": "http://y",
    }  # fmt: skip
    assert both.journals == {"stripe": "http://z"}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"urls": ("http://x",)}, "--url http://x: say whose it is, like ferries=http://x"),
        ({"urls": ("ferries=http://x",)}, "--url: there is none for stripe"),
        ({"urls": ("ferry=http://x",)}, "--url: ferry is no vendor of this run; they are ferries, stripe"),
        ({"journals": ("stripe=http://x",)}, "--journal: that is for --url"),
        ({"urls": ("ferries=http://x", "stripe=http://y"), "headers": ("x",)}, "--header x: write it as `Name: value`"),
        (
            {"urls": ("ferries=http://x", "stripe=http://y"), "headers": ("A: env:NOBODY",)},
            "--header A: the environment has no NOBODY",
        ),
        ({"rate": 5, "scenario": True}, "--rate: the scenario says how much is asked for"),
    ],
)
def test_what_does_not_fit_together_is_said(
    ferries: str, tmp_path: Path, options: dict[str, object], says: str
) -> None:
    story = tmp_path / "story.yaml"
    story.write_text("name: day\nload: [{rate: 1/s}]\n")
    more = {**options, **({"scenario": story} if "scenario" in options else {})}
    with pytest.raises(UsageError) as refused:
        order(ferries, "stripe", **more)  # type: ignore[arg-type]  # as a table has them
    assert str(refused.value).startswith(says)


def test_one_vendor_twice_is_a_mistake(ferries: str) -> None:
    with pytest.raises(UsageError, match="ferries, ferries: one is here twice"):
        order(ferries, ferries)


def test_a_report_shows_no_value_of_a_header_that_may_be_a_secret() -> None:
    assert shown_headers(["Authorization: Bearer sk_live_1", "X-Key: env:KEY"]) == [
        "Authorization: …",
        "X-Key: env:KEY",
    ]
    assert shown_headers(None) == []
