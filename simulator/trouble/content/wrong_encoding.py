"""`wrong_encoding`: Content-Encoding says gzip, and the body is not."""

from dataclasses import replace
from typing import ClassVar, Literal

from tidegate.simulator.answer.answer import Answer
from tidegate.simulator.trouble.aimed_fault import RequestFault


class WrongEncoding(RequestFault):
    """The request is carried out; Content-Encoding says gzip, and the body is not."""

    kind: Literal["wrong_encoding"] = "wrong_encoding"
    harmful: ClassVar[bool] = True

    def spoil(self, answer: Answer, noise: int) -> Answer:
        """The header is put in."""
        del noise
        return replace(answer, headers={**answer.headers, "Content-Encoding": "gzip"})
