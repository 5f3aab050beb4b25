"""The pages of drift and of deprecations."""

import json
from pathlib import Path
from typing import Any

from tests.proxy.stages.observers.test_drift import SAMPLING, thing
from tests.proxy.town import DOCUMENT, VENDOR, Town, play
from tidegate.proxy.desk.drift_desk import DriftDesk
from tidegate.proxy.desk.page import Page

END = {"Deprecation": "@1688169599", "Sunset": "Fri, 30 Jan 2026 00:00:00 GMT",
       "Link": '<https://v.example/end>; rel="sunset"', "Things-Version": "2"}  # fmt: skip


def desk(town: Town) -> DriftDesk:
    proxy = town.proxy
    return DriftDesk(town.world, proxy.parts.observation, proxy.telemetry.deprecated, proxy.upstreams)


def shown(page: Page | None) -> Any:
    assert page is not None
    return json.loads(page.body)


def test_what_ends_is_shown_with_who_calls_it(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[Any, Any]:
        for _ in range(2):
            await town.ask("GET", "/things/things/1")
        town.proxy.telemetry.flush()
        town.proxy.upstreams["things"].document.operations["PutThing"].node["x-sunset"] = "2027-01-01"
        pages = desk(town)
        return shown(pages.page("GET", ["", "deprecations"])), shown(pages.page("GET", ["", "deprecations", "things"]))

    paths = json.loads(json.dumps(DOCUMENT["paths"]))
    paths["/things/{id}"]["put"]["deprecated"] = True
    status, _, body = thing()
    facts = {"versioning": {"header": "Things-Version", "pin": "1"}}
    whole, one = play(tmp_path, [(status, END, body)], story, facts={**VENDOR["facts"], **facts}, paths=paths)
    about = whole["vendors"]["things"]
    get, put = about["operations"]
    assert (get["operation"], get["said_by"], get["days_left"], get["link"]) == (
        "GetThing", ["headers"], 29.0, "https://v.example/end",
    )  # fmt: skip
    assert [(caller["app"], caller["calls"]) for caller in get["callers"]] == [("local", 2)]
    assert get["first_seen"] is not None
    assert (put["operation"], put["said_by"], put["sunset"], put["callers"]) == (
        "PutThing",
        ["document"],
        "2027-01-01",
        [],
    )
    assert (about["pin"], [(version["header"], version["value"]) for version in about["versions"]]) == (
        "1", [("Things-Version", "2")],
    )  # fmt: skip
    assert one == {"vendor": "things", **about}


def test_what_was_found_is_shown_and_other_pages_are_others(tmp_path: Path) -> None:
    async def story(town: Town) -> list[Any]:
        await town.ask("GET", "/things/things")
        pages = desk(town)
        missing, refused = pages.page("GET", ["", "drift", "thing"]), pages.page("POST", ["", "drift"])
        assert missing is not None
        assert refused is not None
        return [
            shown(pages.page("GET", ["", "drift"])), shown(pages.page("GET", ["", "drift", "things"])),
            missing.status, shown(missing)["error"], refused.status, pages.page("GET", ["", "state"]),
        ]  # fmt: skip

    whole, one, missing, why, refused, other = play(tmp_path, [thing()], story, policy=SAMPLING["policy"])
    assert whole["dropped"] == 0
    assert one == {"vendor": "things", **whole["vendors"]["things"]}
    assert (missing, why) == (404, "'thing': there is no such vendor; did you mean things?")
    assert (refused, other) == (405, None)
