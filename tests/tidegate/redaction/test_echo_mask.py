"""A mask is as long as what it hides, and holds over the borders of pieces."""

import base64
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.redaction.echo_mask import EchoMask, MaskedStream, mask_of
from tidegate.redaction.spellings import spellings

VALUE = "sk_live_4242/ab+cd=ef"
MASK = EchoMask([VALUE])
OTHER = bytes.maketrans(b"+/", b"-_")


@pytest.mark.parametrize("spelled", sorted(set(spellings(VALUE))))
def test_every_spelling_is_masked_at_its_own_length(spelled: str) -> None:
    data = b'{"key": "' + spelled.encode() + b'"}'
    masked = MASK.masked(data)
    assert len(masked) == len(data)
    assert not MASK.holds(masked)
    assert spelled.encode() not in masked


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("before", [b"", b"u", b"user:", b'{"headers": '])
def test_base64_of_a_longer_text_is_masked_where_the_value_stands_in_it(
    encode: Callable[[bytes], bytes], before: bytes
) -> None:
    data = b'{"seen": "' + encode(before + VALUE.encode() + b" and more") + b'"}'
    masked = MASK.masked(data)
    assert len(masked) == len(data)
    assert masked.startswith(data[: 10 + len(before) // 3 * 4])
    shown = masked[10:-2].replace(b"[redacted]", b"A" * 10).replace(b"*", b"A")
    plain = base64.urlsafe_b64decode(shown.translate(OTHER))
    assert VALUE.encode()[1:-1] not in plain


@pytest.mark.parametrize(
    "disguised",
    [
        VALUE.upper().encode(),
        VALUE.swapcase().encode(),
        VALUE.encode("utf-16"),
        VALUE.encode("utf-16-be"),
        *(base64.b32encode(b"u" * before + VALUE.encode() + b"more") for before in range(5)),
        base64.b32encode(VALUE.encode()).lower(),
        "".join(f"&#{byte};" for byte in VALUE.encode()).encode(),
        "".join(f"&#x{byte:X};" for byte in VALUE.encode()).encode(),
        "".join(f"\\x{byte:02x}" for byte in VALUE.encode()).encode(),
        "".join(f"\\u{{{byte:x}}}" for byte in VALUE.encode()).encode(),
        str([*VALUE.encode()]).encode(),
        VALUE.encode().hex(":").upper().encode(),
        VALUE.replace("=", "=3D").encode(),
    ],
)
def test_an_answer_of_failure_is_looked_through_for_disguises_too(disguised: bytes) -> None:
    mask, data = MASK.for_failures(), b'{"key": "' + disguised + b'", "again": "' + disguised + b'"}'
    masked = mask.masked(data)
    assert mask is MASK.for_failures() is mask.for_failures()
    assert (len(masked), masked[:9], masked[-2:]) == (len(data), data[:9], data[-2:])
    assert not mask.holds(masked)
    assert masked.count(b"*") >= len(data) // 3
    assert mask.masked(b'{"id": "SK_LIVE_4243"}') == b'{"id": "SK_LIVE_4243"}'


def test_a_failure_that_is_nothing_but_disguises_is_masked_in_one_go() -> None:
    mask, times = EchoMask(["sk_live_4242"]).for_failures(), 50_000  # each by a copy of the whole takes a minute
    masked = mask.masked(b"SK_LIVE_4242" * times)
    assert len(masked) == 12 * times
    assert b"LIVE" not in masked


def test_what_holds_none_is_the_very_same() -> None:
    data = b'{"id": "sk_live_4243"}'
    assert MASK.masked(data) is data
    assert EchoMask([]).masked(data) is data


def test_a_short_value_takes_no_word_apart() -> None:
    assert EchoMask(["secret"]).masked(b'{"client_secret": 1}') == b'{"client_secret": 1}'


def test_a_longer_value_that_another_begins_is_masked_whole() -> None:
    mask = EchoMask(["sk_live_", "sk_live_4242", "Bearer sk_live_4242"])
    assert mask.masked(b"x Bearer sk_live_4242 sk_live_") == b"x [redacted]********* ********"


def test_a_mask_says_what_it_is_where_there_is_room() -> None:
    assert (mask_of(12), mask_of(9)) == (b"[redacted]**", b"*********")


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[first:last] for first, last in pairwise(places)]


@given(
    st.lists(st.sampled_from(["abab", "ababab", "x", "b", "a", "sk_live_4242", "sk_live", "sk_"]), max_size=12),
    st.lists(st.integers(0, 200), max_size=12),
)
def test_a_stream_in_any_pieces_is_masked_like_the_whole(words: list[str], cuts: list[int]) -> None:
    data = "".join(words).encode()
    for values in (["sk_live_4242"], ["sk_live_4242", "sk_live_"], ["babababab", "abababab", "abababab_b"]):
        mask = EchoMask(values)
        stream = MaskedStream(mask)
        out = b"".join([*map(stream.feed, pieces(data, cuts)), stream.end()])
        assert len(out) == len(data)
        assert not mask.holds(out)
        assert out.replace(b"*", b"").replace(b"[redacted]", b"").count(b"x") == data.count(b"x")


def test_only_what_may_begin_a_value_is_held_back() -> None:
    stream = MaskedStream(MASK)
    assert stream.feed(b'data: {"n": 1}\n\n') == b'data: {"n": 1}\n\n'
    assert stream.feed(b"key sk_live_") == b"key "
    assert stream.feed(b"else ") == b"sk_live_else "
    assert stream.feed(b"s") == b""
    assert stream.end() == b"s"


def test_a_value_of_one_byte_a_piece_is_masked() -> None:
    stream = MaskedStream(MASK)
    data = b"u:" + VALUE.encode()
    out = b"".join(stream.feed(bytes([byte])) for byte in data) + stream.end()
    assert len(out) == len(data)
    assert not MASK.holds(out)
    assert b"[redacted]" in out
