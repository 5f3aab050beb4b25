"""The name in a handshake, whoever made it and however its bytes come; and nothing raises."""

import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.proxy.policies.destinations.client_hello import (
    HELLO_BYTES_MAX,
    MORE,
    NONE,
    UNREADABLE,
    SeenName,
    seen_name,
)


def hello(name: str | None = "api.example", least: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2) -> bytes:
    """The ClientHello of a real client."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.minimum_version = least
    outgoing = ssl.MemoryBIO()
    connection = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=name)
    with pytest.raises(ssl.SSLWantReadError):
        connection.do_handshake()
    return outgoing.read()


HELLO = hello()
NAMED = SeenName("named", "api.example")


@pytest.mark.parametrize("least", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_clients_handshake_names_its_server_and_one_without_a_name_nobody(least: ssl.TLSVersion) -> None:
    assert seen_name(hello("API.example", least)) == NAMED
    assert seen_name(hello(None, least)) == NONE
    assert seen_name(hello("127.0.0.1", least)) == NONE


def test_it_is_read_once_all_of_it_is_there_in_one_record_or_in_many() -> None:
    assert [seen_name(HELLO[:size]) for size in range(len(HELLO))] == [MORE] * len(HELLO)
    assert seen_name(HELLO + b"more") == NAMED
    message = HELLO[5:]
    parts = [message[at : at + 7] for at in range(0, len(message), 7)]
    assert seen_name(b"".join(b"\x16\x03\x01" + len(part).to_bytes(2, "big") + part for part in parts)) == NAMED


@pytest.mark.parametrize(
    "data", [b"GET / HTTP/1.1\r\n", b"SSH-2.0-x\r\n", b"\x80\x2e\x01\x03\x01", b"\x16\x02\x00", b"\0"]
)
def test_what_is_no_handshake_of_tls_names_nobody(data: bytes) -> None:
    assert seen_name(data) == NONE


def altered(old: bytes, new: bytes) -> bytes:
    assert old in HELLO
    return HELLO.replace(old, new)


@pytest.mark.parametrize(
    "data",
    [
        altered(b"api.example", b"api.ex\xffmple"),
        altered(b"\x00\x00\x0bapi.example", b"\x01\x00\x0bapi.example"),
        altered(b"\x00\x00\x0bapi.example", b"\x00\x00\x0capi.example"),
        b"\x16\x03\x01\xff\xff" + HELLO[5:],
        b"\x16\x03\x01\x00\x00" + HELLO,
        b"\x16\x03\x01\x00\x04\x02\x00\x00\x00",
        b"\x16\x03\x01\x00\x04\x01\xff\xff\xff",
        HELLO[:5] + HELLO[5:9] + b"\xff" * (len(HELLO) - 9),
        (b"\x16\x03\x01\x00\x05\x01\x00\xff\xf0a" + b"\x16\x03\x01\x40\x00" + b"a" * 16_384 * 5)[
            : HELLO_BYTES_MAX + 10
        ],
    ],
)
def test_what_cannot_be_read_in_one_way_is_said_to_be_so(data: bytes) -> None:
    assert seen_name(data) == UNREADABLE


def test_two_names_are_none() -> None:
    extension = HELLO[HELLO.index(b"\x00\x00\x00\x10\x00\x0e\x00\x00\x0bapi.example") :][:20]
    length = int.from_bytes(HELLO[3:5], "big")
    whole = bytearray(HELLO[5:])
    at = 4 + 34
    for size in (1, 2, 1):
        at += size + int.from_bytes(whole[at : at + size], "big")
    inner = int.from_bytes(whole[at : at + 2], "big")
    whole[at : at + 2] = (inner + 20).to_bytes(2, "big")
    whole += extension
    whole[1:4] = (length - 4 + 20).to_bytes(3, "big")
    assert seen_name(b"\x16\x03\x01" + len(whole).to_bytes(2, "big") + bytes(whole)) == UNREADABLE


@given(st.binary(max_size=300), st.integers(0, 600), st.binary(max_size=4))
def test_nothing_raises(tail: bytes, place: int, put: bytes) -> None:
    seen_name(b"\x16\x03" + tail)
    seen_name(HELLO[:place] + put + HELLO[place + len(put) :])
