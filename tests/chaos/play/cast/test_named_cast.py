"""A vendor that cannot be played is refused with the place and the cure."""

from pathlib import Path

import pytest

from tests.chaos.kiosk import DOCUMENT, DRAWABLE, kiosk
from tidegate.chaos.play.cast.named_cast import named_cast, searched_cast
from tidegate.problems import UsageError


def test_a_vendor_is_named_by_its_file_or_folder(tmp_path: Path) -> None:
    file = kiosk(tmp_path).path
    for named in (str(file), str(file.parent)):
        assert {*named_cast([named], {}).vendors} == {"kiosk"}
    cast = searched_cast((str(file),))
    assert {source.name for source in cast.vendors["kiosk"].sources} == DRAWABLE
    assert searched_cast((str(file),)) is cast


def test_a_file_without_its_document_says_where_it_looked(tmp_path: Path) -> None:
    file = kiosk(tmp_path).path
    (file.parent / "openapi.json").unlink()
    with pytest.raises(
        UsageError, match=r"vendor.yaml:4:\d+: document: there is no file .*openapi.json; .* put it there"
    ):
        named_cast([str(file)], {})


def test_a_document_without_operations_says_so(tmp_path: Path) -> None:
    file = kiosk(tmp_path, document={**DOCUMENT, "paths": {}}).path
    with pytest.raises(UsageError, match=r"openapi.json: this document has no operation"):
        named_cast([str(file)], {})


def test_a_document_of_which_nothing_can_be_asked_for_gives_the_reasons(tmp_path: Path) -> None:
    unsound = {"content": {"application/json": {"schema": {"$ref": "#/nowhere"}}}}
    only = {"/tickets": {"post": {**DOCUMENT["paths"]["/tickets"]["post"], "requestBody": unsound}}}
    file = kiosk(tmp_path, document={**DOCUMENT, "paths": only}).path
    with pytest.raises(UsageError, match=r"(?s)no operation of .*\n  kiosk sellTicket: 501 unsound"):
        searched_cast((str(file),))


def test_an_unknown_vendor_and_one_that_is_named_twice_are_refused(tmp_path: Path) -> None:
    file = str(kiosk(tmp_path).path)
    with pytest.raises(UsageError, match=r"there is no vendor stipe; .*stripe"):
        named_cast(["stipe"], {})
    with pytest.raises(UsageError, match="kiosk is named twice"):
        named_cast([file, file], {})
    with pytest.raises(UsageError, match="17 vendors are too many"):
        named_cast(["stripe"] * 17, {})
