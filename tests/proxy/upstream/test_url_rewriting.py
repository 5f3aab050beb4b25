"""Addresses in answers lead through the gateway where the vendor file says so, and nothing else is touched."""

import json

import pytest

from tidegate.proxy.upstream.url_rewriting import FIELDS, UrlRewriter

HERE = "http://127.0.0.1:8080"
JSON = {"Content-Type": "application/json; charset=utf-8"}


def led(body: bytes, headers: dict[str, str] | None = None) -> bytes:
    return UrlRewriter("https://api.vendor.example", "vendor").led_through(
        body, JSON if headers is None else headers, HERE
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"https://api.vendor.example/a/1"', b'"http://127.0.0.1:8080/vendor/a/1"'),
        (b'"https://API.vendor.example/a"', b'"http://127.0.0.1:8080/vendor/a"'),
        (b'"https://api.vendor.example"', b'"http://127.0.0.1:8080/vendor"'),
        (b'"https://api.vendor.example?a=b"', b'"http://127.0.0.1:8080/vendor?a=b"'),
        (b'"https://api.vendor.example{/a}{?b}"', b'"http://127.0.0.1:8080/vendor{/a}{?b}"'),
        (rb'"https:\/\/api.vendor.example\/a"', rb'"http:\/\/127.0.0.1:8080\/vendor\/a"'),
    ],
)
def test_an_address_leads_through_the_gateway(before: bytes, after: bytes) -> None:
    assert led(b"[%b,1]" % before) == b"[%b,1]" % after
    assert json.loads(led(b"[%b]" % before)) == json.loads(b"[%b]" % after)


@pytest.mark.parametrize(
    "body",
    [
        b'"https://api.vendor.example.evil.test/a"',
        b'"https://api.vendor.example:444/a"',
        b'"see https://api.vendor.example/a"',
        rb'"he said \"https://api.vendor.example/a\" to me"',
        b'"https://uploads.vendor.example/a"',
        b'"http://api.vendor.example/a"',
        b"",
    ],
)
def test_another_host_and_an_address_within_a_text_are_left_alone(body: bytes) -> None:
    assert led(body) == body


@pytest.mark.parametrize("headers", [{"Content-Type": "text/html"}, {}, {**JSON, "Content-Encoding": "gzip"}])
def test_what_is_no_plain_json_is_left_alone(headers: dict[str, str]) -> None:
    body = b'"https://api.vendor.example/a"'
    assert led(body, headers) == body


@pytest.mark.parametrize(
    ("headers", "reads"),
    [(JSON, True), ({"Content-Type": "application/hal+json"}, True), ({}, False), (None, False),
     ({**JSON, "Content-Encoding": "br"}, False)],
)  # fmt: skip
def test_it_looks_into_plain_json_alone(headers: dict[str, str] | None, reads: bool) -> None:
    assert UrlRewriter.reads(headers) is reads


def target(url: str, address: str = "https://api.vendor.example/base") -> str:
    return UrlRewriter(address, "vendor").target(url, HERE)


@pytest.mark.parametrize(
    ("url", "led_to"),
    [
        pytest.param("https://api.vendor.example/base/a/1?b=c#d", f"{HERE}/vendor/a/1?b=c#d", id="the vendor's"),
        pytest.param("HTTPS://API.Vendor.Example/base/a", f"{HERE}/vendor/a", id="in capitals"),
        pytest.param(
            "https://api.vendor.example:443/base/a", f"{HERE}/vendor/a", id="with the port that it has anyway"
        ),
        pytest.param("https://api.vendor.example/base", f"{HERE}/vendor", id="the base itself"),
        pytest.param("https://api.vendor.example/base?a=b", f"{HERE}/vendor?a=b", id="the base and a query"),
        pytest.param("//api.vendor.example/base/a", f"{HERE}/vendor/a", id="without a scheme"),
        pytest.param("/base/a/1?b", "/vendor/a/1?b", id="a path"),
        pytest.param("/login", "https://api.vendor.example/login", id="a path outside the base"),
        pytest.param("/based/on", "https://api.vendor.example/based/on", id="a path that begins alike"),
        pytest.param(
            "https://api.vendor.example/base/a%2Fb?c=%20", f"{HERE}/vendor/a%2Fb?c=%20", id="as it is encoded"
        ),
    ],
)
def test_where_a_header_leads(url: str, led_to: str) -> None:
    assert target(url) == led_to


@pytest.mark.parametrize(
    ("url", "path", "led_to"),
    [
        ("../jobs/7", "/a/b/c", "/vendor/a/jobs/7"),
        ("../../x?y=../z", "/a/b", "https://api.vendor.example/x?y=../z"),
        ("../../../../x", "/a/b", "https://api.vendor.example/x"),
        ("./7", "/jobs", "/vendor/7"),
        ("..", "/a/b/c?d=/e/f", "/vendor/a/"),
        ("7?of=../8", "/jobs", "7?of=../8"),
        ("/base/../login", "/", "https://api.vendor.example/base/../login"),
        ("/x/../base/a", "/", "/vendor/a"),
        ("/base/%2e%2e/login", "/", "https://api.vendor.example/base/%2e%2e/login"),
        ("https://api.vendor.example/base/../login", "/", "https://api.vendor.example/base/../login"),
        ("https://api.vendor.example/base/a/../b", "/", f"{HERE}/vendor/b"),
        ("https://api.vendor.example/base//[/../x", "/", f"{HERE}/vendor//x"),
        ("/base//a/../b?c=%2e%2e/", "/", "/vendor//b?c=%2e%2e/"),
        ("/base/a%2eb/../c%2ed/.", "/", "/vendor/c%2ed/"),
    ],
)
def test_dot_segments_are_taken_for_what_they_mean(url: str, path: str, led_to: str) -> None:
    assert UrlRewriter("https://api.vendor.example/base", "vendor").target(url, HERE, path) == led_to


@pytest.mark.parametrize(
    ("url", "led_to"),
    [
        ("/base/jobs/7", "/egress/vendor/jobs/7"),
        ("../jobs/7", "/egress/vendor/jobs/7"),
        ("jobs/7", "jobs/7"),
        ("/login", "https://api.vendor.example/login"),
        ("https://api.vendor.example/base/a", "https://tidegate.example/egress/vendor/a"),
    ],
)
def test_a_path_leads_below_the_path_that_a_reverse_proxy_takes_off(url: str, led_to: str) -> None:
    rewriter = UrlRewriter("https://api.vendor.example/base", "vendor")
    assert rewriter.target(url, "https://tidegate.example/egress", "/a/b") == led_to


def test_a_path_never_becomes_a_host() -> None:
    own = UrlRewriter("https://api.vendor.example", "vendor", path="")
    for url in ("/..//evil.example/x", "/.//evil.example/x"):
        assert own.target(url, "https://api.vendor.example") == "https://api.vendor.example//evil.example/x"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"5", b"5"),
        (b"5; url=https://api.vendor.example/a", b"5; url=http://127.0.0.1:8080/vendor/a"),
        (b"0;URL='/a'", b"0;URL='/vendor/a'"),
        (b"3, url=https://other.example/", b"3, url=https://other.example/"),
        (b"", b""),
    ],
)
def test_a_refresh_keeps_its_time_and_its_url_is_led_through(before: bytes, after: bytes) -> None:
    assert UrlRewriter("https://api.vendor.example", "vendor").field(b"refresh", before, HERE) == after


def test_octets_that_are_no_ascii_stay_as_they_are() -> None:
    rewriter = UrlRewriter("https://api.vendor.example", "vendor")
    assert rewriter.field(b"location", b"/caf\xe9", HERE) == b"/vendor/caf\xe9"
    assert rewriter.field(b"location", b"https://\xe9.example/\xff", HERE) == b"https://\xe9.example/\xff"


@pytest.mark.parametrize(
    "url",
    [
        "https://api.vendor.example.evil.test/base/a",
        "https://api.vendor.example:4430/base/a",
        "https://api.vendor.example:444/base/a",
        "http://api.vendor.example/base/a",
        "https://uploads.vendor.example/base/a",
        "https://me@api.vendor.example/base/a",
        "https://login.example/?next=https://api.vendor.example/base/cb&state=1",
        "https://api.vendor.example/other",
        "https://[::1/base",
        "https://api.vendor.example:port/base/a",
        "mailto:someone@api.vendor.example",
        "jobs/7",
        "?page=2",
        "#top",
        "",
    ],
)
def test_what_leads_elsewhere_or_is_relative_stays_as_it_is(url: str) -> None:
    assert target(url) == url


def test_an_address_of_ipv6_and_a_port_are_compared_whole() -> None:
    assert target("http://[::1]:8001/a", "http://[::1]:8001") == f"{HERE}/vendor/a"
    assert target("http://[::1]:80010/a", "http://[::1]:8001") == "http://[::1]:80010/a"


def test_each_target_of_a_link_is_led_through_and_no_parameter_is() -> None:
    links = UrlRewriter("https://api.vendor.example", "vendor").link(
        b'<https://api.vendor.example/a?page=2>; rel="next"; title="see <https://api.vendor.example/b>", '
        b'</a?page=9>; rel="last", <https://other.example/>; rel="help"',
        HERE,
    )
    assert links == (
        b'<http://127.0.0.1:8080/vendor/a?page=2>; rel="next"; title="see <https://api.vendor.example/b>", '
        b'</vendor/a?page=9>; rel="last", <https://other.example/>; rel="help"'
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"https://api.vendor.example:443/a"', b'"http://127.0.0.1:8080/vendor/a"'),
        (b'"HTTPS://api.vendor.example/a"', b'"http://127.0.0.1:8080/vendor/a"'),
        (b'"https://api.vendor.example:4430/a"', b'"https://api.vendor.example:4430/a"'),
        (b'"https://login.example/?next=https://api.vendor.example/a"',) * 2,
    ],
)
def test_in_json_the_parts_are_compared_too(before: bytes, after: bytes) -> None:
    assert led(before) == after


def test_a_name_that_dns_writes_in_ascii_is_known_in_json_in_both_ways() -> None:
    rewriter = UrlRewriter("https://xn--bcher-kva.example", "vendor")
    body = '["https://xn--bcher-kva.example/a","https://XN--BCHER-KVA.example/a","https://b\u00fccher.example/a"]'
    assert rewriter.led_through(body.encode(), JSON, HERE) == b'["%b"]' % b'","'.join(
        [b"http://127.0.0.1:8080/vendor/a"] * 3
    )


@pytest.mark.parametrize("name", sorted(FIELDS - {b"link", b"refresh"}))
def test_each_field_that_is_followed_is_led_through(name: bytes) -> None:
    rewriter = UrlRewriter("https://api.vendor.example", "vendor")
    assert rewriter.field(name, b"https://api.vendor.example/a?b", HERE) == b"http://127.0.0.1:8080/vendor/a?b"


def test_a_base_path_is_matched_by_whole_segments_in_json() -> None:
    rewriter = UrlRewriter("https://api.vendor.example/v1", "vendor")
    body = (
        rb'["https://api.vendor.example/v1/a","https://api.vendor.example/v10/a","https:\/\/api.vendor.example\/v1\/a"]'
    )
    assert rewriter.led_through(body, JSON, HERE) == (
        rb'["http://127.0.0.1:8080/vendor/a","https://api.vendor.example/v10/a","http:\/\/127.0.0.1:8080\/vendor\/a"]'
    )
