"""The shapes of ids that vendors give, and of words that only look like one."""

import pytest

from tidegate.proxy.discovery.segment_shape import SegmentShape, is_collection, names_many, shape_of

IDS = [
    "cus_NffrFeUfNV2Hib", "pi_3MtwBwLkdIwHu7ix28a3tqPa", "cs_test_a11YYufWQzNY63zpQ6QSNRQhkUpVph4WRmzW0zWJO2",
    "550e8400-e29b-41d4-a716-446655440000", "550e8400e29b41d4a716446655440000", "507f1f77bcf86cd799439011", "a94a8fe",
    "AC5f0a1b2c3d4e5f60718293a4b5c6d7e8", "U024BE7LH", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "0ujsswThIGTUYm2K8FjOOfXtY1K",
    "recA1b2C3d4E5f6G7", "PROJ-123", "ada%40example.org", "%2B14155550100", "42-hello-world", "main...feature",
    "page;jsessionid=A1B2", "list;v=2;token=abc", ";sid=x", "a%3Btoken%3Dx",
    "dGhpcyBpcyBhIHRlc3Q1MjM%3D", "x" * 300,
]  # fmt: skip
WORDS = [
    "customers", "payment_intents", "chat.postMessage", "hello-world", "octocat", "v1", "v1beta1", "v2.1", "search",
    "fund_cash_balance", "admin.conversations.restrictAccess.removeGroup", "@me", "IncomingPhoneNumbers", "facade",
    "openapi.json", "get-preference", "us-east-prod", "Account", "README.md", "AvailablePhoneNumbers",
]  # fmt: skip


@pytest.mark.parametrize("segment", IDS)
def test_an_id_is_known_by_its_shape(segment: str) -> None:
    assert shape_of(segment).kind == "id"


@pytest.mark.parametrize("segment", WORDS)
def test_a_word_is_a_word(segment: str) -> None:
    assert shape_of(segment).kind == "word"


@pytest.mark.parametrize("segment", ["7", "-1", "4242424242", "2010-04-01", "2026-07", "1.1", "1,2,3"])
def test_digits_and_dates_may_be_either(segment: str) -> None:
    assert shape_of(segment).kind == "soft"


@pytest.mark.parametrize(
    ("segment", "ending"),
    [("42.json", ".json"), ("SM5f0a1b2c3d4e5f60718293a4b5c6d7e8.json", ".json"), ("42:cancel", ":cancel")],
)
def test_what_stands_behind_an_id_stands_apart(segment: str, ending: str) -> None:
    assert shape_of(segment).ending == ending
    assert shape_of("search.json") == SegmentShape("word")


def test_a_plural_names_a_collection() -> None:
    assert all(map(is_collection, ["customers", "Accounts", "branches"]))
    assert not any(map(is_collection, ["status", "address", "is", "octocat", "gas"]))
    assert names_many("following")
    assert names_many("starred")
    assert not names_many("search")
