"""The tag's header is one that an app may send: it speaks of no account, and is none of the network's."""

from tidegate.scenario.call_tag import TAG_CHARACTERS_MAX, TAG_HEADER


def test_the_tag_is_an_ordinary_header() -> None:
    assert not TAG_HEADER.lower().startswith(("x-", "tidegate-"))
    assert TAG_CHARACTERS_MAX >= 40
