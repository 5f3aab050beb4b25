"""An object tells of those around it by a field that the path's parameter or the collection's word names."""

import pytest

from tests.simulator.small_vendor import TEXT, SmallVendor, fields, operation
from tidegate.simulator.document.parent_fields import parent_fields
from tidegate.simulator.document.path_template import read_template


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ({"id": TEXT, "userId": TEXT}, [("userId", "")]),
        ({"id": TEXT, "uid": TEXT, "userId": TEXT}, [("uid", "")]),
        ({"id": TEXT, "user": fields(id=TEXT, name=TEXT)}, [("user", "id")]),
        ({"id": TEXT, "user": {"type": "boolean"}}, []),
        ({"id": TEXT, "title": TEXT}, []),
        ({"id": TEXT, "metadata": fields(name=TEXT, userId=TEXT)}, [("metadata", "userId")]),
        ({"id": TEXT, "uid": TEXT, "metadata": fields(uid=TEXT)}, [("uid", "")]),
    ],
)
def test_the_field_is_found(shape: dict[str, object], expected: list[tuple[str, str]]) -> None:
    document = SmallVendor({"/x": {"get": operation(fields(**shape))}}).document
    found = parent_fields(document, read_template("/users/{uid}/orders/{id}"), shape, "id")
    assert [(parent.field, parent.inner) for parent in found] == expected
