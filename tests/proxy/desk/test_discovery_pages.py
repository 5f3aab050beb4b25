"""Discovery's pages show what was seen, to whoever may read."""

import orjson

from tests.proxy.discovery.sightings import seen
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.desk.discovery_pages import discovery_page
from tidegate.proxy.desk.page import Page
from tidegate.proxy.discovery.recorder import DiscoveryRecorder


def page(path: str, method: str = "GET") -> Page:
    async def story() -> Page:
        recorder = DiscoveryRecorder(VirtualWorld(1))
        recorder.add(seen("GET", "/orders/42", host="h.example:8443"))
        return discovery_page(recorder, method, path.split("/"))

    return run(story)


def test_the_overview_and_one_host() -> None:
    assert orjson.loads(page("/discovery").body)["calls"] == 1
    document = orjson.loads(page("/discovery/h.example%3A8443").body)
    assert document["operations"][0]["template"] == "/orders/{}"


def test_a_host_that_was_not_seen_and_another_method() -> None:
    assert page("/discovery/other").status == 404
    assert page("/discovery/a/b").status == 404
    assert page("/discovery", "POST").status == 405
