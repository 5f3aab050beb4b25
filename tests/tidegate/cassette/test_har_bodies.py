"""Bodies in HTTP archives, as tools save them: packed, in base64, in parts, in a charset, in files of their own."""

import gzip
import json
from base64 import b64encode
from pathlib import Path

import pytest

from tests.tidegate.cassette.recordings import archive, entry, only
from tidegate.cassette import har
from tidegate.cassette.multipart_parts import parts_of
from tidegate.problems import UsageError


def test_bodies_in_base64_and_forms_in_parts_are_read(tmp_path: Path) -> None:
    form = {"postData": {"params": [{"name": "a", "value": "1 2"}, {"name": "b"}]}}
    image = {"content": {"text": "iVBORw==", "encoding": "base64"}}
    exchange = only(tmp_path, request=form, response=image)
    assert (exchange.request.body, exchange.answer.body) == (b"a=1+2&b=", b"\x89PNG")


def test_a_request_that_was_saved_packed_is_unpacked(tmp_path: Path) -> None:
    packed = b64encode(gzip.compress(b'{"a":') + gzip.compress(b"1}")).decode()
    data = {"mimeType": "application/json", "text": packed, "encoding": "base64"}
    headers = [{"name": "Content-Encoding", "value": "gzip"}]
    assert only(tmp_path, request={"postData": data, "headers": headers}).request.body == b'{"a":1}'


def test_names_of_a_part_do_not_leave_their_quotes(tmp_path: Path) -> None:
    params = [{"name": 'f"q', "fileName": "a\r\nX: 1", "value": "x"}]
    body = only(tmp_path, request={"postData": {"mimeType": "multipart/form-data", "params": params}}).request.body
    assert b'name="f%22q"; filename="a%0D%0AX: 1"\r\n\r\nx' in body


@pytest.mark.parametrize("charset", ["idna", "undefined", "hex", "rot13", "no-such"])
def test_a_charset_that_is_none_is_utf_8(tmp_path: Path, charset: str) -> None:
    headers = [{"name": "Content-Type", "value": f"text/plain; charset={charset}"}]
    answer = {"headers": headers, "content": {"text": "a" * 70 + "é"}}
    assert len(only(tmp_path, response=answer).answer.body) in (71, 72)


def test_a_request_without_a_body_has_none(tmp_path: Path) -> None:
    plain = entry()
    del plain["request"]["postData"], plain["response"]["content"]
    (exchange,) = har.read(archive(tmp_path, plain), "https://api.example.com").exchanges
    assert (exchange.request.body, exchange.answer.body) == (b"", b"")


def test_what_was_sent_may_be_in_base64_too(tmp_path: Path) -> None:
    data = {"mimeType": "application/x-www-form-urlencoded", "text": "bmFt\r\nZT1BZGE", "encoding": "base64"}
    assert only(tmp_path, request={"postData": data}).request.body == b"name=Ada"


def test_a_form_with_a_file_is_a_multipart_body(tmp_path: Path) -> None:
    file = {"name": "f", "fileName": "a.txt", "contentType": "text/plain", "value": "hello"}
    params = [file, {"name": "n", "value": "1"}]
    mime = "multipart/form-data; boundary=X"
    exchange = only(tmp_path, request={"postData": {"mimeType": mime, "params": params, "text": ""}})
    parts = parts_of(exchange.request.body, exchange.request.headers["content-type"])
    assert parts is not None
    assert [(part.name, part.content) for part in parts] == [("f", b"hello"), ("n", b"1")]
    assert exchange.request.headers["content-type"] == mime
    unnamed = only(tmp_path, request={"postData": {"mimeType": "multipart/form-data", "params": params}})
    assert parts_of(unnamed.request.body, unnamed.request.headers["content-type"]) == parts


def test_a_text_is_written_in_the_charset_in_which_a_client_reads_it(tmp_path: Path) -> None:
    headers = [{"name": "Content-Type", "value": "text/plain; charset=ISO-8859-1"}]
    assert only(tmp_path, response={"headers": headers, "content": {"text": "ü"}}).answer.body == b"\xfc"
    headers = [{"name": "Content-Type", "value": "text/plain; charset=none"}]
    assert only(tmp_path, response={"headers": headers, "content": {"text": "ü"}}).answer.body == "ü".encode()


def test_a_body_that_was_saved_compressed_is_decoded(tmp_path: Path) -> None:
    headers = [{"name": "Content-Encoding", "value": "gzip"}]
    for raw in (gzip.compress(b"plain"), b"plain"):
        saved = {"text": b64encode(raw).decode(), "encoding": "base64"}
        assert only(tmp_path, response={"headers": headers, "content": saved}).answer.body == b"plain"


def test_a_body_in_a_file_beside_the_archive_is_read_and_none_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "a1.json").write_bytes(b"{}")
    assert only(tmp_path, response={"content": {"_file": "a1.json"}}).answer.body == b"{}"
    for name, says in (("../a1.json", "not beside"), ("a2.json", "cannot be read")):
        with pytest.raises(UsageError, match=f"log/entries/0: .*{says}"):
            only(tmp_path, response={"content": {"_file": name}})


def test_base64_in_pieces_is_one_body(tmp_path: Path) -> None:
    packed = gzip.compress(b'{"r": 1}', mtime=0)
    text = json.dumps([b64encode(piece).decode() for piece in (packed[:10], packed[10:])])
    coded = [{"name": "content-encoding", "value": "gzip"}]
    polly = entry(response={"headers": coded, "content": {"encoding": "base64", "text": text}})
    (exchange,) = har.read(archive(tmp_path, polly), "https://api.example.com").exchanges
    assert exchange.answer.body == b'{"r": 1}'
