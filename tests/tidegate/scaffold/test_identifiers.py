"""Whatever a document calls a thing, what comes out is a name that Python takes."""

import keyword

import pytest

from tidegate.scaffold.identifiers import argument, pascal, snake, unique

ODD = ("", "class", "2fa", "GET /x/{id}", "Größe", "__", "id", "a" * 500, "repos/get", "🚚", "None", "X-Request-Id")


@pytest.mark.parametrize("text", ODD)
def test_every_text_becomes_a_name(text: str) -> None:
    for name in (snake(text), pascal(text), argument(text)):
        assert name.isidentifier(), name
        assert name.isascii(), name
        assert not keyword.iskeyword(name), name
        assert len(name) <= 62, name


@pytest.mark.parametrize(
    ("text", "name"),
    [("GetCustomersCustomer", "get_customers_customer"), ("post-payment_links", "post_payment_links"),
     ("GET /x/{id}", "get_x_id"), ("listHTTPCalls", "list_http_calls"), ("from", "from_")],
)  # fmt: skip
def test_words_are_parted(text: str, name: str) -> None:
    assert snake(text) == name


def test_no_argument_hides_a_name_that_the_adapter_uses() -> None:
    assert [argument(name) for name in ("key", "self", "more", "Key")] == ["key_", "self_", "more_", "key_"]
    assert argument("key", {"key_"}) == "key__2"


def test_a_name_that_is_taken_gets_a_number() -> None:
    assert unique("Account", {"Account", "Account2"}) == "Account3"
