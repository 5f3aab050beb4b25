"""Tests of tidegate.proxy.secrets.secret_source."""

import pytest

from tidegate.configfile.secret_references import SecretRef
from tidegate.proxy.secrets.secret_source import SECRET_BYTES_MAX, SecretFlaw, header_flaw, usable

REF = SecretRef("env", "KEY")


def test_the_end_of_a_line_is_no_part_of_a_secret() -> None:
    assert usable(REF, "sk_live\r\n").reveal() == "sk_live"
    assert usable(REF, " sk live \n\n").reveal() == " sk live "


@pytest.mark.parametrize("text", ["", "\n", "a\0b", "x" * (SECRET_BYTES_MAX + 1)])
def test_what_cannot_be_a_secret_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(SecretFlaw, match=r"^env:KEY: the secret") as refused:
        usable(REF, text)
    assert text.strip() == "" or text not in str(refused.value)


@pytest.mark.parametrize(("text", "good"), [("sk_live", True), ("a\nb", False), ("schlüssel", False), ("a\tb", False)])
def test_only_printable_ascii_stands_in_a_header(text: str, good: bool) -> None:
    assert (header_flaw(text) == "") is good
