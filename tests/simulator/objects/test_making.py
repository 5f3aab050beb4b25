"""An answer is the stored object in the operation's own envelope and schema, or a sample of it."""

from tests.simulator.houses import Street
from tidegate.simulator.objects.making import raw


def test_an_object_is_shown_in_its_envelope() -> None:
    street = Street()
    home = street.ask("POST /houses").body["id"]
    made = street.ask("POST /houses/{house}/rooms", {"colour": "blue"}, house=home)
    assert (made.status, made.body) == (201, {"room": {"number": 1, "house": home, "colour": "blue"}})


def test_an_answer_of_another_schema_has_what_fits_of_the_object() -> None:
    street = Street()
    home = street.ask("POST /houses").body["id"]
    shown = street.ask("PUT /houses/{id}/brief", {"title": "T", "colour": "blue"}, id=home).body
    assert shown["title"] == "T"
    assert "colour" not in shown


def test_what_is_no_json_is_an_example_or_some_bytes() -> None:
    assert raw("a,b", "text/csv") == b"a,b"
    assert raw(None, "application/pdf").startswith(b"%PDF")
    assert raw(None, "application/zip")
