"""Secrets do not show themselves, and known values are scrubbed in every spelling."""

import base64
import json
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.redaction.redactor import FORMER_MAX, FORMER_S, FRESH_MAX, Redactor
from tidegate.redaction.secret import REDACTED, Secret

VALUE = "sk_live_a/b+c=d e\"f'é"


class TestText:
    """`Redactor.text`."""

    redactor = Redactor([VALUE, Secret("whsec_12345678")])

    @pytest.mark.parametrize(
        "spelled",
        [
            VALUE,
            quote(VALUE, safe=""),
            quote(VALUE),
            quote_plus(VALUE),
            quote(VALUE, safe="").lower(),
            json.dumps(VALUE)[1:-1],
            json.dumps(VALUE, ensure_ascii=False)[1:-1],
            json.dumps(VALUE)[1:-1].replace("/", "\\/"),
            base64.b64encode(VALUE.encode()).decode(),
            base64.urlsafe_b64encode(VALUE.encode()).decode(),
            urlencode({"key": VALUE}).partition("=")[2],
        ],
    )
    def test_every_spelling_is_scrubbed(self, spelled: str) -> None:
        shown = self.redactor.text(f"before {spelled} after")
        assert shown.startswith("before [redacted]")
        assert shown.rstrip("=").endswith((" after", "[redacted]"))
        assert spelled not in shown

    @given(st.binary(max_size=8), st.binary(max_size=8))
    def test_inside_a_longer_base64_text_it_is_scrubbed_too(self, before: bytes, after: bytes) -> None:
        shown = self.redactor.text(base64.b64encode(before + VALUE.encode() + after).decode())
        assert REDACTED in shown

    def test_basic_authentication_is_scrubbed(self) -> None:
        header = base64.b64encode(b"user:whsec_12345678").decode()
        assert REDACTED in self.redactor.text(f"Basic {header}")

    def test_a_secret_that_begins_another_leaves_nothing_of_it(self) -> None:
        assert Redactor(["sk_live", "sk_live_4242"]).text("sk_live_4242") == REDACTED

    def test_what_is_no_secret_stays(self) -> None:
        assert self.redactor.text("sk_test_4242 and words") == "sk_test_4242 and words"
        assert Redactor([]).text("anything") == "anything"

    def test_a_very_short_value_does_not_take_words_apart(self) -> None:
        assert Redactor(["a", ""]).text("a banana") == "a banana"

    @given(st.text(max_size=60), st.text(min_size=4, max_size=20))
    def test_no_known_value_is_left_in_any_text(self, around: str, secret: str) -> None:
        if secret in REDACTED or secret in around or REDACTED in secret:
            return
        shown = Redactor([secret]).text(around + "|" + secret + "|" + around)
        assert secret not in shown.replace(REDACTED, "")


class TestUrl:
    """`Redactor.url`."""

    redactor = Redactor(["whsec_12345678"])

    @pytest.mark.parametrize(
        "key",
        [
            "api_key",
            "apikey",
            "access_token",
            "token",
            "client_secret",
            "sig",
            "X-Amz-Signature",
            "password",
            "key",
            "code",
        ],
    )
    def test_the_value_of_a_key_that_sounds_secret_is_hidden(self, key: str) -> None:
        assert self.redactor.url(f"/v1/a?{key}=4242&page=2") == f"/v1/a?{key}={REDACTED}&page=2"
        assert self.redactor.url(f"/v1/a?page=2&{key}=4242#x") == f"/v1/a?page=2&{key}={REDACTED}#x"

    @pytest.mark.parametrize("query", ["page=2", "keyword=shoes", "country_code=de", "expand[]=customer", "q=api_key"])
    def test_another_query_stays(self, query: str) -> None:
        assert self.redactor.url(f"/v1/a?{query}") == f"/v1/a?{query}"

    def test_user_information_is_hidden(self) -> None:
        shown = self.redactor.url("GET https://me:pass@host/a, then ann@host")
        assert shown == f"GET https://{REDACTED}@host/a, then ann@host"
        assert self.redactor.url("https://host/a@b?x=c@d") == "https://host/a@b?x=c@d"

    @pytest.mark.parametrize(
        "text", ["?" * 60_000, "?" + "token" * 12_000, "&key" * 15_000, "://" * 20_000, "?a" * 30_000]
    )
    def test_a_text_made_to_be_slow_is_not(self, text: str) -> None:
        assert self.redactor.url(text)

    def test_a_known_secret_is_scrubbed_from_the_path(self) -> None:
        assert self.redactor.url("/v1/whsec_12345678/a") == f"/v1/{REDACTED}/a"


def test_only_listed_headers_show_their_values() -> None:
    shown = Redactor(["whsec_12345678"]).headers(
        [
            ("Content-Type", "application/json"),
            ("Authorization", "Bearer x"),
            ("X-New-Token", "x"),
            ("Via", "a"),
            ("via", "b"),
            ("Set-Cookie", "a=1"),
            ("Set-Cookie", "b=2"),
            ("User-Agent", "app whsec_12345678"),
        ]
    )
    assert shown == {
        "content-type": "application/json",
        "authorization": REDACTED,
        "x-new-token": REDACTED,
        "via": "a, b",
        "set-cookie": REDACTED,
        "user-agent": f"app {REDACTED}",
    }


class TestLearning:
    """`Redactor.learn`: the set of what is known is live."""

    now = 0.0

    def redactor(self, *secrets: str) -> Redactor:
        return Redactor(secrets, now=lambda: self.now)

    def test_a_value_is_known_as_soon_as_it_is_learned(self) -> None:
        redactor = self.redactor("first-value")
        assert redactor.often("a second-value") == "a second-value"
        redactor.learn(["second-value", Secret("third-value")])
        assert redactor.often("a second-value") == f"a {REDACTED}"
        assert redactor.text("first-value, third-value") == f"{REDACTED}, {REDACTED}"

    def test_many_learned_values_are_all_known(self) -> None:
        redactor = self.redactor()
        for number in range(3 * FRESH_MAX):
            redactor.learn([f"token-number-{number}-x"])
        shown = redactor.text(" ".join(f"token-number-{number}-x" for number in range(3 * FRESH_MAX)))
        assert shown == " ".join([REDACTED] * 3 * FRESH_MAX)

    def test_a_former_value_is_known_for_its_time_and_then_forgotten(self) -> None:
        redactor = self.redactor()
        redactor.learn(["the-old-token"], of="token")
        redactor.learn(["the-new-token"], of="token")
        assert redactor.live == ["the-old-token", "the-new-token"]
        self.now = FORMER_S - 1
        redactor.learn(["the-newest-token"], of="token")
        assert redactor.text("the-old-token the-new-token") == f"{REDACTED} {REDACTED}"
        assert redactor.live == ["the-new-token", "the-newest-token"]
        self.now = FORMER_S + 1
        redactor.learn([f"value-number-{number}" for number in range(FRESH_MAX + 1)])
        redactor.learn(["the-last-token"], of="token")
        assert "the-old-token" not in redactor.values
        assert "the-new-token" in redactor.values

    def test_a_value_that_comes_back_is_current_again(self) -> None:
        redactor = self.redactor()
        for value in ("one-value", "two-value", "one-value"):
            redactor.learn([value], of="credential")
        assert redactor.values == ["two-value", "one-value"]

    def test_former_values_are_bounded(self) -> None:
        redactor = self.redactor()
        for number in range(FORMER_MAX * 2):
            redactor.learn([f"token-{number:06}"], of="token")
        assert len(redactor.values) == FORMER_MAX + 1

    def test_who_takes_the_place_of_another_knows_its_values_as_former_ones(self) -> None:
        old, new = self.redactor(), self.redactor()
        old.learn(["the-old-secret"], of="vendor")
        new.learn(["the-new-secret"], of="vendor")
        new.inherit(old)
        assert new.live == ["the-old-secret", "the-new-secret"]
        assert new.text("the-old-secret") == REDACTED

    def test_who_follows_learns_the_same_and_more_besides(self) -> None:
        heard: list[int] = []
        vendor = self.redactor("known-before")
        whole = Redactor(["of-another"], listener=lambda: heard.append(len(heard)))
        whole.follow(vendor)
        vendor.learn(["learned-later"], of="token")
        assert whole.text("known-before learned-later of-another") == " ".join([REDACTED] * 3)
        assert vendor.text("of-another") == "of-another"
        assert heard == [0, 1]
