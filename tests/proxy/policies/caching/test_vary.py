"""Tests of tidegate.proxy.policies.caching.vary."""

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from tidegate.proxy.policies.caching.vary import NAMES_KEPT_MAX, VaryKey, selecting, vary_of


def headers(*lines: tuple[str, str]) -> CIMultiDictProxy[str]:
    return CIMultiDictProxy(CIMultiDict(lines))


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        ([], ()),
        (["Foo"], ("foo",)),
        (["b, A", "c"], ("a", "b", "c")),
        ([", "], ()),
        (["*"], None),
        (["foo, *"], None),
        (["", " , *"], None),
    ],
)
def test_the_names_of_vary(lines: list[str], names: tuple[str, ...] | None) -> None:
    assert vary_of(lines) == names


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ([("Foo", "1, 2")], [("foo", "1,2")], True),
        ([("Foo", "1"), ("Foo", "2")], [("Foo", "1,2")], True),
        ([("Foo", "1")], [("Foo", "2")], False),
        ([("Foo", "1")], [], False),
        ([("Foo", "")], [], False),
        ([("Foo", "")], [("foo", " ")], True),
        ([("Foo", "A")], [("Foo", "a")], False),
        ([("Foo", "1, 2")], [("Foo", "2, 1")], False),
        ([("Accept-Language", "en, DE")], [("Accept-Language", "de,en")], True),
        ([("Accept-Language", "en;q=0.5, de")], [("Accept-Language", "en, de;q=0.5")], False),
    ],
)
def test_what_means_the_same_selects_the_same(
    one: list[tuple[str, str]], other: list[tuple[str, str]], equal: bool
) -> None:
    names = ("accept-language", "foo")
    assert (selecting(names, headers(*one)) == selecting(names, headers(*other))) is equal


@pytest.mark.parametrize(
    "name",
    [
        b"Stripe-Account", b"Stripe-Version", b"OpenAI-Organization", b"OpenAI-Project", b"X-Tenant-Id", b"X-User-Id",
        b"X-Auth-Token", b"X-On-Behalf-Of", b"Sudo", b"X-Shop-Domain", b"X-Region", b"Anthropic-Version",
        b"Procore-Company-Id", b"Toast-Restaurant-External-ID", b"Amazon-Advertising-API-ClientId", b"X-Device-Id",
        b"revision", b"OpenAI-Beta", b"X-Compatibility-Date",
    ],
)  # fmt: skip
def test_a_name_that_speaks_of_an_identity_or_a_version_tells_answers_apart(name: bytes) -> None:
    telling = VaryKey(lambda _: True, ())
    assert telling.of([(name, b"1")]) != telling.of([(name, b"2")])
    assert telling.of([(name, b"1")]) != telling.of([])


@pytest.mark.parametrize(
    "name",
    [
        b"User-Agent", b"X-Stripe-Client-User-Agent", b"Accept", b"Date",
        b"X-Request-Id", b"client-request-id", b"X-Correlation-ID", b"X-Operation-Id", b"Test-ID",
    ],
)  # fmt: skip
def test_other_names_do_not(name: bytes) -> None:
    assert VaryKey(lambda _: True, ()).of([(name, b"1")]) == ()


def test_the_vendor_file_may_name_more_and_order_and_case_do_not_matter() -> None:
    telling = VaryKey(lambda _: True, ("X-Flavour",))
    lines = [(b"x-flavour", b"mint"), (b"Stripe-Account", b"a")]
    assert telling.of(lines) == telling.of([(name.upper(), value) for name, value in reversed(lines)])
    assert telling.of(lines) == (("stripe-account", "a"), ("x-flavour", "mint"))


def test_what_does_not_go_on_to_the_vendor_tells_nothing() -> None:
    assert VaryKey(lambda name: name != b"Authorization", ()).of([(b"Authorization", b"app token")]) == ()


def test_names_without_end_do_not_fill_memory() -> None:
    telling = VaryKey(lambda _: True, ())
    for number in range(NAMES_KEPT_MAX + 100):
        telling.of([(b"X-%d" % number, b"")])
    assert len(telling._names) == NAMES_KEPT_MAX
    assert telling.of([(b"X-New-Account", b"1")]) == (("x-new-account", "1"),)
