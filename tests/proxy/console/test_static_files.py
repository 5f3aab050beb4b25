"""Tests of tidegate.proxy.console.static_files."""

from tidegate.proxy.console.static_files import KINDS, static_address, static_file


def test_every_file_is_there_with_its_digest_in_its_address() -> None:
    for name in KINDS:
        file = static_file(name)
        assert file is not None
        assert file.body
        assert static_address(name) == f"/static/{name}?{file.digest}"


def test_another_file_is_not() -> None:
    assert static_file("../console.py") is None


def test_the_script_writes_no_html_and_evaluates_nothing() -> None:
    file = static_file("console.js")
    assert file is not None
    for way in (b"innerHTML", b"eval(", b"document.write", b"new Function"):
        assert way not in file.body
