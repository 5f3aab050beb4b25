"""Which requests are the same on a cassette."""

import pytest

from tidegate.simulator.cassette.request_key import key_of

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def multipart(boundary: str, *fields: tuple[str, str], after: str = "") -> tuple[str, bytes]:
    head = f"--{boundary}\r\nContent-Disposition: form-data; name="
    parts = [f'{head}"{name}"{after}\r\n\r\n{value}\r\n' for name, value in fields]
    return f"multipart/form-data; boundary={boundary}", "".join((*parts, f"--{boundary}--\r\n")).encode()


def test_a_multipart_body_is_compared_by_its_parts() -> None:
    one = key_of("POST", "/u", *multipart("AAA", ("n", "x"), ("m", "y")))
    assert one == key_of("POST", "/u", *multipart("BBB", ("m", "y"), ("n", "x")))
    assert one != key_of("POST", "/u", *multipart("BBB", ("m", "y"), ("n", "z")))
    assert one != key_of("POST", "/u", *multipart("AAA", ("n", "x"), ("m", "y"), after='; filename="f"'))
    assert one != key_of("POST", "/u", "multipart/form-data; boundary=AAA", b"--AAA\r\nbroken")


def test_a_part_that_is_json_is_compared_as_json() -> None:
    typed = "\r\nContent-Type: application/json"
    texts = ('{"a":1,"b":2}', '{"b": 2, "a": 1}')
    one, other = (key_of("POST", "/", *multipart("B", ("j", text), after=typed)) for text in texts)
    assert one == other


@pytest.mark.parametrize(
    ("path", "media", "body"),
    [
        ("/a?access_token=one", "", b""),
        ("/a", FORM, b"client_secret=one&x=1"),
        ("/a", JSON, b'{"password": "one", "x": 1}'),
        ("/a", JSON, b'{"cvc": 123, "card_token": "one"}'),
    ],
)
def test_a_value_that_is_hidden_is_hidden_in_what_is_asked_too(path: str, media: str, body: bytes) -> None:
    one = key_of("POST", path, media, body)
    other = key_of("POST", path.replace("one", "two"), media, body.replace(b"one", b"two").replace(b"123", b"9"))
    assert one == other


def test_one_number_is_written_in_two_ways() -> None:
    texts = [b'{"a": [1.0, -2E2]}', b'{"a": [1, -200]}', b'{"a": [1.5, -200]}', b'{"a": ["1.0", -200]}']
    one, same, *others = (key_of("POST", "/", JSON, text) for text in texts)
    assert one == same
    assert one not in others


def test_counts_of_tokens_are_told_apart_also_where_an_older_cassette_hides_them() -> None:
    texts = [b'{"max_tokens": 1, "n": 2}', b'{"max_tokens": 7, "n": 2}', b'{"max_tokens": "[redacted]", "n": 2}']
    one, other, hidden = (key_of("POST", "/", JSON, text) for text in texts)
    assert one != other
    assert hidden.allows(one)
    assert not hidden.allows(key_of("POST", "/", JSON, b'{"max_tokens": 1, "n": 3}'))


def test_pages_are_told_apart() -> None:
    assert key_of("GET", "/l?pageToken=p1", "", b"") != key_of("GET", "/l?pageToken=p2", "", b"")


@pytest.mark.parametrize(
    ("recorded", "asked", "is_same"),
    [
        ("/accounts/[redacted]/things", "/accounts/ac_1/things", True),
        ("/accounts/[redacted]/things", "/accounts/ac_1/ac_2/things", False),
        ("/accounts/[redacted]/things", "/accounts/ac_1/others", False),
        ("/l?user=x-[redacted]-y", "/l?user=x-ac_1-y", True),
        ("/l?user=x-[redacted]-y", "/l?user=x-y", False),
        ("/l?user=[redacted]", "/l?account=ac_1", False),
        ("/l?user=[redacted]", "/l?user=ac_1&more=1", False),
        ("/l?a=[redacted]-[redacted]", "/l?a=1-2", True),
        ("/l?a=[redacted]-[redacted]", "/l?a=12", False),
    ],
)
def test_a_known_value_that_was_hidden_stands_for_any(recorded: str, asked: str, is_same: bool) -> None:
    one, other = key_of("GET", recorded, "", b""), key_of("GET", asked, "", b"")
    assert one.is_open
    assert (one.form == other.form and one.allows(other)) is is_same


def test_a_hidden_value_in_a_body_stands_for_any() -> None:
    one = key_of("POST", "/", JSON, b'{"note": "for [redacted]", "n": 1}')
    assert one.allows(key_of("POST", "/", JSON, b'{"n": 1, "note": "for me"}'))
    assert not one.allows(key_of("POST", "/", JSON, b'{"n": 2, "note": "for me"}'))


def test_clients_that_write_a_path_otherwise_ask_for_the_same() -> None:
    assert key_of("GET", "/a%40b.c/~x/y%7e", "", b"") == key_of("GET", "/a@b.c/%7Ex/y~", "", b"")
    assert key_of("GET", "/a%2Fb", "", b"") != key_of("GET", "/a/b", "", b"")
