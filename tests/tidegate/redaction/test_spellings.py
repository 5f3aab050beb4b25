"""A secret as others may write it."""

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from tidegate.redaction.spellings import spellings

VALUE = "sk_live_a/b+c=d e\"f'é"


@pytest.mark.parametrize(
    "written",
    [
        VALUE,
        json.dumps(VALUE)[1:-1],
        quote(VALUE, safe=""),
        quote_plus(VALUE),
        html.escape(VALUE),
        VALUE.encode().hex(),
        base64.b64encode(VALUE.encode()).decode().rstrip("="),
    ],
)
def test_each_common_encoding_is_among_them(written: str) -> None:
    assert any(spelling in written for spelling in spellings(VALUE))


@pytest.mark.parametrize("before", range(3))
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_base64_of_a_longer_text_holds_one_of_them(before: int, encode: Callable[[bytes], bytes]) -> None:
    written = encode(b"u" * before + VALUE.encode() + b"tail").decode()
    assert any(spelling in written for spelling in spellings(VALUE))
