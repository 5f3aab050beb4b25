"""The law of what is made: it can be read, listed, changed and deleted, and is always as the document says.

The judge is jsonschema, by the plain schema that a drawn document comes with. What was sent comes back as it was sent.
"""

from typing import Any
from urllib.parse import urlsplit

import aiohttp
import orjson
from jsonschema import Draft202012Validator

from tests.documents.drawn_documents import DrawnDocument
from tidegate.openapi.document import Document
from tidegate.simulator.app import SimulatorServer
from tidegate.vendor.presumed.presumed_facts import presumed
from tidegate.world.world import RealWorld


class Law:
    """One drawn document, served alone."""

    def __init__(self, drawn: DrawnDocument, url: str, client: aiohttp.ClientSession) -> None:
        self._drawn = drawn
        self._url = url
        self._client = client
        self._location = ""
        self._schema = Draft202012Validator(drawn.schema, format_checker=Draft202012Validator.FORMAT_CHECKER)

    async def ask(self, method: str, path: str, body: Any = None, *, known: bool = True) -> tuple[int, Any]:
        """Status and JSON of an answer. `known` requests carry the credential."""
        drawn = self._drawn
        query = f"?{drawn.query}" if drawn.query and known else ""
        headers = dict(drawn.headers) if known else {}
        content = None if body is None else orjson.dumps(body)
        if body is not None:
            headers["Content-Type"] = drawn.media
        async with self._client.request(method, self._url + path + query, data=content, headers=headers) as answer:
            text = await answer.read()
            assert not text or answer.content_type == drawn.media.partition(";")[0] or answer.status >= 400
            self._location = answer.headers.get("Location", "")
            return answer.status, orjson.loads(text) if text else None

    def hold(self, thing: Any, sent: dict[str, Any]) -> Any:
        """Hold an object to its schema and to what was sent; gives its id."""
        flaws = [f"{flaw.json_path}: {flaw.message}" for flaw in self._schema.iter_errors(thing)]
        assert flaws == []
        assert {name: thing.get(name) for name in sent} == sent
        assert not self._drawn.secret.keys() & thing.keys()
        return thing[self._drawn.id_name]

    async def is_kept(self) -> None:
        """Make two, read one, list both, change one, delete one."""
        drawn = self._drawn
        if drawn.refused:
            assert (await self.ask("GET", drawn.path, known=False))[0] == 401
        made = []
        for _ in range(2):
            status, body = await self.ask("POST", drawn.path, drawn.sent)
            assert status in (200, 201), body
            made.append(self.hold(drawn.inside(body), drawn.asked))
            if drawn.is_located:
                assert urlsplit(self._location).path == f"{drawn.path}/{made[-1]}"
        assert made[0] != made[1]
        one = f"{drawn.path}/{made[0]}"
        status, body = await self.ask("GET", one)
        assert (status, self.hold(drawn.inside(body), drawn.asked)) == (200, made[0])
        status, body = await self.ask("GET", drawn.path)
        assert status == 200
        assert {self.hold(thing, drawn.asked) for thing in drawn.items(body)} == {*made}
        methods = next(item for template, item in drawn.root["paths"].items() if template != drawn.path)
        method = "PATCH" if "patch" in methods else "PUT"
        status, body = await self.ask(method, one, drawn.change)
        assert (status, self.hold(drawn.inside(body), drawn.changed)) == (200, made[0])
        self.hold(drawn.inside((await self.ask("GET", one))[1]), drawn.changed)
        assert (await self.ask("DELETE", one))[0] == 204
        assert (await self.ask("GET", one))[0] == 404
        status, body = await self.ask("GET", drawn.path)
        assert [self.hold(thing, drawn.asked) for thing in drawn.items(body)] == [made[1]]


async def law_holds(drawn: DrawnDocument) -> None:
    """Serve a drawn document by what it says alone, and hold it to the law. Raises AssertionError."""
    document = Document(drawn.root, "drawn")
    simulator = SimulatorServer(RealWorld(1), document, presumed(document).vendor, 1)
    await simulator.start(control_port=None)
    try:
        async with aiohttp.ClientSession() as client:
            await Law(drawn, f"http://127.0.0.1:{simulator.port}", client).is_kept()
    finally:
        await simulator.close()
