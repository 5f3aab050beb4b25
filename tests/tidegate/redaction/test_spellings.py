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


MARKS = "ck_1/a+b=c&d<e>'f~g!h(i)*j:k@l"


def _escaped(characters: str, form: str) -> str:
    return MARKS.translate({ord(one): form.format(ord(one)) for one in characters})


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(_escaped("<>&='", "\\u{:04x}"), id="Gson"),
        pytest.param(_escaped("<>&'+`", "\\u{:04X}"), id="System.Text.Json"),
        pytest.param(_escaped("<>&", "\\u{:04x}"), id="Go"),
        pytest.param(_escaped("<>&'", "\\u{:04X}").replace("/", "\\/"), id="PHP with JSON_HEX"),
        pytest.param(json.dumps(_escaped("<>&='", "\\u{:04x}")), id="Gson's text within JSON"),
        pytest.param(quote(MARKS, safe="!'()*"), id="encodeURIComponent"),
        pytest.param(quote(MARKS, safe="!'()*;,/?:@&=+$#"), id="encodeURI"),
        pytest.param(quote_plus(MARKS, safe="*").replace("~", "%7E"), id="a form of a browser, or Java's"),
        pytest.param(quote(quote(MARKS, safe=""), safe=""), id="a URL within a URL"),
        pytest.param(MARKS.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"), id="XML"),
        pytest.param(html.escape(MARKS).replace("&#x27;", "&#39;"), id="most templates"),
        pytest.param(html.escape(MARKS).replace("&#x27;", "&apos;"), id="XML with apostrophes"),
        pytest.param(html.escape(MARKS).replace("/", "&#x2F;"), id="OWASP"),
    ],
)
def test_what_other_writers_escape_beside_what_they_must_is_among_them(written: str) -> None:
    assert any(spelling in written for spelling in spellings(MARKS))


def test_a_secret_without_such_marks_has_no_more_spellings_for_them() -> None:
    assert len(set(spellings("sk_live_51H8x0aKfQ2b"))) <= 13


@pytest.mark.parametrize("before", range(3))
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_base64_of_a_longer_text_holds_one_of_them(before: int, encode: Callable[[bytes], bytes]) -> None:
    written = encode(b"u" * before + VALUE.encode() + b"tail").decode()
    assert any(spelling in written for spelling in spellings(VALUE))
