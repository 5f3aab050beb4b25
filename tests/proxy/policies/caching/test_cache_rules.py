"""Tests of tidegate.proxy.policies.caching.cache_rules: RFC 9111 and RFC 5861 as tables."""

from dataclasses import replace

import pytest

from tests.proxy.policies.stored_answers import DATE, PRIVATE, SHARED, headers, kept, rules
from tidegate.policy.cache import Cache
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.policies.caching.cache_control import parse_cache_control
from tidegate.proxy.policies.caching.cache_rules import (
    ForwardRequest,
    Unsatisfiable,
    UseStored,
    decide,
    outdates,
    renewed_lines,
    request_control,
    stale_if_error,
    storable,
    stored_lines,
    validators,
    worth_keeping,
)

FRESH, OLD = "max-age=10", "max-age=10, stale-while-revalidate=5"
SWR = rules(stale_while_revalidate="5s")


@pytest.mark.parametrize(
    ("asked", "control", "age_s", "expected"),
    [
        pytest.param("", FRESH, 9, "use", id="fresh"),
        pytest.param("", FRESH, 10, "stale", id="stale at the very second"),
        pytest.param("", "no-cache, max-age=10", 1, "request", id="the vendor wants to be asked each time"),
        pytest.param("no-cache", FRESH, 1, "request", id="the app wants a new one"),
        pytest.param("no-store", FRESH, 1, "request", id="the app wants none kept"),
        pytest.param("max-age=5", FRESH, 6, "request", id="too old for the app"),
        pytest.param("max-age=5", FRESH, 4, "use", id="young enough for the app"),
        pytest.param("max-age=0", FRESH, 0, "request", id="max-age 0 is never satisfied"),
        pytest.param("min-fresh=5", FRESH, 6, "request", id="not fresh for long enough"),
        pytest.param("min-fresh=5", FRESH, 4, "use", id="fresh for long enough"),
        pytest.param("max-stale", FRESH, 1000, "use", id="any staleness will do"),
        pytest.param("max-stale=5", FRESH, 14, "use", id="stale, but not too much"),
        pytest.param("max-stale=5", FRESH, 15, "stale", id="too stale"),
        pytest.param("max-stale", "max-age=10, must-revalidate", 11, "stale", id="the vendor forbids stale answers"),
        pytest.param("", OLD, 14, "renew", id="stale-while-revalidate by the vendor"),
        pytest.param("", OLD, 15, "stale", id="for so long only"),
        pytest.param("max-age=30", OLD, 14, "stale", id="not for an app that says how old it may be"),
        pytest.param(
            "", "max-age=10, stale-while-revalidate=5, must-revalidate", 14, "stale", id="nor where forbidden"
        ),
        pytest.param("only-if-cached", FRESH, 1, "use", id="only if cached, and it is"),
        pytest.param("only-if-cached", FRESH, 11, "none", id="only if cached, and it is stale"),
        pytest.param("only-if-cached, max-stale", FRESH, 11, "use", id="and stale will do"),
        pytest.param("only-if-cached, no-cache", FRESH, 1, "none", id="two wishes that exclude each other"),
    ],
)
def test_what_is_done_with_a_request(asked: str, control: str, age_s: float, expected: str) -> None:
    decision = decide(parse_cache_control(asked), kept(Cache_Control=control), PRIVATE, age_s)
    told = {UseStored(): "use", UseStored(renew=True): "renew", Unsatisfiable(): "none"}
    assert (decision.reason if isinstance(decision, ForwardRequest) else told[decision]) == expected


def test_nothing_stored_is_a_miss() -> None:
    assert decide({}, None, PRIVATE, 0.0) == ForwardRequest("uri-miss")
    assert decide({"only-if-cached": None}, None, PRIVATE, 0.0) == Unsatisfiable()


def test_our_files_window_holds_where_the_vendor_names_none() -> None:
    assert decide({}, kept(Cache_Control=FRESH), SWR, 14.0) == UseStored(renew=True)
    said = kept(Cache_Control=f"{FRESH}, stale-while-revalidate=1")
    assert isinstance(decide({}, said, SWR, 14.0), ForwardRequest)


@pytest.mark.parametrize(
    ("given", "asked", "control", "age_s", "expected"),
    [
        pytest.param(PRIVATE, "", FRESH, 11, False, id="nobody allows it"),
        pytest.param(PRIVATE, "", f"{FRESH}, stale-if-error=60", 69, True, id="the vendor allows it"),
        pytest.param(PRIVATE, "", f"{FRESH}, stale-if-error=60", 70, False, id="for so long"),
        pytest.param(PRIVATE, "stale-if-error=60", FRESH, 69, True, id="the app allows it"),
        pytest.param(rules(stale_if_error="60s"), "", FRESH, 69, True, id="our file allows it"),
        pytest.param(rules(stale_if_error="60s"), "", FRESH, 70, False, id="for so long too"),
        pytest.param(rules(stale_if_error="60s"), "", f"{FRESH}, stale-if-error=1", 69, False, id="the vendor: less"),
        pytest.param(rules(stale_if_error="60s"), "", f"{FRESH}, must-revalidate", 11, False, id="must-revalidate"),
        pytest.param(rules(stale_if_error="60s"), "", f"{FRESH}, no-cache", 11, False, id="no-cache"),
        pytest.param(rules(stale_if_error="60s"), "no-cache", FRESH, 11, False, id="the app wants a new one"),
        pytest.param(
            rules(stale_if_error="60s", despite=("must-revalidate",)), "", f"{FRESH}, must-revalidate", 11, True,
            id="set aside in our file",
        ),
        pytest.param(
            rules(stale_if_error="60s", shared="credential"), "", f"{FRESH}, proxy-revalidate", 11, False, id="shared"
        ),
        pytest.param(rules(stale_if_error="60s"), "", f"{FRESH}, proxy-revalidate", 11, True, id="private"),
        pytest.param(
            rules(stale_if_error="60s", shared="credential"), "", "s-maxage=10", 11, False, id="s-maxage when shared"
        ),
    ],
)  # fmt: skip
def test_when_a_stale_answer_stands_in_for_an_error(
    given: Cache, asked: str, control: str, age_s: float, expected: bool
) -> None:
    assert stale_if_error(parse_cache_control(asked), kept(given, Cache_Control=control), given, age_s) is expected


@pytest.mark.parametrize(
    ("given", "asked", "status", "lines", "expected"),
    [
        pytest.param(PRIVATE, "", 200, {}, True, id="a status that is cacheable by itself"),
        pytest.param(PRIVATE, "", 403, {}, False, id="one that is not"),
        pytest.param(PRIVATE, "", 500, {"Cache_Control": "max-age=5"}, True, id="any status with a lifetime"),
        pytest.param(PRIVATE, "", 299, {"Expires": "0"}, True, id="even one that has passed"),
        pytest.param(PRIVATE, "", 200, {"Cache_Control": "no-store, max-age=5"}, False, id="no-store"),
        pytest.param(rules(despite=("no-store",)), "", 200, {"Cache_Control": "no-store"}, True, id="set aside"),
        pytest.param(PRIVATE, "no-store", 200, {"Cache_Control": "max-age=5"}, False, id="the app's no-store"),
        pytest.param(PRIVATE, "", 200, {"Cache_Control": "private"}, True, id="private is for us"),
        pytest.param(SHARED, "", 200, {"Cache_Control": "private"}, False, id="and not for several apps"),
        pytest.param(SHARED, "", 400, {"Cache_Control": "s-maxage=5"}, True, id="s-maxage when shared"),
        pytest.param(PRIVATE, "", 400, {"Cache_Control": "s-maxage=5"}, False, id="s-maxage when private"),
        pytest.param(PRIVATE, "", 304, {"Cache_Control": "max-age=5"}, False, id="304 is no answer of its own"),
        pytest.param(PRIVATE, "", 599, {"Cache_Control": "max-age=5, must-understand"}, False, id="not understood"),
        pytest.param(PRIVATE, "", 200, {"Cache_Control": "no-store, must-understand"}, True, id="understood"),
    ],
)
def test_what_may_be_kept(given: Cache, asked: str, status: int, lines: dict[str, str], expected: bool) -> None:
    assert storable(parse_cache_control(asked), status, headers(**lines), Verdict.SUCCESS, given) is expected


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        pytest.param(401, Verdict.CREDENTIAL, id="our credential refused"),
        pytest.param(429, Verdict.THROTTLED, id="a refusal for rate"),
        pytest.param(200, Verdict.THROTTLED, id="a refusal for rate inside a success"),
        pytest.param(200, Verdict.FAILED, id="a failure inside a success"),
        pytest.param(200, Verdict.REJECTED, id="a rejection inside a success"),
    ],
)
def test_what_is_never_kept_whatever_the_vendor_says(status: int, verdict: Verdict) -> None:
    assert not storable({}, status, headers(Cache_Control="max-age=60"), verdict, PRIVATE)


@pytest.mark.parametrize(
    ("given", "lines", "expected"),
    [
        (PRIVATE, {}, False),
        (PRIVATE, {"Cache_Control": "max-age=5"}, True),
        (PRIVATE, {"Cache_Control": "max-age=5", "Age": "6"}, False),
        (PRIVATE, {"ETag": '"a"'}, True),
        (rules(stale_if_error="60s"), {}, True),
        (rules(stale_if_error="60s"), {"Cache_Control": "must-revalidate"}, False),
    ],
)
def test_what_could_never_be_used_is_not_worth_keeping(given: Cache, lines: dict[str, str], expected: bool) -> None:
    assert worth_keeping(kept(given, **lines), given) is expected


def test_the_vendor_is_asked_under_both_conditions_that_it_gave() -> None:
    one = kept(ETag='W/"a"', Last_Modified="Sun, 06 Nov 1994 08:49:37 GMT")
    assert validators(one) == (
        (b"If-None-Match", b'W/"a"'), (b"If-Modified-Since", b"Sun, 06 Nov 1994 08:49:37 GMT"),
    )  # fmt: skip
    assert validators(kept(status=206, ETag='"a"')) == ()


def test_lines_of_the_connection_are_not_kept() -> None:
    lines = (
        (b"Connection", b"close, X-Hop"), (b"X-Hop", b"1"), (b"Keep-Alive", b"5"), (b"Age", b"5"), (b"A", b"1"),
        (b"Content-Length", b"3"),
    )  # fmt: skip
    assert stored_lines(lines) == ((b"A", b"1"),)


def test_a_confirmation_replaces_what_it_brings_and_nothing_about_the_body() -> None:
    held = ((b"A", b"1"), (b"a", b"2"), (b"B", b"1"), (b"ETag", b'"x"'), (b"Content-Encoding", b"gzip"))
    came = ((b"a", b"3"), (b"C", b"1"), (b"ETag", b'"y"'), (b"Content-Encoding", b"br"), (b"Connection", b"close"))
    assert renewed_lines(held, came) == (
        (b"B", b"1"), (b"ETag", b'"x"'), (b"Content-Encoding", b"gzip"), (b"a", b"3"), (b"C", b"1"),
    )  # fmt: skip


def test_pragma_counts_only_without_cache_control() -> None:
    assert "no-cache" in request_control(headers(Pragma="no-cache"))
    assert "no-cache" not in request_control(headers(Pragma="no-cache", Cache_Control="max-age=5"))
    assert not request_control(headers(Pragma="other"))


@pytest.mark.parametrize(
    ("method", "status", "told", "expected"),
    [
        ("GET", 200, {}, True),
        ("GET", 410, {}, True),
        ("GET", 206, {}, False),
        ("GET", 304, {}, False),
        ("GET", 500, {}, False),
        ("HEAD", 404, {}, True),
        ("HEAD", 200, {}, False),
        ("HEAD", 200, {"ETag": '"a"', "Content-Length": "4"}, False),
        ("HEAD", 200, {"ETag": '"b"'}, True),
        ("HEAD", 200, {"Last-Modified": DATE}, True),
        ("HEAD", 200, {"Content-Length": "5"}, True),
    ],
)
def test_an_answer_that_is_not_kept_may_show_that_the_stored_one_is_past(
    method: str, status: int, told: dict[str, str], expected: bool
) -> None:
    verdict = Verdict.SUCCESS if status < 400 else Verdict.FAILED if status >= 500 else Verdict.REJECTED
    reply = Reply(status, "", (), b"", verdict, headers(**{name.replace("-", "_"): told[name] for name in told}))
    assert outdates(method, reply, kept(ETag='"a"')) is expected
    assert not outdates(method, replace(reply, status=200, verdict=Verdict.FAILED), kept(ETag='"a"'))
