"""A request is carried out once under its key, whatever becomes of its client, and answered in its media type."""

import asyncio

import aiohttp
import pytest

from tests.simulator.conftest import Play, Played, facts
from tests.simulator.small_vendor import JSON, TEXT, fields, listed, operation
from tests.waiting import settle, until
from tidegate.openapi.document import Document


async def test_a_slow_request_is_finished_when_its_client_has_gone(vendor: Played) -> None:
    vendor.arm(kind="latency", delay="5s")
    task = asyncio.create_task(vendor.pay(Idempotency_Key="k"))
    await until(lambda: vendor.simulator.journal.last and vendor.simulator.journal.entries[-1].operation)
    await settle()
    task.cancel()
    with pytest.raises((asyncio.CancelledError, aiohttp.ClientError)):
        await task
    await vendor.world.advance(5)
    await until(lambda: vendor.simulator.resources.all().get("payment_intent"))
    vendor.simulator.disarm()
    status, paid = await vendor.pay(Idempotency_Key="k")
    assert (status, paid["status"]) == (200, "succeeded")
    assert len(vendor.simulator.resources.all()["payment_intent"]) == 1


async def test_a_reset_stops_what_is_still_running(vendor: Played) -> None:
    vendor.arm(kind="latency", delay="5s")
    task = asyncio.create_task(vendor.pay())
    await until(lambda: vendor.simulator.journal.last and vendor.simulator.journal.entries[-1].operation)
    await settle()
    vendor.simulator.reset()
    with pytest.raises(aiohttp.ClientError):
        await task
    await vendor.world.advance(10)
    assert not vendor.simulator.resources.all().get("payment_intent")


async def test_the_same_request_twice_makes_two_objects_without_a_key_and_one_with(vendor: Played) -> None:
    first, second = [(await vendor.ask("POST", "/v1/customers", "name=A"))[1]["id"] for _ in range(2)]
    assert first != second
    first, second = [
        (await vendor.ask("POST", "/v1/customers", "name=A", Idempotency_Key="k"))[1]["id"] for _ in range(2)
    ]
    assert first == second


PET = {**fields("id", id=TEXT, name=TEXT), "xml": {"name": "pet"}}
DECLARED = '<?xml version="1.0" encoding="UTF-8"?>'
CONDITION = {"name": "If-None-Match", "in": "header", "schema": TEXT}


async def _pets(play: Play, media: str, of_list: str) -> Played:
    """One pet, shown in a media type, and in another in the list."""
    paths = {
        "/pets": {"get": operation(listed(PET), media=of_list), "post": operation(PET, PET, status=201)},
        "/pets/{id}": {"get": operation(PET, None, CONDITION, media=media), "put": operation(PET, PET, CONDITION)},
    }
    document = Document({"openapi": "3.0.3", "paths": paths}, "pets")
    played = await play(facts(versioning=None, idempotency=None), served=document)
    await played.client.post(f"{played.url}/pets", json={"id": "p1", "name": "Rex, the first"})
    return played


@pytest.mark.parametrize(
    ("media", "body"),
    [
        ("text/csv", 'id,name\r\np1,"Rex, the first"\r\n'),
        ("text/tab-separated-values", "id\tname\r\np1\tRex, the first\r\n"),
        ("application/x-ndjson", '{"id":"p1","name":"Rex, the first"}\n'),
        ("application/vnd.pets+json", '[{"id":"p1","name":"Rex, the first"}]'),
        (
            "application/xml",
            f"{DECLARED}\n<response><pet><id>p1</id><name>Rex, the first</name></pet></response>",
        ),
    ],
)
async def test_a_list_is_written_in_its_media_type(play: Play, media: str, body: str) -> None:
    pets = await _pets(play, JSON, media)
    async with pets.client.get(f"{pets.url}/pets") as answer:
        assert (answer.content_type, await answer.text()) == (media, body)


async def test_a_write_tells_the_tag_that_a_read_in_xml_has(play: Play) -> None:
    pets = await _pets(play, "application/xml", JSON)
    async with pets.client.put(f"{pets.url}/pets/p1", json={"id": "p1", "name": "Max"}) as written:
        tag = written.headers["ETag"]
    async with pets.client.get(f"{pets.url}/pets/p1", headers={"If-None-Match": tag}) as read:
        assert read.status == 304
