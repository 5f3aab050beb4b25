"""A placeholder becomes its secret where it stands alone at a declared place; bytes around it stay as they were."""

import base64
import hashlib
import json
from typing import Any
from urllib.parse import parse_qsl, quote_plus

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.proxy.secrecy.placeholder_texts import (
    PAIRS_MAX,
    PLACES_MAX,
    PlaceholderRefused,
    header_value,
    with_members,
    with_pairs,
)
from tidegate.redaction.secret import Secret

SECRET = 's3cr:et/+ "&=x'


def grant(placeholder: str) -> Secret | None:
    return Secret(SECRET) if placeholder == "tg_key" else None


class TestHeader:
    """`header_value`."""

    @pytest.mark.parametrize(
        ("value", "sent"),
        [
            ("tg_key", SECRET),
            ("  tg_key ", SECRET),
            ("Token tg_key", f"Token {SECRET}"),
            ("SSWS  tg_key", f"SSWS {SECRET}"),
            ("plain", "plain"),
            ("two words", "two words"),
            ("Basic no-base64!", "Basic no-base64!"),
            ("Basic " + base64.b64encode(b"user:pass").decode(), "Basic " + base64.b64encode(b"user:pass").decode()),
            ("", ""),
        ],
    )
    def test_alone_or_behind_one_word(self, value: str, sent: str) -> None:
        assert header_value(value.encode(), "X-Key", grant) == sent.encode()

    @pytest.mark.parametrize("pair", ["tg_key:", "user:tg_key", "tg_key:tg_key"])
    def test_a_part_of_a_basic_pair(self, pair: str) -> None:
        value = "Basic " + base64.b64encode(pair.encode()).decode()
        sent = header_value(value.encode(), "X-Key", grant).decode()
        assert base64.b64decode(sent.removeprefix("Basic ")).decode() == pair.replace("tg_key", SECRET)

    @pytest.mark.parametrize(
        "value", ["tg_other", "Token tg_other", "tg_key, tg_key", "a=tg_key", "x y tg_key", "tg_key z"]
    )
    def test_another_is_refused_and_not_repeated(self, value: str) -> None:
        with pytest.raises(PlaceholderRefused) as error:
            header_value(value.encode(), "X-Key", grant)
        assert str(error.value).startswith("header X-Key: ")
        assert "tg_" not in str(error.value)


class TestPairs:
    """`with_pairs`: a query, or a form."""

    def test_only_the_named_fields_change_and_the_rest_stays_as_it_was_written(self) -> None:
        text = "a=%7e&key=tg_key&memo=tg_key&k%65y=tg%5Fkey&b=1+2&key"
        sent = with_pairs(text, ["key"], "query parameter", grant, quote_plus)
        coded = quote_plus(SECRET)
        assert sent == f"a=%7e&key={coded}&memo=tg_key&k%65y={coded}&b=1+2&key"
        assert [value for name, value in parse_qsl(sent) if name == "key"] == [SECRET, SECRET]

    def test_a_text_without_one_is_the_very_same(self) -> None:
        text = "key=plain&memo=tg_key"
        assert with_pairs(text, ["key"], "form field", grant, quote_plus) is text

    @pytest.mark.parametrize(
        "text", ["key=tg_other", "key=xtg_key", "key=tg_key&key=tg_key%20", "key=1&key=tg%5Fother"]
    )
    def test_another_is_refused(self, text: str) -> None:
        with pytest.raises(PlaceholderRefused, match=r"^form field key: "):
            with_pairs(text, ["key"], "form field", grant, quote_plus)

    def test_too_many_fields_are_refused(self) -> None:
        with pytest.raises(PlaceholderRefused, match="more than"):
            with_pairs("a=1&" * PAIRS_MAX + "key=tg_key", ["key"], "form field", grant, quote_plus)


class TestMembers:
    """`with_members`: a JSON body."""

    def test_only_the_declared_member_changes_and_every_other_byte_stays(self) -> None:
        body = b'{ "n" : 1.10, "big": 12345678901234567890, "memo":"tg_key" ,"to": {"key" :"tg_key"}, "tg_key": 1}\n'
        sent = with_members(body, ["/to/key"], grant)
        assert sent == body.replace(b'"key" :"tg_key"', b'"key" :' + orjson.dumps(SECRET))

    def test_a_step_may_be_any_member(self) -> None:
        body = b'{"items": [{"k": "tg_key"}, {"k": "tg_key", "other": "tg_key"}], "by": {"a": ["tg_key"]}}'
        sent = json.loads(with_members(body, ["/items/*/k", "/by/*/0"], grant))
        assert sent == {"items": [{"k": SECRET}, {"k": SECRET, "other": "tg_key"}], "by": {"a": [SECRET]}}

    @pytest.mark.parametrize(
        "body",
        [
            b'{"key": "tg_other"}',
            b'{"key": "tg_key "}',
            b'{"key": "see tg_key"}',
            b'{"key": "\\u0074g_key"}',
            b'{"key": "tg\\u005fkey"}',
        ],
    )
    def test_what_is_not_granted_or_does_not_stand_alone_is_refused(self, body: bytes) -> None:
        with pytest.raises(PlaceholderRefused, match=r"^field /key: "):
            with_members(body, ["/key"], grant)

    @pytest.mark.parametrize(
        "body",
        [b'{"memo": "tg_other"}', b'{"key": 1}', b'{"key": null}', b'["tg_key"]', b'"tg_key"', b"no json", b"{}"],
    )
    def test_what_stands_elsewhere_is_a_text_like_any_other(self, body: bytes) -> None:
        assert with_members(body, ["/key"], grant) is body

    def test_of_two_members_of_one_name_the_last_counts(self) -> None:
        assert json.loads(with_members(b'{"key": "x", "key": "tg_key"}', ["/key"], grant)) == {"key": SECRET}
        body = b'{"key": "tg_key", "key": "x"}'
        assert with_members(body, ["/key"], grant) is body

    def test_what_is_no_json_and_holds_one_is_refused(self) -> None:
        with pytest.raises(PlaceholderRefused, match="is not the JSON"):
            with_members(b'{"key": "tg_key"', ["/key"], grant)

    def test_too_many_are_refused(self) -> None:
        with pytest.raises(PlaceholderRefused, match="more than"):
            with_members(json.dumps(["tg_x"] * (PLACES_MAX + 1)).encode(), ["/key"], grant)

    def test_a_body_cannot_point_at_a_place_that_was_not_declared(self) -> None:
        for guess in ("\x1atg 0", "0", hashlib.blake2s(b"", digest_size=16).hexdigest() + " 0"):
            body = json.dumps({"memo": "tg_key", "key": guess}).encode()
            assert with_members(body, ["/key"], grant) is body

    @given(
        st.recursive(
            st.sampled_from(["tg_key", "tg_other", "x", 1.5, None, 'quote " here']),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abk"), inner, max_size=3),
            max_leaves=12,
        )
    )
    def test_any_document_changes_at_its_pointer_alone(self, inner: Any) -> None:
        document = {"k": "tg_key", "other": inner}
        sent = json.loads(with_members(json.dumps(document).encode(), ["/k"], grant))
        assert sent == {"k": SECRET, "other": inner}
