"""Callbacks go where the document's expressions lead, with the body that it describes."""

from typing import Any

import pytest
from aiohttp import web

from tests.serving import listening
from tests.simulator.conftest import Play, facts
from tests.simulator.small_vendor import TEXT, WHOLE, fields, operation, query
from tests.waiting import until
from tidegate.openapi.document import Document
from tidegate.simulator.behaviour.callbacks import CallbackSource, evaluated

SOURCE = CallbackSource(
    "make", "http://vendor.test/streams?a=1", "POST", {"id": "s1"}, "a=1&b=x%20y", {"X-Back": "http://b.test"},
    b'{"url": "http://c.test", "list": [{"n": 5}], "a b": "http://e.test"}', 201,
    b'{"id": "i1"}', {"Location": "/streams/i1"},
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("{$request.body#/url}/done", "http://c.test/done"),
        ("{$request.header.x-back}", "http://b.test"),
        ("http://d.test/{$request.path.id}/{$request.query.b}", "http://d.test/s1/x%20y"),
        ("http://d.test?id={$response.body#/id}&s={$statusCode}&m={$method}", "http://d.test?id=i1&s=201&m=POST"),
        ("$request.body#/url", "http://c.test"),
        ("http://d.test{$response.header.location}", "http://d.test/streams/i1"),
        ("http://d.test/{$request.body#/list/0/n}", "http://d.test/5"),
        ("{$request.body#/list/9/n}{$request.body#/none}{$url}", "http://vendor.test/streams?a=1"),
        ("{$request.body#/a%20b}/é", "http://e.test/%C3%A9"),
        ("{$odd.thing}{$response.query.a}", ""),
    ],
)
def test_an_expression_is_evaluated(text: str, url: str) -> None:
    assert evaluated(text, SOURCE) == url


async def test_a_callback_is_sent_after_the_operation_and_not_without_an_address(play: Play) -> None:
    got: list[tuple[str, str, Any]] = []

    async def take(request: web.BaseRequest) -> web.Response:
        got.append((request.method, request.path, await request.json()))
        return web.Response()

    body = operation(None, fields("id", id=TEXT, n=WHOLE))
    back = {"{$request.query.callbackUrl}/data": {"put": body, "patch": body, "parameters": []}}
    made = {**operation(fields("id", id=TEXT), None, query("callbackUrl"), status=201), "callbacks": {"onData": back}}
    document = Document({"openapi": "3.0.3", "paths": {"/streams": {"post": made}}}, "streams")
    vendor = await play(facts(errors={"envelope": "", "ours": {}}), served=document)
    async with listening(web.Server(take)) as port:
        assert (await vendor.ask("POST", "/streams"))[0] == 201
        answer = (await vendor.ask("POST", f"/streams?callbackUrl=http%3A%2F%2F127.0.0.1%3A{port}%2Fcb"))[1]
        await vendor.world.advance(1)
        await until(lambda: len(got) == 2)
        sent = sorted((method, path, content["id"]) for method, path, content in got)
        assert sent == [(method, "/cb/data", answer["id"]) for method in ("PATCH", "PUT")]
    assert [delivery.event for delivery in vendor.simulator.webhooks.deliveries] == ["onData", "onData"]
