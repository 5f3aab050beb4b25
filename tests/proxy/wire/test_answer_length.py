"""The end of an answer is found where it is clear, and nowhere else."""

import pytest

from tidegate.proxy.wire.answer_length import answer_length

PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
EMPTY = b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "to_head"),
    [
        pytest.param(PLAIN, False, id="a length"),
        pytest.param(PLAIN.replace(b"Content-Length: 2", b"content-length :  2 "), False, id="a length, oddly written"),
        pytest.param(CHUNKED, False, id="chunks"),
        pytest.param(CHUNKED.replace(b"2\r\nok", b"2;a=b\r\nok"), False, id="chunks with an extension"),
        pytest.param(CHUNKED.replace(b"0\r\n\r\n", b"0\r\nX: y\r\n\r\n"), False, id="chunks and a trailer"),
        pytest.param(EMPTY, False, id="no content, whatever it says"),
        pytest.param(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", False, id="not modified"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", True, id="to a HEAD"),
        pytest.param(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + PLAIN, False, id="after an interim answer"),
        pytest.param(b"HTTP/1.0 200\r\nContent-Length: 2\r\n\r\nok", False, id="an old server without a phrase"),
    ],
)
@pytest.mark.parametrize("after", [b"", b"}", b"0\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_what_follows_a_whole_answer_is_no_part_of_it(answer: bytes, to_head: bool, after: bytes) -> None:
    assert answer_length(answer + after, to_head=to_head) == len(answer)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(PLAIN[:-1], id="half a body"),
        pytest.param(CHUNKED[:-2], id="half an end of chunks"),
        pytest.param(CHUNKED.replace(b"ok\r\n0", b"ok0"), id="a chunk without its end"),
        pytest.param(CHUNKED.replace(b"2\r\nok", b"x\r\nok"), id="a chunk without a size"),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\nok", id="a body that ends with its connection"),
        pytest.param(PLAIN.replace(b"\r\n\r\n", b"\r\nContent-Length: 3\r\n\r\n"), id="two lengths"),
        pytest.param(CHUNKED.replace(b"\r\n\r\n2", b"\r\nContent-Length: 2\r\n\r\n2"), id="a length and chunks"),
        pytest.param(b"nonsense\r\n\r\n", id="no HTTP"),
        pytest.param(b"HTTP/1.1 101 Switching Protocols\r\n\r\nbytes", id="another protocol"),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n" * 3, id="interim answers alone"),
    ],
)
def test_what_is_not_whole_or_not_clear_has_no_end(data: bytes) -> None:
    assert answer_length(data, to_head=False) is None
