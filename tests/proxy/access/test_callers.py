"""Tests of tidegate.proxy.access.callers: identity comes from a token or the connection, and from nothing else."""

from multidict import CIMultiDict, CIMultiDictProxy

from tidegate.proxy.access.callers import Callers
from tidegate.proxy.access.peers import NOBODY, Peer
from tidegate.proxy.app_config import AppSettings
from tidegate.proxy.identity.token_hash import RANDOM_BYTES, KnownToken, new_token

TOKEN, HASH = new_token(bytes(RANDOM_BYTES))
SHOP = AppSettings.model_validate_json('{"clients": ["san:shop.internal"]}')


def sent(*lines: tuple[str, str]) -> CIMultiDictProxy[str]:
    return CIMultiDictProxy(CIMultiDict(lines))


def callers(expires: float = 10.0) -> Callers:
    tokens = (KnownToken("desk", "", HASH, expires),)
    return Callers(tokens, {"shop": SHOP}, lambda: 5.0, anonymous=False)


def test_a_connection_is_asked_where_no_token_says_who_it_is() -> None:
    peer = Peer(("sha256:00", "san:shop.internal"))
    one = callers()
    for headers in (sent(), sent(("Authorization", "Bearer sk_any")), sent(("Authorization", ""))):
        assert one.identify(headers) is None
        assert one.by_connection(lambda: peer, headers) == "shop"
    assert one.by_connection(lambda: NOBODY, sent()) is None
    assert one.by_connection(lambda: Peer(("san:other",)), sent()) is None


def test_a_token_of_ours_that_is_over_is_refused_whatever_the_connection_says() -> None:
    one, headers = callers(expires=5.0), sent(("Authorization", f"Bearer {TOKEN}"))
    assert one.identify(headers) is None
    assert one.by_connection(lambda: Peer(("san:shop.internal",)), headers) is None


def test_no_header_is_an_identity() -> None:
    headers = sent(
        ("X-Forwarded-Client-Cert", "By=x;SAN=shop.internal"), ("X-Client-Cert", "shop.internal"),
        ("X-SSL-Client-S-DN", "CN=shop.internal"), ("X-Forwarded-User", "shop"), ("X-Consumer-Username", "shop"),
        ("X-Tidegate-App", "shop"), ("Forwarded", "for=shop"), ("From", "shop"),
    )  # fmt: skip
    one = callers()
    assert one.identify(headers) is None
    assert one.by_connection(lambda: NOBODY, headers) is None


EVIL = (
    [("Sec-Fetch-Site", "cross-site")],
    [("Sec-Fetch-Site", "cross-site"), ("Origin", "http://evil.test")],
    [("Host", "127.0.0.1:8080"), ("Origin", "http://evil.test")],
    [("Host", "127.0.0.1:8080"), ("Origin", "null")],
    [("Host", "127.0.0.1:8080"), ("Origin", "http://[")],
)
OWN: tuple[list[tuple[str, str]], ...] = (
    [],
    [("Sec-Fetch-Site", "none")],
    [("Sec-Fetch-Site", "same-site"), ("Host", "127.0.0.1:8080"), ("Origin", "http://127.0.0.1:3000")],
    [("Host", "127.0.0.1:8080"), ("Origin", "http://127.0.0.1:3000")],
)


def test_a_page_of_another_site_is_nobody_by_an_address_that_it_wrote() -> None:
    anyone = Callers((), {}, lambda: 5.0, anonymous=True)
    assert [anyone.by_query("k", sent(*lines)) for lines in EVIL] == [None] * len(EVIL)
    assert [anyone.by_query("k", sent(*lines)) for lines in OWN] == ["local"] * len(OWN)
    assert [callers().by_query(TOKEN, sent(*lines)) for lines in EVIL] == ["desk"] * len(EVIL)


def test_a_page_of_another_site_is_nobody_by_its_users_connection() -> None:
    one, peer = callers(), Peer(("san:shop.internal",))
    assert [one.by_connection(lambda: peer, sent(*lines)) for lines in EVIL[:2]] == [None, None]
    program = sent(("Host", "127.0.0.1:8080"), ("Origin", "https://api.vendor.test"))
    assert one.by_connection(lambda: peer, program) == "shop"
    assert [one.by_connection(lambda: peer, sent(*lines)) for lines in OWN] == ["shop"] * len(OWN)


def test_why_nobody_was_found_is_told_in_few_words() -> None:
    one = callers()
    assert one.why_not(sent()) == "no token"
    assert one.why_not(sent(("Authorization", ""))) == "no token"
    assert one.why_not(sent(("Authorization", "a"), ("Authorization", "b"))) == "several tokens"
    assert one.why_not(sent(("Authorization", "Bearer x"))) == "an unknown token"
    assert one.why_not(sent(("Authorization", TOKEN))) == "a token that is not good"


def test_a_change_counts_for_tokens_connections_and_rules() -> None:
    one = callers()
    one.change((), {"shop": AppSettings.model_validate_json('{"uids": [7], "calls": {"minute": 1}}')}, anonymous=False)
    assert one.identify(sent(("Authorization", TOKEN))) is None
    assert one.by_connection(lambda: Peer(("san:shop.internal",)), sent()) is None
    assert one.by_connection(lambda: Peer(("uid:7",)), sent()) == "shop"
    assert set(one.rules) == {"shop"}
