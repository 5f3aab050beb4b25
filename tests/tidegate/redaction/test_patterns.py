"""Cards and accounts by their check digits, mail by its form, telephones by declaration."""

import pytest

from tidegate.redaction.patterns import Patterns, is_card, is_iban
from tidegate.redaction.secret import REDACTED

CARDS = ["4242424242424242", "4111 1111 1111 1111", "5555-5555-5555-4444", "378282246310005", "6011111111111117"]
CARDS += [CARDS[1].replace(" ", gap) for gap in ("\u00a0", "\u202f", "\u2011")]
ACCOUNTS = ["DE89370400440532013000", "GB82 WEST 1234 5698 7654 32", "FR1420041010050500013M02606", "no9386011117947"]
ACCOUNTS += [ACCOUNTS[1].replace(" ", gap) for gap in ("-", "\u00a0")]


@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize(
    "around", ["{}", "card {} was declined", '"{}"', "{}.", "{} 12/27", "20 {} 123", "no=4&n={}&x"]
)
def test_a_card_is_hidden_wherever_it_stands(card: str, around: str) -> None:
    shown = Patterns(["card"]).hidden(around.format(card))
    assert shown == around.format(REDACTED)


@pytest.mark.parametrize(
    "text",
    [
        "1764471234567",  # milliseconds
        "4242424242424241",  # the last digit is wrong
        "req_4242424242424242",
        "4242424242424242abc",
        "0123456789abcdef01234567",
        "1.4242424242424242",
        "0000000000000000",
        "20260823000009",  # a date and a time with a right check digit
        "1647725122227",
        "47223179-9330-4259-b66c-f2db26efb20c",
        "b66c-47223179-9330-4259",
        "2018678836144588",
        "42",
    ],
)
def test_another_number_is_no_card(text: str) -> None:
    assert Patterns(["card"]).hidden(text) == text


@pytest.mark.parametrize("account", ACCOUNTS)
@pytest.mark.parametrize("around", ["{}", "to {} and more", '"iban":"{}"', "{}, {}"])
def test_an_account_is_hidden_wherever_it_stands(account: str, around: str) -> None:
    shown = Patterns(["iban"]).hidden(around.replace("{}", account))
    assert shown == around.replace("{}", REDACTED)


@pytest.mark.parametrize("text", ["DE89370400440532013001", "DE8937040044053201300", "XX89370400440532013000", "DE12"])
def test_another_word_is_no_account(text: str) -> None:
    assert Patterns(["iban"]).hidden(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "ann@example.com",
        "ann.lee+tag@mail.example.co.uk",
        "a_b%2B1@x-y.example",
        "ann%40example.com",
        "ümit@example.com",
        "ann@exämple.de",
        "иван@почта.рф",
        "_ann@example.com",
        "ann@xn--e1afmkfd.xn--p1ai",
        "%22ann%40example.com",
    ],
)
def test_an_address_of_mail_is_hidden(text: str) -> None:
    assert Patterns().hidden(f"told {text}, twice") == f"told {REDACTED}, twice"


@pytest.mark.parametrize("text", ["@team", "a @ b", "user@localhost", "v1@2.3", "npm@10.2.3"])
def test_what_only_holds_the_sign_is_none(text: str) -> None:
    assert Patterns().hidden(text) == text


def test_a_telephone_is_hidden_where_that_is_declared() -> None:
    text = "call +49 30 901820 or 0044 20 7946 0958"
    assert Patterns().hidden(text) == text
    assert Patterns(["phone"]).hidden(text) == f"call {REDACTED} or {REDACTED}"
    assert Patterns(["phone"]).hidden("2026-11-30 03:00") == "2026-11-30 03:00"


def test_a_check_digit_that_is_wrong_by_one_is_seen_at_every_place() -> None:
    card, account = "4242424242424242", "DE89370400440532013000"
    for place in range(1, len(card)):
        assert not is_card(card[:place] + str((int(card[place]) + 1) % 10) + card[place + 1 :])
    for place in range(2, len(account)):
        assert not is_iban(account[:place] + str((int(account[place]) + 1) % 10) + account[place + 1 :])


@pytest.mark.parametrize(
    "text", ["4" * 100_000, "4 " * 50_000, "1 2 " * 50_000, "DE89 " * 20_000, "a!" * 50_000, "a@b." * 25_000]
)
def test_a_text_made_to_be_slow_is_not(text: str) -> None:
    assert Patterns(["card", "iban", "email", "phone"]).hidden(text)
