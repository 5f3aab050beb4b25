"""What is read of an answer: the object or the list where it stands, and plain fields, the telling ones first."""

from tests.tidegate.scaffold.conftest import COFFEE, PARCELS, shapes_of
from tidegate.scaffold.result_shape import CallResult


def result(name: str, document: object = PARCELS) -> CallResult:
    loaded, shapes = shapes_of(document)
    return shapes.of(loaded.operations[name]).result


def test_a_page_is_a_list_where_the_document_has_it() -> None:
    assert (result("ListParcels").form, result("ListParcels").at) == ("list", ("data",))
    assert (result("ListDepots").form, result("ListDepots").at) == ("list", ())


def test_fields_are_plain_and_few() -> None:
    fields = [(one.name, one.type, one.sure) for one in result("GetParcel").fields]
    assert fields == [
        ("id", "str", True),
        ("state", "str", False),
        ("weight", "int", False),
        ("insured", "bool", False),
        ("price", "float", False),
        ("note", "str", False),
    ]


def test_one_schema_is_one_class() -> None:
    loaded, shapes = shapes_of(PARCELS)
    names = {
        shapes.of(loaded.operations[name]).result.class_name for name in ("GetParcel", "ListParcels", "SendParcel")
    }
    assert len(names) == 1


def test_an_answer_without_a_body_and_one_of_bytes() -> None:
    assert result("DropParcel").form == "nothing"
    assert result("PrintLabel").form == "content"
    assert result("order/show", COFFEE).class_name == "Order"
