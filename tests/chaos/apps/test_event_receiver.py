"""The apps that are posted to: what they remember, and each way of being away."""

from typing import Any

import pytest

from tidegate.chaos.apps.away_door import BUSY_S
from tidegate.chaos.apps.event_receiver import EventReceiver
from tidegate.chaos.apps.http_client import HttpClient, HttpResponse, NotConnected
from tidegate.chaos.apps.naive_sdk import ConnectionLost
from tidegate.chaos.trouble.surrounding_fault import AwayMode
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.policies.webhooks.standard_webhooks import sign, signing_keys

SECRET = "whsec_bm9ib2R5IG5lZWRzIHRvIGtub3cgdGhpcw=="
BODY = b'{"id": "evt_1"}'


def posted(mode: AwayMode | None = None, *, secret: str = SECRET, back: bool = False) -> tuple[Any, EventReceiver]:
    """One post, and what came of it."""

    async def main() -> tuple[Any, EventReceiver]:
        world = VirtualWorld(1)
        receiver = EventReceiver(world.machine("apps"), {"shop": SECRET}, world.now)
        await receiver.start("127.0.0.1", 3000)
        if mode is not None:
            receiver.send_away(mode)
        if back:
            receiver.send_away(None)
        headers = sign(signing_keys([secret]), "whd_1", BODY, 1_767_225_600.0)
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"POST /shop/webhooks HTTP/1.1\r\nHost: apps\r\nContent-Length: {len(BODY)}\r\n{lines}\r\n"
        client = HttpClient(world, "127.0.0.1", 3000)
        try:
            came: Any = await client.ask(head.encode() + BODY, 10.0)
        except ConnectionLost as error:
            came = type(error)
        client.close()
        await receiver.close()
        return came, receiver

    return run(main)


def test_a_post_is_taken_verified_and_remembered() -> None:
    answer, receiver = posted()
    assert isinstance(answer, HttpResponse)
    assert answer.status == 204
    (taken,) = receiver.taken
    assert (taken.app, taken.purpose, taken.id, taken.body) == ("shop", "webhooks", "whd_1", BODY)
    assert (taken.verified, taken.status) == (True, 204)


def test_a_post_under_another_secret_is_not_verified() -> None:
    _, receiver = posted(secret="whsec_YW5vdGhlciBzZWNyZXQsIGFzIGxvbmcgYXMgaXQ=")
    assert [taken.verified for taken in receiver.taken] == [False]


@pytest.mark.parametrize(("mode", "status"), [("error", 500), ("busy", 503)])
def test_an_app_that_does_not_do_well_says_so(mode: AwayMode, status: int) -> None:
    answer, receiver = posted(mode)
    assert answer.status == status
    assert answer.headers.get("Retry-After") == (str(BUSY_S) if mode == "busy" else None)
    assert [taken.status for taken in receiver.taken] == [status]


def test_where_nobody_listens_nothing_is_taken() -> None:
    assert posted("refuse")[0] is NotConnected
    assert posted("refuse")[1].taken == []


def test_a_deaf_app_takes_a_post_and_the_answer_never_comes() -> None:
    came, receiver = posted("deaf")
    assert came is ConnectionLost
    assert [taken.status for taken in receiver.taken] == [0]


@pytest.mark.parametrize("mode", ["refuse", "error"])
def test_an_app_that_is_back_takes_posts_again(mode: AwayMode) -> None:
    assert posted(mode, back=True)[0].status == 204
