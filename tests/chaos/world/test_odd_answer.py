"""Odd answers are good ones: h11 reads the same in them, in front of whatever is behind."""

import gzip

import pytest

from tests.fuzz.oracle import answer_in
from tidegate.chaos.world.odd_answer import odd, uncoded

ANSWER = b"HTTP/1.1 201 Created\r\nContent-Type: a/b\r\nContent-Length: 2\r\n\r\nok"


FORMS = ["surplus", "long", "many", "interim", "coded"]


@pytest.mark.parametrize("forms", [[], *([form] for form in FORMS), FORMS])
def test_an_odd_answer_says_the_same(forms: list[str]) -> None:
    read = answer_in(uncoded(odd(ANSWER, forms)), "GET", closed=False)
    assert (read.status, read.body, read.flaw) == (201, b"ok", "")
    assert (odd(ANSWER, forms) == ANSWER) is not bool(forms)


@pytest.mark.parametrize(
    "piece",
    [
        b"data: 1\n\n",
        ANSWER[:-1],
        ANSWER.replace(b"Content-Length: 2", b"X: y"),
        b"HTTP/1.1 100 Continue\r\n\r\n",
    ],
)
def test_what_is_no_whole_answer_stays(piece: bytes) -> None:
    assert odd(piece, FORMS) == piece


def test_a_coded_answer_has_another_body_and_length() -> None:
    read = answer_in(odd(ANSWER, ["coded", "surplus"]), "GET", closed=False)
    assert gzip.decompress(read.body) == b"ok"
    assert uncoded(odd(ANSWER, ["coded"])) == ANSWER
    empty = ANSWER.replace(b"Length: 2", b"Length: 0")[:-2]
    assert odd(empty, ["coded"]) == empty
    assert uncoded(ANSWER) == ANSWER
