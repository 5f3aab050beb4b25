"""A change in words."""

from tidegate.contracts.drift.documents.document_change import DocumentChange, changed, pointer_to, shown
from tidegate.drift.change_kinds import KINDS


def test_the_place_names_the_first_operation_and_counts_the_others() -> None:
    kind = KINDS["response-property-type-changed"]
    change = DocumentChange(kind, "response", "schema", ("A", "B", "C"), "200", "/a/b", old="integer", new="string")
    assert change.place == "A response 200 /a/b and 2 more"
    assert change.sentence == "b is of another type or format: integer → string"


def test_a_request_and_the_whole_api_have_their_places() -> None:
    removed = DocumentChange(KINDS["request-property-removed"], "request", "schema", ("A",), "body", "/a", subject="a")
    assert (removed.place, removed.sentence) == ("A request /a", "a is no longer taken")
    servers = changed("api-servers-changed", "operation", "", old=["a"], new=["b"])
    servers.operations = ()
    assert servers.place == "the whole API"


def test_a_hint_stands_behind_the_words() -> None:
    change = changed("endpoint-deprecated", "operation", "A", hint="it ends on 2027-01-01")
    assert change.sentence == "it is deprecated; it ends on 2027-01-01"
    assert change.document()["kind"] == "endpoint-deprecated"


def test_what_is_long_is_cut() -> None:
    assert shown(["a", 1]) == "a, 1"
    assert len(shown("x" * 1000)) == 121
    assert pointer_to(["a/b", "c~d"]) == "/a~1b/c~0d"
    assert pointer_to(["a"] * 1000).count("/") == 60
