"""Requests that no SDK would send: each gets a clear answer of its own, and the proxy goes on."""

import json
from collections.abc import Iterator

import pytest

from tests.acceptance.asking import sent
from tests.acceptance.programs import House, Proxy

pytestmark = pytest.mark.slow

Shared = tuple[House, Proxy]
LINE = b"Host: 127.0.0.1\r\nAuthorization: Bearer app\r\n"


def get(path: bytes, method: bytes = b"GET", headers: bytes = b"") -> bytes:
    return method + b" " + path + b" HTTP/1.1\r\n" + LINE + headers + b"\r\n"


CASES: dict[str, tuple[bytes, set[int]]] = {
    "an unknown vendor": (get(b"/nobody/v1/x"), {404}),
    "no vendor at all": (get(b"/"), {404}),
    "the beginning of a vendor's name": (get(b"/stripes"), {404}),
    "dots": (get(b"/stripe/v1/../../admin"), {400}),
    "encoded dots": (get(b"/stripe/v1/%2e%2e/%2E%2E/admin"), {400}),
    "a dot segment in an encoded slash": (get(b"/stripe/v1/..%2f..%2fadmin"), {400}),
    "a NUL": (get(b"/stripe/v1/a\0b"), {400}),
    "an encoded NUL": (get(b"/stripe/v1/a%00b"), {400}),
    "an encoded line break": (get(b"/stripe/v1/a%0d%0aX:%20y"), {400}),
    "a backslash": (get(b"/stripe/v1\\..\\admin"), {400}),
    "bytes that are no ASCII": (get(b"/stripe/v1/\xff\xfe"), {400}),
    "a method that is none": (get(b"/stripe/v1/customers", b"BREW"), {400, 405, 501}),
    "a method in small letters": (get(b"/stripe/v1/customers", b"get"), {400, 405, 501}),
    "a method with a NUL": (get(b"/stripe/v1/customers", b"G\0T"), {400}),
    "CONNECT, which the gateway is not for": (b"CONNECT api.stripe.com:443 HTTP/1.1\r\n" + LINE + b"\r\n", {400, 405}),
    "another name in Host": (b"GET /stripe/v1/customers HTTP/1.1\r\nHost: evil.test\r\nX: y\r\n\r\n", {421}),
    "a Host that begins like ours": (b"GET /stripe/v1/x HTTP/1.1\r\nHost: 127.0.0.1.evil.test\r\n\r\n", {421}),
    "a Host with a user": (b"GET /stripe/v1/x HTTP/1.1\r\nHost: me@127.0.0.1\r\n\r\n", {400}),
    "two Hosts": (b"GET /stripe/v1/x HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.test\r\n\r\n", {400}),
    "no Host": (b"GET /stripe/v1/x HTTP/1.1\r\n\r\n", {400}),
    "an empty Host": (b"GET /stripe/v1/x HTTP/1.1\r\nHost:\r\n\r\n", {400}),
    "a forwarded Host that is ours": (
        b"GET /stripe/v1/x HTTP/1.1\r\nHost: evil.test\r\nX-Forwarded-Host: 127.0.0.1\r\n\r\n",
        {421},
    ),
    "an address of another host": (get(b"http://169.254.169.254/latest/meta-data"), {400, 403, 404}),
    "a header that is too large": (get(b"/stripe/v1/customers", headers=b"X: " + b"y" * 100_000 + b"\r\n"), {400, 431}),
    "too many headers": (
        get(b"/stripe/v1/customers", headers=b"".join(b"X-%d: y\r\n" % n for n in range(20_000))),
        {400, 431},
    ),
    "a path that is too long": (get(b"/stripe/" + b"a" * 100_000), {400, 414, 431}),
    "a header without a colon": (get(b"/stripe/v1/customers", headers=b"nonsense\r\n"), {400}),
    "a header with a NUL": (get(b"/stripe/v1/customers", headers=b"X: a\0b\r\n"), {400}),
    "two lengths": (
        get(b"/stripe/v1/customers", b"POST", b"Content-Length: 1\r\nContent-Length: 2\r\n") + b"ab",
        {400},
    ),
    "a length and chunks": (
        get(b"/stripe/v1/customers", b"POST", b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + b"0\r\n\r\n",
        {400},
    ),
    "a negative length": (get(b"/stripe/v1/customers", b"POST", b"Content-Length: -1\r\n"), {400}),
    "a length that is no number": (get(b"/stripe/v1/customers", b"POST", b"Content-Length: many\r\n"), {400}),
    "a length beyond every limit": (get(b"/stripe/v1/customers", b"POST", b"Content-Length: 99999999999\r\n"), {413}),
    "a bad chunk": (get(b"/stripe/v1/customers", b"POST", b"Transfer-Encoding: chunked\r\n") + b"zz\r\n", {400}),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", {400}),
    "TLS where there is none": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 200 + b"\r\n\r\n", {400}),
    "a version that is none": (b"GET /stripe/v1/customers HTTP/9.9\r\n" + LINE + b"\r\n", {400, 505}),
}


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_request_gets_its_own_clear_answer(shared: Shared, name: str) -> None:
    house, proxy = shared
    data, statuses = CASES[name]
    arrived = len(house.vendor.journal())
    answer = sent(proxy.port, data)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 "), answer
    assert int(head.split()[1]) in statuses, answer
    assert b"Traceback" not in answer
    assert b"tidegate-problem:" in head.lower()
    said = json.loads(body)
    assert said.get("detail") or said["error"]["message"], "an answer says what is wrong"
    assert len(house.vendor.journal()) == arrived, "none of these reaches the vendor"


@pytest.fixture(autouse=True)
def _still_well(shared: Shared) -> Iterator[None]:
    yield
    _, proxy = shared
    assert sent(proxy.port, get(b"/stripe/v1/customers")).startswith(b"HTTP/1.1 200 ")
    assert not [line for line in proxy.lines if "Traceback" in line]


def test_a_post_without_a_length_has_no_body(shared: Shared) -> None:
    answer = sent(shared[1].port, get(b"/stripe/v1/customers", b"POST"))
    assert answer.startswith(b"HTTP/1.1 200 "), "RFC 9112 §6.3: without a length and chunks there is no body"


def test_an_encoded_slash_stays_one_segment(shared: Shared) -> None:
    house, proxy = shared
    assert sent(proxy.port, get(b"/stripe/v1/customers/a%2Fb")).startswith(b"HTTP/1.1 404 ")
    assert house.vendor.journal()[-1]["path"] == "/v1/customers/a%2Fb"


@pytest.mark.parametrize(
    "data", [b"", b"GET /stri", get(b"/stripe/v1/customers", b"POST", b"Content-Length: 9\r\n") + b"ab"]
)
def test_a_request_that_breaks_off_is_no_request(shared: Shared, data: bytes) -> None:
    house, proxy = shared
    arrived = len(house.vendor.journal())
    answer = sent(proxy.port, data, end=True)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")
    assert len(house.vendor.journal()) == arrived
