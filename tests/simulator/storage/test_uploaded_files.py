"""Uploaded files are objects with their size, name and type; their bytes come back, within bounds."""

import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

import tidegate
from tests.simulator.conftest import Play, Played
from tests.simulator.small_vendor import SmallVendor, fields, operation
from tidegate.openapi.document import Document
from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.request.multipart import UploadedFile
from tidegate.simulator.storage.uploaded_files import UploadedFiles, representation
from tidegate.vendor.vendor_file import load_vendor

OPENAI = Path(tidegate.__file__).parent / "adapters" / "openai"
NOTES = UploadedFile("notes.txt", "text/plain", b"Hello")


def kind(**typed: str) -> ResourceKind:
    """A kind with fields of these types."""
    return ResourceKind(
        "file", ("files",), id_field="id",
        fields={name: {"type": said} for name, said in typed.items()},
        names={name.replace("_", ""): name for name in typed},
    )  # fmt: skip


def files(most: int = 10) -> UploadedFiles:
    return UploadedFiles(Document({"openapi": "3.0.3", "paths": {}}, "none").schemas, most)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"bytes": "integer", "filename": "string"}, {"bytes": 5, "filename": "notes.txt"}),
        (
            {"size": "integer", "name": "string", "mimetype": "string"},
            {"size": 5, "name": "notes.txt", "mimetype": "text/plain"},
        ),
        ({"size_bytes": "number", "content_type": "string"}, {"size_bytes": 5, "content_type": "text/plain"}),
    ],
)
def test_an_object_says_the_size_the_name_and_the_type_in_its_own_fields(
    typed: dict[str, str], said: dict[str, Any]
) -> None:
    assert files().described(kind(**typed), NOTES) == said


@pytest.mark.parametrize("typed", [{"filename": "string"}, {"size": "string", "name": "string"}])
def test_an_object_without_a_size_in_bytes_is_no_file(typed: dict[str, str]) -> None:
    assert files().of(kind(**typed), {"image": NOTES}) is None


def test_no_more_is_kept_than_there_is_room_for() -> None:
    store, of_files = files(most=9), kind(bytes="integer")
    store.put("file", "1", NOTES)
    with pytest.raises(VendorError, match="room for 4") as refused:
        store.of(of_files, {"file": NOTES})
    assert refused.value.reason == "too-large"
    store.drop("file", "1")
    assert store.of(of_files, {"file": NOTES}) is NOTES
    assert store.bytes == 0


def test_a_file_in_the_place_of_another_is_counted_once() -> None:
    store = files()
    store.put("file", "1", NOTES)
    store.put("file", "1", UploadedFile("other", "text/plain", b"12"))
    assert (store.bytes, len(store), [key for _, key, _ in store.all()]) == (2, 1, ["1"])
    store.clear()
    assert (store.bytes, store.get("file", "1")) == (0, None)


@pytest.fixture
async def openai(play: Play) -> Played:
    loaded = load_vendor(OPENAI / "vendor.yaml")
    return await play(loaded.vendor, served=Document.load(loaded.document_path))


async def upload(vendor: Played, content: bytes, name: str = "notes.bin") -> tuple[int, dict[str, Any]]:
    form = aiohttp.FormData({"purpose": "assistants"})
    form.add_field("file", content, filename=name, content_type="application/x-notes")
    async with vendor.client.post(f"{vendor.url}/files", data=form) as answer:
        return answer.status, await answer.json()


async def download(vendor: Played, identifier: str, accept: str = "*/*") -> tuple[int, str, bytes]:
    headers = {"Accept": accept}
    async with vendor.client.get(f"{vendor.url}/files/{identifier}/content", headers=headers) as answer:
        return answer.status, answer.headers["Content-Type"], await answer.read()


async def test_the_same_bytes_come_back_until_the_file_is_deleted(openai: Played) -> None:
    content = bytes(range(256))
    made = (await upload(openai, content))[1]
    assert (made["bytes"], made["filename"]) == (256, "notes.bin")
    assert await download(openai, made["id"]) == (200, "application/x-notes", content)
    await openai.ask("DELETE", f"/files/{made['id']}")
    assert (await download(openai, made["id"]))[0] == 404
    assert openai.simulator.service.store.files.bytes == 0


async def test_two_files_of_one_name_are_two(openai: Played) -> None:
    first, second = [(await upload(openai, content))[1]["id"] for content in (b"one", b"two")]
    assert first != second
    assert [(await download(openai, one))[2] for one in (first, second)] == [b"one", b"two"]


async def test_a_file_without_room_is_refused_in_the_vendors_words_and_makes_nothing(openai: Played) -> None:
    openai.simulator.service.store.files = files(most=100)
    assert (await upload(openai, b"x" * 60))[0] == 200
    status, body = await upload(openai, b"x" * 60)
    assert (status, body["error"]["type"]) == (413, "invalid_request_error")
    assert "room for 40" in body["error"]["message"]
    assert openai.simulator.resources.counts()["file"] == 1


async def test_files_are_in_the_snapshot_and_gone_after_a_reset(openai: Played) -> None:
    made = (await upload(openai, b"\x00\xff"))[1]
    taken = json.loads(json.dumps(openai.simulator.snapshot()))
    openai.simulator.reset()
    assert (await download(openai, made["id"]))[0] == 404
    openai.simulator.restore(taken)
    assert (await download(openai, made["id"]))[2] == b"\x00\xff"
    spoilt = {**taken, "files": [{**taken["files"][0], "content": "no base64"}]}
    with pytest.raises(ValueError, match="base64"):
        openai.simulator.restore(spoilt)
    assert (await download(openai, made["id"]))[0] == 200


async def test_another_file_under_the_same_key_is_another_request(play: Play, specs: Path) -> None:
    stripe = await play(served=Document.load(specs / "stripe" / "spec3.json"))

    async def put(content: bytes) -> int:
        form = aiohttp.FormData({"purpose": "dispute_evidence"})
        form.add_field("file", content, filename="receipt.txt")
        headers = {"Idempotency-Key": "k1"}
        async with stripe.client.post(f"{stripe.url}/v1/files", data=form, headers=headers) as answer:
            return answer.status

    assert [await put(content) for content in (b"one", b"one", b"two")] == [200, 200, 400]


@pytest.mark.parametrize(
    ("documented", "accept", "body", "media"),
    [
        ("application/octet-stream", "*/*", b"Hello", "text/plain"),
        ("text/csv", "*/*", b"Hello", "text/csv"),
        ("application/json", "*/*", "Hello", "application/json"),
        ("application/json", "text/html, application/*;q=0.8", "Hello", "application/json"),
        ("application/json", "application/binary", b"Hello", "text/plain"),
        ("application/json", "text/*, image/png", b"Hello", "text/plain"),
    ],
)
def test_a_file_comes_as_itself_unless_the_document_wants_json_and_the_client_takes_it(
    documented: str, accept: str, body: bytes | str, media: str
) -> None:
    assert representation(NOTES, documented, accept) == (body, media)


def test_bytes_that_are_no_text_are_base64_in_json() -> None:
    assert representation(UploadedFile("a", "image/png", b"\x89PNG"), "application/json", "*/*") == (
        "iVBORw==",
        "application/json",
    )


async def test_a_document_that_wants_json_for_a_file_gets_it_and_the_file_is_there_for_the_asking(
    play: Play, specs: Path
) -> None:
    vendor = await play(served=Document.load(specs / "openai" / "openapi.json"))
    identifier = (await upload(vendor, b'{"n": 1}\n'))[1]["id"]
    assert await download(vendor, identifier) == (200, "application/json", b'"{\\"n\\": 1}\\n"')
    assert await download(vendor, identifier, "application/binary") == (200, "application/x-notes", b'{"n": 1}\n')


def test_bytes_that_are_put_somewhere_are_read_there() -> None:
    file = {"type": "string", "format": "binary"}
    paths = {
        "/docs/{key}": {"put": operation(None, file, media="image/png"), "get": operation(file, media="image/png"),
                        "delete": operation(status=204)},
        "/users/{id}/avatar": {"put": operation(None, file, media="image/*"), "get": operation(file, media="image/*")},
    }  # fmt: skip
    vendor = SmallVendor(paths)
    for path in ("/docs/k1", "/users/u1/avatar"):
        vendor.ask("PUT", path, "first", "image/png")
        vendor.ask("PUT", path, "second", "image/png")
        read = vendor.ask("GET", path)
        assert (read.body, read.headers["Content-Type"]) == (b"second", "image/png")
    vendor.ask("DELETE", "/docs/k1")
    with pytest.raises(VendorError):
        vendor.ask("GET", "/docs/k1")


def a_form(name: str, media: str, content: str) -> str:
    head = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: {media}'
    return f"--B\r\n{head}\r\n\r\n{content}\r\n--B--\r\n"


def test_an_object_tells_of_the_file_that_was_put_in_place_of_its_own() -> None:
    text, form = {"type": "string"}, "multipart/form-data; boundary=B"
    said = {"size": {"type": "integer"}, "name": text, "contentType": text}
    one = fields("id", id={**text, "readOnly": True}, **said)
    body = {"content": {"multipart/form-data": {"schema": fields(file={**text, "format": "binary"})}}}
    named = {"name": "id", "in": "path", "required": True, "schema": text}
    kept = operation({**text, "format": "binary"}, None, named, media="application/octet-stream")
    raw = operation(one, None, named)
    raw["requestBody"] = {"content": {"application/octet-stream": {"schema": {**text, "format": "binary"}}}}
    vendor = SmallVendor({
        "/files": {"post": {**operation(one, status=201), "requestBody": body}},
        "/files/{id}": {
            "get": operation(one, None, named),
            "put": {**operation(one, None, named), "requestBody": body},
            "patch": {**operation(one, None, named), "requestBody": body},
        },
        "/files/{id}/content": {"get": kept, "put": raw},
    })  # fmt: skip
    made = vendor.ask("POST", "/files", a_form("a.txt", "text/plain", "Hello"), form).body
    at = f"/files/{made['id']}"
    assert made == {**made, "size": 5, "name": "a.txt", "contentType": "text/plain"}
    for method, name, content in (("PUT", "b.md", "longer"), ("PATCH", "c.md", "abc")):
        told = vendor.ask(method, at, a_form(name, "text/markdown", content), form).body
        assert told == {**made, "size": len(content), "name": name, "contentType": "text/markdown"}
        assert vendor.read(f"{at}/content") == content.encode()
    assert vendor.ask("PUT", f"{at}/content", "1234567", "application/octet-stream").body["size"] == 7
    assert (vendor.read(at)["size"], vendor.read(f"{at}/content")) == (7, b"1234567")


@pytest.mark.parametrize(
    ("schema", "media", "first", "second"),
    [
        ({"type": "string"}, "text/plain", "hello", "x,y"),
        ({"type": "boolean"}, "application/json", "true", "false"),
        ({"type": "integer"}, "application/json", "42", "0"),
        ({"type": "array", "items": {"type": "string"}}, "application/json", '["a","b"]', "[]"),
    ],
)
def test_a_value_that_is_no_object_is_kept_as_it_was_put(schema: Any, media: str, first: str, second: str) -> None:
    named = {"name": "key", "in": "path", "required": True, "schema": {"type": "string"}}
    paths = {
        "/value": {"get": operation(schema, media=media), "put": operation(schema, schema, media=media)},
        "/values/{key}": {"get": operation(schema, None, named, media=media), "delete": operation(None, None, named),
                          "put": operation(schema, schema, named, media=media)},
    }  # fmt: skip
    vendor = SmallVendor(paths)
    for path in ("/value", "/values/k"):
        for sent in (first, second):
            assert vendor.ask("PUT", path, sent, media).body == sent.encode()
            assert vendor.read(path) == sent.encode()
    vendor.ask("DELETE", "/values/k")
    with pytest.raises(VendorError):
        vendor.read("/values/k")
