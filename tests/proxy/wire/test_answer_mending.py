"""An answer beside HTTP's letter is rewritten where it is clear what is meant, and nowhere else."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.proxy.wire.answer_mending import DECODED_BYTES_MAX, LINE_BYTES_MAX, AnswerMender, Unmendable

OK = b"HTTP/1.1 200 OK\r\n"
TWO = OK + b"Content-Length: 2\r\n\r\nok"
TE = b"Transfer-Encoding: "
LENGTH = b"Content-Length: 2\r\n\r\nok"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
CHUNKS = CHUNKED + b"2\r\nok\r\n0\r\n\r\n"
TO_THE_END = OK + b"Connection: close\r\n\r\n"


def mended(data: bytes, *, to_head: bool = False) -> bytes:
    """What is made of these bytes."""
    return AnswerMender(to_head=to_head).feed(data)


FORMS = {
    "as it should be": (TWO, TWO),
    "two spaces": (b"HTTP/1.1  200  OK\r\nContent-Length: 2\r\n\r\nok", TWO),
    "a later minor version": (b"HTTP/1.7 200 OK\r\nContent-Length: 2\r\n\r\nok", TWO),
    "a version of another wire": (b"HTTP/2 200 OK\r\nContent-Length: 2\r\n\r\nok", TWO),
    "small letters": (b"http/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", TWO),
    "an older one": (b"HTTP/1.0 200\r\nContent-Length:2\r\n\r\nok", b"HTTP/1.0 200 \r\nContent-Length: 2\r\n\r\nok"),
    "line breaks before it": (b"\r\n\n" + TWO, TWO),
    "line breaks of one byte": (TWO.replace(b"\r\n", b"\n"), TWO),
    "the same length twice": (OK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nok", TWO),
    "the same length in a list": (OK + b"Content-Length: 2, 02\r\n\r\nok", TWO),
    "a space before a colon": (OK + b"X-A : 1\r\nContent-Length\t: 2\r\n\r\nok", OK + b"X-A: 1\r\n" + TWO[17:]),
    "no field": (OK + b"HTTP 1/1 302:\r\n: x\r\nX y: z\r\nX[a]: 1\r\nContent-Length: 2\r\n\r\nok", TWO),
    "bytes that no value holds": (OK + b"X-A: a\0b\rc\r\n" + LENGTH, OK + b"X-A: a b c\r\n" + TWO[17:]),
    "a length and chunks": (CHUNKS.replace(TE, b"Content-Length: 9\r\n" + TE), CHUNKS),
    "a list of chunks and nothing": (CHUNKS.replace(b"chunked", b", Chunked ,"), CHUNKS),
    "identity and a length": (OK + b"Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nok", TWO),
    "identity": (OK + b"Transfer-Encoding: identity\r\n\r\nok", TO_THE_END + b"ok"),
    "nothing": (OK + b"\r\nok", TO_THE_END + b"ok"),
    "white space before an extension": (CHUNKED + b"2 ; a=b\r\nok\r\n0;\r\n\r\n", CHUNKS),
    "white space before a size": (CHUNKED + b" 2\r\nok\r\n 0\r\n\r\n", CHUNKS),
    "a size of many zeros": (CHUNKED + b"0" * 40 + b"2\r\nok\r\n0\r\n\r\n", CHUNKS),
    "chunks that end in one byte": (CHUNKED + b"2\nok\n0\n\n", CHUNKS),
    "trailers": (CHUNKED + b"2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n", CHUNKS),
    "an interim answer that closes": (
        b"HTTP/1.0 100 Go on\r\nConnection: close\r\n\r\n" + TWO, b"HTTP/1.1 100 \r\n\r\n" + TWO,
    ),
    "a transfer coding": (
        OK + TE + b"gzip, chunked\r\n\r\n16\r\n" + gzip.compress(b"ok", mtime=0) + b"\r\n0\r\n\r\n", CHUNKS,
    ),
    "a transfer coding to the end": (
        OK + b"Transfer-Encoding: deflate\r\n\r\n" + zlib.compress(b"ok"), TO_THE_END + b"ok",
    ),
    "a 204 with a length": (b"HTTP/1.1 204 \r\n" + LENGTH, b"HTTP/1.1 204 \r\nContent-Length: 2\r\n\r\n"),
    "a 304 with chunks": (b"HTTP/1.1 304 \r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"HTTP/1.1 304 \r\n\r\n"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "same"), FORMS.values(), ids=FORMS)
def test_what_is_meant_is_written_as_it_should_be(data: bytes, same: bytes) -> None:
    assert mended(data) == same


@pytest.mark.parametrize("data", [TWO, CHUNKS, TWO.replace(b"ok", b"")], ids=["a length", "chunks", "no body"])
def test_the_answer_to_head_ends_with_its_head(data: bytes) -> None:
    head = data.partition(b"\r\n\r\n")[0].replace(b"\r\nTransfer-Encoding: chunked", b"") + b"\r\n\r\n"
    assert mended(data + b"more", to_head=True) == head


@pytest.mark.parametrize("name", [name for name in FORMS if b"Connection: close\r\n\r\n" not in FORMS[name][1]])
@pytest.mark.parametrize("after", [b"}", b"0\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_what_follows_a_whole_answer_is_no_part_of_it(name: str, after: bytes) -> None:
    mender = AnswerMender(to_head=False)
    assert mender.feed(FORMS[name][0] + after) + mender.feed(after) == FORMS[name][1]


@given(st.sampled_from(sorted(FORMS)), st.lists(st.integers(1, 90), max_size=4))
def test_where_the_bytes_are_cut_does_not_matter(name: str, cuts: list[int]) -> None:
    data, same = FORMS[name]
    mender, made, begin = AnswerMender(to_head=False), b"", 0
    for cut in [*sorted(cuts), len(data)]:
        made += mender.feed(data[begin:cut])
        begin = max(begin, cut)
    joined = made.replace(b"1\r\no\r\n1\r\nk\r\n", b"2\r\nok\r\n")
    assert joined == same


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"SSH-2.0-OpenSSH", id="another protocol"),
        pytest.param(b"ok", id="no head"),
        pytest.param(b"HTTP/1.1 2000 OK\r\n\r\n", id="no status"),
        pytest.param(b"HTTP/1.1 020 OK\r\n\r\n", id="a status that begins with zero"),
        pytest.param(b"HTTP/3 200 OK\r\n\r\n", id="a version that is not written so"),
        pytest.param(b"HTTP/1.1 101 Switching Protocols\r\n\r\nbytes", id="a change of protocol"),
        pytest.param(OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok", id="two lengths"),
        pytest.param(OK + b"Content-Length: 2, 3\r\n\r\nok", id="two lengths in a list"),
        pytest.param(OK + b"Content-Length: \r\n\r\nok", id="a length that is empty"),
        pytest.param(OK + b"Content-Length: -2\r\n\r\nok", id="a length below nothing"),
        pytest.param(OK + b"Content-Length: \x0b2\r\n\r\nok", id="a length behind another space than HTTP's"),
        pytest.param(OK + b"Transfer-Encoding: \xa0chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", id="such chunks"),
        pytest.param(b"HTTP/1.1 200 O\rK\r\nContent-Length: 2\r\n\r\nok", id="a broken status line"),
        pytest.param(OK + b"X-A: b\rContent-Length: 2\r\n\r\nok", id="a length behind half a line break"),
        pytest.param(OK + b"Content Length: 2\r\n\r\nok", id="a length in a line that is no field"),
        pytest.param(OK + b"no colon\r\nContent-Length: 2\r\n\r\nok", id="a line without a colon"),
        pytest.param(OK + b"a\x0bb: c\r\nContent-Length: 2\r\n\r\nok", id="a name of control bytes"),
        pytest.param(OK + b"a: b\r\n c\r\nContent-Length: 2\r\n\r\nok", id="a folded line beside another flaw"),
        pytest.param(OK + b"Transfer-Encoding: cow\r\n\r\nok", id="a coding that nobody knows"),
        pytest.param(OK + b"Transfer-Encoding: chunked, gzip\r\n\r\nok", id="chunks inside a coding"),
        pytest.param(OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n", id="what is not what it says"),
        pytest.param(CHUNKED + b"x\r\nok\r\n", id="a chunk without a size"),
        pytest.param(CHUNKED + b"1234567890abc\r\nok\r\n", id="a size beyond all bounds"),
        pytest.param(CHUNKED + b"2\r\nok0\r\n\r\n", id="a chunk without its end"),
        pytest.param(CHUNKED + b"2;" + b"a" * LINE_BYTES_MAX, id="an extension without an end"),
    ],
)
def test_what_is_not_clear_is_not_guessed(data: bytes) -> None:
    with pytest.raises(Unmendable):
        mended(data)


def test_half_an_answer_waits_for_the_rest() -> None:
    assert mended(TWO[:20]) == b""
    assert mended(TWO[:-1]) == TWO[:-1]
    assert mended(CHUNKED + b"2\r\no") == CHUNKED + b"1\r\no\r\n"


def test_a_bomb_under_a_transfer_coding_is_not_made() -> None:
    bomb = zlib.compress(bytes(DECODED_BYTES_MAX + 1))
    with pytest.raises(Unmendable, match="too many bytes"):
        mended(OK + b"Transfer-Encoding: deflate\r\n\r\n" + bomb)
