"""What must be answered has a sentence that asks for it, and a field of its own."""

from dataclasses import fields

from tidegate.scaffold.answers import MUST_ANSWER, VendorAnswers


def test_each_question_that_no_document_answers_is_a_field_of_the_answers() -> None:
    names = {field.name.removesuffix("_s") for field in fields(VendorAnswers)}
    assert set(MUST_ANSWER) <= names
    assert all(MUST_ANSWER.values())
