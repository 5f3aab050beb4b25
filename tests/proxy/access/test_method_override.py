"""Tests of tidegate.proxy.access.method_override: no header and no field makes another method of an allowed one."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from tests.proxy.access.test_app_rules import settings
from tests.proxy.town import APPS, Town, by, play
from tidegate.proxy.access.method_override import override_in, override_of
from tidegate.proxy.call.content import WholeContent

FORM = "application/x-www-form-urlencoded"
PART = b"--b\r\nContent-Disposition: form-data; %b\r\n\r\nDELETE\r\n--b--\r\n"


def of(media: str, **more: str) -> CIMultiDictProxy[str]:
    return CIMultiDictProxy(CIMultiDict({"Content-Type": media} | {k.replace("_", "-"): v for k, v in more.items()}))


@pytest.mark.parametrize(
    ("media", "body", "met"),
    [
        (FORM, b"_method=DELETE", True),
        (FORM, b"amount=1&_method=put&a=b", True),
        (FORM, b"a=b&%5Fm%65thod=DELETE", True),
        (FORM + "; charset=utf-8", b"a=b&+.method=DELETE", True),
        (FORM, b"a=b&[method=DELETE", True),
        (FORM, b"a=b&_method%00x=DELETE", True),
        ("", b"_method=DELETE", True),
        (FORM, b"payment_method=pm_1&_methods=2&a=_method", False),
        (FORM, b"", False),
        ("multipart/form-data; boundary=b", PART % b'name="_method"', True),
        ("multipart/form-data; boundary=b", PART % b"NAME = _method", True),
        ("multipart/mixed; boundary=b", PART % b"name*=utf-8''%5Fmethod", True),
        ("multipart/form-data; boundary=b", PART % b'name="payment_method"', False),
        ("multipart/form-data; boundary=b", PART % b'name="_methods"', False),
        ("application/json", b'{"a": 1, "_method": "DELETE"}', True),
        ("application/vnd.api+json", b'{"\\u005f\\u006dethod": "DELETE"}', True),
        ("application/json", b'{"payment_method": "_methodical"}', False),
        ("text/plain", b"_method=DELETE", False),
    ],
)
def test_a_field_of_the_content_that_overrides_is_met_however_it_is_written(media: str, body: bytes, met: bool) -> None:
    assert bool(override_in(WholeContent(body), of(media))) == met


def test_a_coded_content_is_looked_into_and_one_that_cannot_be_read_counts() -> None:
    assert override_in(WholeContent(gzip.compress(b"_method=PUT")), of(FORM, Content_Encoding="gzip")) == "_method"
    assert not override_in(WholeContent(gzip.compress(b"a=b")), of(FORM, Content_Encoding="gzip"))
    assert "cannot be read" in override_in(WholeContent(b"?"), of(FORM, Content_Encoding="secret"))


def test_codings_in_two_lines_are_one_list() -> None:
    lines = CIMultiDict([("Content-Type", FORM), ("Content-Encoding", "identity"), ("Content-Encoding", "gzip")])
    assert override_in(WholeContent(gzip.compress(b"_method=PUT")), CIMultiDictProxy(lines)) == "_method"


@pytest.mark.parametrize("query", [".method=DELETE", "%20_method=PUT", "a=1&[method=PATCH", "_method%00=DELETE"])
def test_a_query_is_read_as_php_reads_it(query: str) -> None:
    assert override_of("GET", f"/things?{query}", of(FORM)) == "_method"
    assert not override_of("GET", "/things?payment_method=card&method=DELETE&_methods=1", of(FORM))


async def streamed(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


def test_what_is_passed_on_as_it_comes_ends_where_the_field_is_met(tmp_path: Path) -> None:
    async def story(town: Town) -> list[tuple[int, str]]:
        told = []
        for end in (b"&_met", b"&_mat"):
            body = streamed(b"a=" + b"b" * 3000, end, b"hod=DELETE")
            headers = by("shop", Content_Type=FORM)
            answer = await town.ask("POST", "/things/things", headers=headers, data=body)  # type: ignore[arg-type]  # a stream
            told.append((answer.status, answer.problem))
        return told

    changes = {"tokens": APPS, "apps": settings(allow={"things": ["PostThings"]}), "body_kept_bytes": 1000}
    assert play(tmp_path, [200, 200], story, config=changes) == [(403, "app-forbidden"), (200, "")]


def test_nothing_overrides_around_an_approval(tmp_path: Path) -> None:
    async def story(town: Town) -> list[int]:
        asked = [
            await town.ask("GET", "/things/things", headers=by("shop", X_HTTP_Method_Override="DELETE")),
            await town.ask("GET", "/things/things?_method=DELETE", headers=by("shop")),
            await town.ask("GET", "/things/things", headers=by("shop")),
        ]
        return [answer.status for answer in asked]

    changes = {"tokens": APPS, "apps": settings(approve="writes")}
    assert play(tmp_path, [200], story, config=changes) == [403, 403, 200]
