"""The words of a request mean fields of objects, by their names or by what they hold."""

import pytest

from tests.simulator.small_vendor import TEXT, SmallVendor, collection, fields, listed
from tidegate.simulator.document.worded_fields import named_field, narrowed, worded_field

OWNER = fields("gid", gid=TEXT, name=TEXT)
PET = fields(
    id=TEXT, created_at=TEXT, owner=OWNER, tags=listed(TEXT), labels=listed(OWNER), story=TEXT, categories=listed(TEXT)
)
VENDOR = SmallVendor(collection(PET, listed(PET), PET))
KIND = VENDOR.kind("pets")


@pytest.mark.parametrize(
    ("word", "means"),
    [
        ("tag", ("tags", "is")),
        ("category", ("categories", "is")),
        ("tagname", ("tags", "is")),
        ("label", ("labels", "is")),
        ("ownergid", ("owner", "is")),
        ("ownerid", ("owner", "is")),
        ("labelids", ("labels", "is")),
        ("storyid", ("", "is")),  # a text is no object that has an id
        ("storys", ("", "is")),
        ("createdafter", ("created_at", "gt")),
    ],
)
def test_one_of_several_and_the_id_of_what_is_held_mean_the_field(word: str, means: tuple[str, str]) -> None:
    assert narrowed(VENDOR.document, KIND, word, is_list=False) == means


def test_a_word_may_lack_its_ending_or_lead_into_a_part() -> None:
    assert worded_field(VENDOR.document, KIND, "created") == "created_at"
    assert named_field(VENDOR.document, KIND, "labels.name") == ("labels.name", ("string",))
    assert named_field(VENDOR.document, KIND, "nothing") is None
