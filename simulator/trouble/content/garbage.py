"""`garbage`: bytes without a meaning come."""

import random
from dataclasses import replace
from hashlib import shake_256
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tidegate.simulator.answer.answer import Answer
from tidegate.simulator.trouble.aimed_fault import RequestFault
from tidegate.simulator.trouble.wire import RawAnswer


class Garbage(RequestFault):
    """The request is carried out; bytes without a meaning come instead of the body, or of the whole answer."""

    kind: Literal["garbage"] = "garbage"
    harmful: ClassVar[bool] = True
    instead_of: Literal["body", "answer"] = "body"
    size: Annotated[int, Field(ge=1, le=1 << 20)] = 256

    def noise(self, dice: random.Random) -> int:
        """A number from which the bytes are made."""
        return dice.getrandbits(64)

    def spoil(self, answer: Answer, noise: int) -> Answer:
        """The bytes as the body."""
        return replace(answer, body=shake_256(noise.to_bytes(8, "big")).digest(self.size), events=())

    @property
    def chunked(self) -> bool | None:
        """False where there is no head that could name chunks."""
        return False if self.instead_of == "answer" else None

    def raw_bytes(self, raw: RawAnswer) -> bytes | None:
        """The bytes alone, where they come instead of the whole answer."""
        return raw.whole if self.instead_of == "answer" else None
