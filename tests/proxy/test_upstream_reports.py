"""Tests of tidegate.proxy.upstream_reports, in the virtual world."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.town import VENDOR, Town, play

VENDOR_POLICY = VENDOR["policy"] | {"retry": {"attempts": 1}}


def test_a_breaker_that_opens_is_noted_with_its_vendor(tmp_path: Path) -> None:
    async def story(town: Town) -> list[dict[str, Any]]:
        for _ in range(30):
            await town.ask("GET", "/things/things/1")
        return town.log()

    notes = [line for line in play(tmp_path, [500], story) if line.get("note") == "breaker"]
    assert notes[0]["vendor"] == "things"
    assert notes[0]["to"] == "open"


@pytest.mark.parametrize(("names", "target"), [((), "credential:things"), (("a", "b"), "credential:things/b")])
def test_what_needs_a_person_is_recorded_by_the_name_of_the_credential(
    tmp_path: Path, names: tuple[str, ...], target: str
) -> None:
    async def story(town: Town) -> tuple[list[Any], list[Any]]:
        *_, last = town.proxy.upstreams["things"].provider.singles()
        last.note("token refreshed", {"version": 2})
        last.on_reauthorize("invalid_grant")
        assert await town.proxy.audit.flush(5.0)
        rows = [json.loads(row.line) for row in await town.proxy.parts.store.audit.rows()]
        notes = [line for line in town.log() if line.get("note") == "token refreshed"]
        return [row["target"] for row in rows if row["what"] == "token.reauth"], notes

    auth = {**VENDOR["facts"]["auth"], "secrets": {name: f"env:{name.upper()}" for name in names}}
    facts = {**VENDOR["facts"], "auth": auth, "limits": []}
    targets, [note] = play(tmp_path, [], story, facts=facts, environ={"A": "sk_a", "B": "sk_b"})
    assert targets == [target]
    assert (note["vendor"], note.get("credential")) == ("things", "b" if names else None)


def test_an_address_that_is_refused_is_counted_each_time_and_written_down_once(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[dict[Any, int], list[Any]]:
        town.world.network.names["things.example"] = "10.0.0.1"
        for _ in range(3):
            await town.ask("GET", "/things/things/1")
        notes = [line for line in town.log() if line.get("note") == "address refused"]
        return dict(town.proxy.telemetry.metrics.addresses), notes

    counts, notes = play(tmp_path, [], story, policy=VENDOR_POLICY)
    assert counts == {("things", "refused", "private"): 3}
    assert [(note["vendor"], note["because"]) for note in notes] == [("things", "10.0.0.1 is not public: private")]


def test_in_warn_mode_a_private_address_is_reached_and_written_down(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[dict[Any, int], Any]:
        town.world.network.names["things.example"] = "10.0.0.1"
        answer = await town.ask("GET", "/things/things/1")
        return dict(town.proxy.telemetry.metrics.addresses), answer.problem

    use = {"things": {"private_addresses": "warn"}}
    counts, problem = play(tmp_path, [], story, config={"use": use}, policy=VENDOR_POLICY)
    assert set(counts) == {("things", "warned", "private")}
    assert problem == "vendor-unavailable"  # it was tried, and nobody listens there
