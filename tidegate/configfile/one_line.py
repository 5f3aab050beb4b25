"""A text of one line: YAML's blocks (`|`, `>`) end with a line break, and what is written over lines is one sentence.

Such texts stand in the cells of tables and in the labels of alerts, which are compared letter by letter.
"""

from typing import Annotated

from pydantic import AfterValidator


def one_line(text: str) -> str:
    """The words of a text, with one blank between them."""
    return " ".join(text.split())


OneLine = Annotated[str, AfterValidator(one_line)]
