"""`wrong_length`: Content-Length is wrong."""

from typing import ClassVar, Literal

from pydantic import model_validator

from tidegate.simulator.trouble.aimed_fault import RequestFault
from tidegate.simulator.trouble.wire import End, RawAnswer


class WrongLength(RequestFault):
    """The request is carried out; Content-Length is wrong by so many bytes, and the connection stays open.

    Too long a length leaves the client waiting for bytes that never come. Too short a one (a negative number) leaves
    bytes in the connection, and the next answer comes after them.
    """

    kind: Literal["wrong_length"] = "wrong_length"
    harmful: ClassVar[bool] = True
    by: int = 10

    @model_validator(mode="after")
    def _is_wrong(self) -> "WrongLength":
        if not self.by:
            raise ValueError("`by: 0` would be right; say how many bytes too many, or too few as a negative number")
        return self

    @property
    def ending(self) -> End:
        """With too long a length, until the client loses patience."""
        return "hang" if self.by > 0 else "open"

    @property
    def chunked(self) -> bool:
        """Never: chunks have no length."""
        return False

    def raw_bytes(self, raw: RawAnswer) -> bytes:
        """The whole answer under the wrong length."""
        return raw.head(self.by) + raw.body
