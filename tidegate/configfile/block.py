"""The parts of every block of the vendor file: the strict model, pointers, and marks of fields that are not acted on.

It knows no field of the vendor file.
"""

import ast
import inspect
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from textwrap import dedent
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, GetJsonSchemaHandler, Tag
from pydantic.json_schema import JsonSchemaValue

Pointer = Annotated[str, Field(pattern=r"^(/[^/]*)*$", examples=["/shipping/address"])]
"""A JSON Pointer (RFC 6901) into a body."""

HeaderName = Annotated[str, Field(pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", examples=["Idempotency-Key"])]
"""A field name (RFC 9110 §5.1)."""


@dataclass(frozen=True)
class NotYet:
    """Marks a field that this version reads but does not act on: a file that sets it is refused.

    `what` names the missing feature in plain words. With `values`, only these values are not acted on.
    """

    what: str
    values: tuple[str, ...] = ()

    def refused(self, value: object) -> tuple[str, ...] | None:
        """The parts of a value that are not acted on: an empty tuple for the field as a whole, None for none."""
        if value is None:
            return None
        if not self.values:
            return ()
        written = value if isinstance(value, tuple) else (value,)
        return tuple(str(part) for part in written if part in self.values) or None

    def __get_pydantic_json_schema__(self, core: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Say so in the JSON Schema too, as an annotation that editors show."""
        schema = handler(core)
        schema["x-not-yet"] = {"what": self.what, "values": list(self.values)} if self.values else {"what": self.what}
        return schema


@dataclass(frozen=True)
class SimulatorOnly:
    """Marks a field that the simulator acts on and the proxy does not yet: `tidegate check` says so in a notice."""

    why: str


class Block(BaseModel):
    """A block of the vendor file: unknown keys are refused, values are not coerced."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


def meaning(block: type[BaseModel], name: str) -> str:
    """The meaning of a field: its description, else the docstring beneath it; empty where it has none."""
    return block.model_fields[name].description or _docstrings(block).get(name, "")


@cache
def _docstrings(block: type[BaseModel]) -> dict[str, str]:
    """Read from the source when somebody asks: pydantic's own way reads every class at each start, for 0.1 s in all."""
    docstrings: dict[str, str] = {}
    for part in reversed(block.__mro__):
        if not issubclass(part, BaseModel) or part is BaseModel:
            continue
        body = ast.parse(dedent(inspect.getsource(part))).body[0]
        for field, below in pairwise(body.body if isinstance(body, ast.ClassDef) else ()):
            match field, below:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str() as text)):
                    docstrings[name] = inspect.cleandoc(text)
    return docstrings


BLOCK = Tag("<block>")
WORD = Tag("<word>")
"""Tags of unions that are written as a block or as a word. The brackets keep them apart from field names."""


def _written(value: object) -> str:
    return "<block>" if isinstance(value, dict | list | tuple | BaseModel) else "<word>"


BY_SHAPE = Discriminator(_written)
"""Picks the side of such a union by what is written, so that an error speaks of that side only."""
