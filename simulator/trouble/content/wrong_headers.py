"""`headers`: the answer's headers are tampered with."""

from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Annotated, Literal

from multidict import CIMultiDict
from pydantic import Field, model_validator

from tidegate.simulator.answer.answer import Answer
from tidegate.simulator.trouble.aimed_fault import RequestFault
from tidegate.simulator.trouble.fault_scope import AnswerScope, Changed
from tidegate.simulator.trouble.vendor_fault import Part


class WrongHeaders(RequestFault):
    """The answer's headers are tampered with: some are missing, some come twice, some say something else."""

    kind: Literal["headers"] = "headers"
    drop: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Names, or patterns like `X-RateLimit-*`."""
    double: Annotated[tuple[str, ...], Field(strict=False)] = ()
    put: dict[str, str] = {}  # noqa: RUF012 - pydantic copies a default

    @model_validator(mode="after")
    def _on_one_line(self) -> "WrongHeaders":
        for name, value in self.put.items():
            if any(char < " " and char != "\t" for char in name + value) or ":" in name:
                raise ValueError(f"`put: {name!r}` would not be one header: it breaks its line")
        return self

    @property
    def rules(self) -> Part:
        """It comes with any other fault."""
        return "change"

    def change_answer(self, answer: Answer, scope: AnswerScope) -> Changed | None:
        """The answer under the other headers; None where they are the same."""
        del scope
        made: CIMultiDict[str] = CIMultiDict(answer.headers)
        for name in {*made.keys()}:
            if any(fnmatchcase(name.lower(), pattern.lower()) for pattern in self.drop):
                del made[name]
        for name, value in self.put.items():
            made[name] = value
        for name in self.double:
            for value in made.getall(name, [])[:1]:
                made.add(name, value)
        return None if made == CIMultiDict(answer.headers) else (replace(answer, headers=made), "")
