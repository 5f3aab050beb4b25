"""Secrets do not show themselves, and known values are scrubbed in every spelling."""

import base64
import copy
import json
import pickle
import traceback
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.redact import REDACTED, Redactor, Secret

VALUE = "sk_live_a/b+c=d e\"f'é"


class TestSecret:
    """Asked in any way but `reveal`, it shows nothing."""

    secret = Secret(VALUE)

    def test_it_is_revealed_only_on_request(self) -> None:
        assert self.secret.reveal() == VALUE
        for shown in (repr(self.secret), str(self.secret), f"{self.secret}", f"{self.secret:>40}", f"{[self.secret]}"):
            assert "sk_live" not in shown

    def test_a_pickle_does_not_hold_it(self) -> None:
        stored = pickle.dumps(self.secret)
        assert b"sk_live" not in stored
        assert pickle.loads(stored).reveal() == REDACTED

    def test_a_copy_is_the_same_secret(self) -> None:
        assert copy.copy(self.secret) is self.secret
        assert copy.deepcopy({"a": self.secret})["a"] is self.secret

    def test_it_is_no_text_and_joins_with_none(self) -> None:
        with pytest.raises(TypeError):
            "Bearer " + self.secret  # type: ignore[operator]  # that it cannot is the point
        with pytest.raises(TypeError):
            json.dumps({"key": self.secret})

    def test_a_traceback_does_not_show_it(self) -> None:
        shown = traceback.format_exception(ValueError(self.secret))
        assert "sk_live" not in "".join(shown)

    def test_it_compares_by_value(self) -> None:
        assert self.secret == Secret(VALUE)
        assert self.secret != Secret("other")
        assert self.secret != VALUE
        assert hash(self.secret) == hash(Secret(VALUE))
        assert not Secret("")


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
