"""Whatever bytes a header holds, the request is read, answered and written down."""

import pytest

from tests.simulator.conftest import KEY, Play, Played
from tests.simulator.raw import Raw
from tests.waiting import until

LATIN_1 = "bestellung-ü".encode("latin-1")


async def reply_to(vendor: Played, *lines: bytes, body: bytes = b"", secret: bytes = KEY.encode()) -> bytes:
    """The answer to a request for a customer with these header lines."""
    raw = await Raw.to(vendor)
    head = [b"POST /v1/customers HTTP/1.1", b"Host: vendor.example", b"Authorization: Bearer " + secret, *lines]
    head += [b"Content-Length: %d" % len(body), b"Connection: close"]
    raw.write(b"\r\n".join(head) + b"\r\n\r\n" + body)
    await raw.ended()
    return raw.heard


def journal(vendor: Played) -> list[str]:
    """The last entry's texts, as a reader of the journal gets them."""
    entry = vendor.simulator.journal.entries[-1].described()
    return [value.encode().decode() for value in entry.values() if isinstance(value, str)]


async def test_a_key_in_latin_1_is_a_key_and_comes_back(vendor: Played) -> None:
    first = await reply_to(vendor, b"Idempotency-Key: " + LATIN_1, body=b"name=A")
    assert first.startswith(b"HTTP/1.1 200")
    assert "bestellung-ü" in journal(vendor)
    assert "bestellung-ü".encode() in first
    again = await reply_to(vendor, b"Idempotency-Key: " + LATIN_1, body=b"name=A")
    assert b"Idempotent-Replayed: true" in again


async def test_a_key_in_utf_8_is_the_same_key(vendor: Played) -> None:
    await reply_to(vendor, b"Idempotency-Key: " + LATIN_1, body=b"name=A")
    again = await reply_to(vendor, b"Idempotency-Key: " + "bestellung-ü".encode(), body=b"name=A")
    assert b"Idempotent-Replayed: true" in again


async def test_a_wrong_credential_of_whatever_bytes_is_the_vendors_401(vendor: Played) -> None:
    assert (await reply_to(vendor, secret=b"sk_\xfc")).startswith(b"HTTP/1.1 401")


async def test_any_credential_may_hold_whatever_bytes(play: Play) -> None:
    vendor = await play(secret=None)
    assert (await reply_to(vendor, secret=b"sk_\xff\xff\xff\xff")).startswith(b"HTTP/1.1 200")
    assert "***ÿÿ" in journal(vendor)


@pytest.mark.parametrize("media", [b"\xff", b"text/\xc3"])
async def test_a_type_of_whatever_bytes_is_a_type_that_the_operation_does_not_take(
    vendor: Played, media: bytes
) -> None:
    assert (await reply_to(vendor, b"Content-Type: " + media, body=b"a=b")).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_body_that_is_not_in_the_encoding_it_names_is_refused(
    vendor: Played, encoding: str, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):  # on one connection each: a second request would not be heard there
        status, refused, headers = await vendor.exchange("POST", "/v1/customers", "name=A", Content_Encoding=encoding)
        assert (status, refused["error"]["message"]) == (400, f"The body is not {encoding}.")
        assert headers["Connection"] == "close"
    assert (await vendor.ask("GET", "/v1/customers"))[0] == 200
    assert not [record for record in caplog.records if record.name.startswith("aiohttp")]
    assert vendor.simulator.journal.entries[1].status == 400


async def test_a_client_that_waits_for_it_is_told_to_send_its_body(vendor: Played) -> None:
    raw = await Raw.to(vendor)
    head = f"POST /v1/customers HTTP/1.1\r\nHost: v\r\nAuthorization: Bearer {KEY}\r\nContent-Length: 6\r\n"
    raw.write(f"{head}Expect: 100-Continue\r\n\r\n".encode())
    await until(lambda: raw.heard)
    assert raw.heard == b"HTTP/1.1 100 Continue\r\n\r\n"
    raw.heard = b""
    raw.write(b"name=A")
    await until(lambda: raw.whole)
    assert raw.status == 200
    raw.heard = b""
    raw.write(f"{head}Expect: 100-continue\r\n\r\nname=A".encode())
    await until(lambda: raw.whole)
    assert raw.status == 200
    raw.hang_up()
