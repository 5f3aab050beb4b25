"""What a document says of XML is read as far as it is sound."""

from tidegate.simulator.answer.xml_object import XmlObject, xml_object


def test_what_is_said_is_read() -> None:
    said = {"name": "pet", "namespace": "urn:pets", "prefix": "p", "attribute": True, "wrapped": True}
    assert xml_object({"xml": said}) == XmlObject("pet", "urn:pets", "p", attribute=True, wrapped=True, text=False)


def test_what_is_unsound_is_not_said() -> None:
    nothing = XmlObject("", "", "", attribute=False, wrapped=False, text=False)
    assert xml_object({"xml": {"name": 5, "attribute": "yes"}}) == xml_object({"xml": 7}) == xml_object({}) == nothing


def test_the_kind_of_node_says_the_same() -> None:
    kinds = ("attribute", "element", "text", "cdata", "none")
    read = [xml_object({"xml": {"nodeType": kind}}) for kind in kinds]
    assert [(one.attribute, one.wrapped, one.text) for one in read] == [
        (True, False, False), (False, True, False), (False, False, True), (False, False, True), (False, False, False),
    ]  # fmt: skip
