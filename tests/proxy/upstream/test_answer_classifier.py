"""One verdict for each answer, as the vendor's facts say."""

import gzip
import json
import zlib

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.upstream.answer_classifier import classifier, document_of
from tidegate.vendor.vendor import Facts, InSuccess, Throttled, Wording

FACTS = Facts.model_validate_json(
    json.dumps(
        {
            "base_url": "https://api.example.com",
            "auth": {"scheme": "bearer", "secret": "env:KEY"},
            "errors": {
                "envelope": "/error",
                "code": "/error/code",
                "retry_hint": {"header": "X-Should-Retry"},
                "ours": {},
            },
            "throttled": [
                {"status": 429},
                {"status": 429, "code": "lock_timeout", "means": "contention"},
                {"status": 403, "code": "rate_limit"},
            ],
        }
    )
)


def body(code: str) -> bytes:
    return json.dumps({"error": {"code": code}}).encode()


@pytest.mark.parametrize(
    ("status", "headers", "content", "verdict"),
    [
        pytest.param(200, {}, b"", Verdict.SUCCESS, id="200"),
        pytest.param(302, {}, b"", Verdict.SUCCESS, id="a redirect is the app's to follow"),
        pytest.param(400, {}, b"", Verdict.REJECTED, id="400"),
        pytest.param(402, {}, body("card_declined"), Verdict.REJECTED, id="a declined card"),
        pytest.param(401, {}, b"", Verdict.CREDENTIAL, id="our key refused"),
        pytest.param(403, {}, b"", Verdict.CREDENTIAL, id="our key not allowed"),
        pytest.param(403, {}, body("rate_limit"), Verdict.THROTTLED, id="403 as a rate limit"),
        pytest.param(409, {}, b"", Verdict.REJECTED, id="a conflict is about the request"),
        pytest.param(409, {"X-Should-Retry": "true"}, b"", Verdict.CONTENTION, id="unless the vendor says otherwise"),
        pytest.param(429, {}, b"", Verdict.THROTTLED, id="429"),
        pytest.param(429, {}, body("rate_limit"), Verdict.THROTTLED, id="429 with another code"),
        pytest.param(429, {}, body("lock_timeout"), Verdict.CONTENTION, id="429 that is a lock"),
        pytest.param(
            429, {"Content-Encoding": "gzip"}, gzip.compress(body("lock_timeout")), Verdict.CONTENTION, id="compressed"
        ),
        pytest.param(429, {"Content-Encoding": "gzip"}, b"not gzip", Verdict.THROTTLED, id="badly compressed"),
        pytest.param(429, {}, b"<html>", Verdict.THROTTLED, id="429 that is not JSON"),
        pytest.param(500, {}, b"", Verdict.FAILED, id="500"),
        pytest.param(599, {}, b"", Verdict.FAILED, id="an unknown 5xx"),
    ],
)
def test_an_answer_has_one_verdict(status: int, headers: dict[str, str], content: bytes, verdict: Verdict) -> None:
    assert classifier(FACTS)(status, CIMultiDictProxy(CIMultiDict(headers)), content) is verdict


GRAPHQL = classifier(
    FACTS.model_copy(
        update={
            "errors": FACTS.errors.model_copy(
                update={
                    "in_200": InSuccess(
                        pointer="/errors/0/extensions/code",
                        throttled=("THROTTLED",),
                        failed=("INTERNAL_SERVER_ERROR",),
                        rejected=("ACCESS_DENIED",),
                    )
                }
            )
        }
    )
)


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("THROTTLED", Verdict.THROTTLED),
        ("INTERNAL_SERVER_ERROR", Verdict.FAILED),
        ("ACCESS_DENIED", Verdict.REJECTED),
        ("SOMETHING_ELSE", Verdict.SUCCESS),
        (None, Verdict.SUCCESS),
    ],
)
def test_an_error_inside_a_success_is_found_by_the_vendor_files_pointer(code: str | None, verdict: Verdict) -> None:
    errors = [{"message": "no", "extensions": {"code": code}}] if code else []
    content = json.dumps({"data": None, "errors": errors}).encode()
    headers = CIMultiDictProxy(CIMultiDict({"Content-Type": "application/json"}))
    assert GRAPHQL(200, headers, content) is verdict
    zipped = CIMultiDictProxy(CIMultiDict({"Content-Encoding": "gzip"}))
    assert GRAPHQL(200, zipped, gzip.compress(content)) is verdict
    assert GRAPHQL(200, headers, b"not json") is Verdict.SUCCESS
    assert GRAPHQL(500, headers, content) is Verdict.FAILED


SPOKEN = classifier(
    FACTS.model_copy(
        update={
            "throttled": (
                Throttled(status=429),
                Throttled(status=403, says=Wording(field="/message", contains=("secondary rate limit", "quota"))),
                Throttled(status=400, says=Wording(field="/__type", contains=("ThrottlingException",))),
                Throttled(status=503, says=Wording(contains=("<Code>SlowDown</Code>",))),
                Throttled(status=429, says=Wording(field="/message", contains=("billing",)), means="exhausted"),
            )
        }
    )
)


@pytest.mark.parametrize(
    ("status", "content", "verdict"),
    [
        (403, b'{"message": "You have exceeded a secondary rate limit."}', Verdict.THROTTLED),
        (403, b'{"message": "SECONDARY RATE LIMIT"}', Verdict.THROTTLED),
        (403, b'{"message": "Out of call volume quota. Quota will be replenished in 02:10:00."}', Verdict.THROTTLED),
        (403, b'{"message": "Bad credentials"}', Verdict.CREDENTIAL),
        (403, b'{"error": "secondary rate limit"}', Verdict.CREDENTIAL),
        (403, b'{"message": ["secondary rate limit"]}', Verdict.CREDENTIAL),
        (403, b"<p>secondary rate limit</p>", Verdict.CREDENTIAL),
        (403, b"", Verdict.CREDENTIAL),
        (401, b'{"message": "secondary rate limit"}', Verdict.CREDENTIAL),
        (400, b'{"__type": "com.amazon.coral.availability#ThrottlingException"}', Verdict.THROTTLED),
        (400, b'{"__type": "com.amazon#ValidationException"}', Verdict.REJECTED),
        (503, b"<Error><Code>SlowDown</Code></Error>", Verdict.THROTTLED),
        (503, b"<Error><Code>InternalError</Code></Error>", Verdict.FAILED),
        (503, b"\xff\xfe", Verdict.FAILED),
        (429, b'{"message": "check your plan and billing details"}', Verdict.REJECTED),
        (429, b'{"message": "slow down"}', Verdict.THROTTLED),
    ],
)
def test_a_refusal_for_the_rate_is_known_by_its_words(status: int, content: bytes, verdict: Verdict) -> None:
    assert SPOKEN(status, CIMultiDictProxy(CIMultiDict()), content) is verdict


WORDS = b'{"message": "a secondary rate limit"}'


@pytest.mark.parametrize(
    ("lines", "content"),
    [
        pytest.param(["utf-8"], WORDS, id="a coding that is none"),
        pytest.param(["gzip"], WORDS, id="plain, whatever it says"),
        pytest.param(["identity", "gzip"], gzip.compress(WORDS), id="codings in two lines"),
        pytest.param(["deflate", "gzip"], gzip.compress(zlib.compress(WORDS)), id="codings on top of each other"),
        pytest.param([], WORDS.replace(b"a s", b"\xe9 s"), id="letters of an older character set"),
    ],
)
def test_words_are_found_whatever_the_coding_is_called(lines: list[str], content: bytes) -> None:
    headers = CIMultiDictProxy(CIMultiDict([("Content-Encoding", line) for line in lines]))
    assert SPOKEN(403, headers, content) is Verdict.THROTTLED


@pytest.mark.parametrize("content", [b"\xff\xfe{", b"{" * 100_000, b'{"a": ' + b"9" * 5000 + b"}"])
def test_what_is_no_document_that_can_be_read_is_none(content: bytes) -> None:
    assert document_of(CIMultiDictProxy(CIMultiDict()), content) is None


def test_words_are_found_under_a_coding() -> None:
    headers = CIMultiDictProxy(CIMultiDict({"Content-Encoding": "gzip"}))
    assert SPOKEN(403, headers, gzip.compress(b'{"message": "a secondary rate limit"}')) is Verdict.THROTTLED
