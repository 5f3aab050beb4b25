"""A person sends a delivery again with another body, by tidegate.proxy.desk.delivery_pages."""

from pathlib import Path

import orjson
import pytest

from tests.proxy.desk.letters import accept, dead, desk, letter, settle_all


async def test_a_body_is_edited_as_it_is_shown_and_what_is_hidden_in_it_is_kept(tmp_path: Path) -> None:
    body = b'{"amount": 1, "email": "ada@example.com"}'
    async with desk(tmp_path) as at_desk:
        await accept(at_desk.deliveries, letter(1, body=body), letter(2, body=b"plain"))
        await settle_all(at_desk.deliveries, dead())
        shown = (await at_desk.get("/d1?body=redacted"))["request"]["body"]
        mended = shown.replace("1", "2")
        for path, text in (("/d1", shown.replace("email", "mail")), ("/d2", "[redacted]")):
            status, document = await at_desk.post(path, action="redo", body=text, keep_hidden=True)
            assert (status, "hidden" in document["error"]) == (400, True)
        assert (await at_desk.post("/d1", action="redo", body=mended, keep_hidden=True))[0] == 200
        sent = await at_desk.deliveries.find("d1")
    assert sent is not None
    assert orjson.loads(sent.new.body) == {"amount": 2, "email": "ada@example.com"}


@pytest.mark.parametrize("header", ["Content-Encoding", "Repr-Digest", "Content-MD5"])
async def test_a_body_that_its_headers_speak_of_is_not_edited(tmp_path: Path, header: str) -> None:
    async with desk(tmp_path) as at_desk:
        await accept(at_desk.deliveries, letter(1, headers=orjson.dumps([[header, "x"]])))
        await settle_all(at_desk.deliveries, dead())
        status, answer = await at_desk.post("/d1", action="redo", body="{}")
        assert (status, answer["error"].startswith("its headers hold a digest or a coding")) == (409, True)
        assert (await at_desk.post("/d1", action="redo"))[0] == 200
