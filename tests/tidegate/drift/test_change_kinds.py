"""The names of kinds."""

from tidegate.drift.change_kinds import KINDS, OF_MEANING, OWN


def test_there_are_more_than_thirty_kinds_in_each_direction() -> None:
    for direction in ("request", "response"):
        assert len([kind for kind in KINDS.values() if kind.direction == direction]) >= 30


def test_a_name_says_its_direction() -> None:
    for kind in KINDS.values():
        words = kind.name.split("-")
        if words[0] in ("request", "response"):
            assert kind.direction == words[0], kind.name


def test_our_own_names_are_marked_and_all_others_have_words() -> None:
    assert KINDS.keys() >= OWN
    assert {kind.name for kind in OF_MEANING} <= OWN
    assert all(kind.means for kind in KINDS.values())


def test_what_only_adds_breaks_nobody() -> None:
    for name in ("endpoint-added", "response-optional-property-added", "new-optional-request-parameter",
                 "request-property-became-nullable", "request-body-type-generalized"):  # fmt: skip
        assert KINDS[name].breaks == "never"
