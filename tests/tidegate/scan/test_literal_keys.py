"""Keys are known by their form, and placeholders, names and digests are none."""

import pytest

from tidegate.scan.literal_keys import known_key, looks_like_key


@pytest.mark.parametrize(
    ("text", "vendor"),
    [
        ("sk_live_" + "4eC39HqLyjWDarjtT7qZ", "stripe"),
        ("x = 'sk_test_" + "9aB8cD7eF6gH5iJ4kL3m'", "stripe"),
        ("sk-proj-" + "Qm7RtY2uWpLk9ZxCvBn4Hs8DgF3jA6eK0iNw", "openai"),
        ("sk-ant-api03-" + "Qm7RtY2uWpLk9ZxCvBn4Hs8DgF3jA6eK", "anthropic"),
        ("ghp_" + "R8tYq2LmZx9KvBn4Hs7DgF3jA6eK0iNwUp5C", "github"),
        ("xoxb-" + "482910473821-7391047382910-aZbYcXdWeVfU", "slack"),
        ("AKIA" + "QX7LMZ2VBN4HSTDG", "aws"),
    ],
)
def test_forms_are_known(text: str, vendor: str) -> None:
    assert known_key(text) == vendor


@pytest.mark.parametrize(
    "text",
    ["AKIAIOSFODNN7EXAMPLE", "ghp_123456789012345678901234567890123456", "sk_live_xxxxxxxxxxxxxxxxxxxxxxxx",
     "sk-fading-circle sk-child sk-circle-and-many-more-names", "pk_live_4eC39HqLyjWDarjtT7qZ", "short",
     "https://api.github.com/repos/o/r/zipball/v1.2.3"],
)  # fmt: skip
def test_what_is_only_an_example_is_none(text: str) -> None:
    assert known_key(text) == ""


@pytest.mark.parametrize(
    ("text", "is_key"),
    [
        ("Bearer q8RtYu2LmZx9KvBn4Hs7Dg", True),
        ("q8RtYu2LmZx9KvBn4Hs7Dg", True),
        ("STRIPE_API_KEY", False),
        ("app.settings.stripe.key", False),
        ("existingSubscriptionWithManyParts", False),
        ("Bearer YOUR_API_KEY_HERE", False),
        ("http://tidegate:8080/gitlab2", False),
        ("11111111111111111111111111111111", False),
        ("${API_KEY_2}-and-what-follows", False),
        ("tg_app", False),
    ],
)
def test_what_stands_where_a_key_belongs(text: str, is_key: bool) -> None:
    assert looks_like_key(text) is is_key


def test_a_long_text_is_read_in_time() -> None:
    assert known_key("sk-" + "a1A" * 100_000) in ("", "openai")
    assert known_key("-" * 100_000) == ""
