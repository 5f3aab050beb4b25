"""`bad_chunk`: a chunk of the answer has no size."""

from typing import ClassVar, Literal

from tidegate.configfile.units import Portion
from tidegate.simulator.trouble.aimed_fault import RequestFault
from tidegate.simulator.trouble.wire import End


class BadChunk(RequestFault):
    """The request is carried out; the answer comes in chunks, and after `share` of it a chunk's size is no number."""

    kind: Literal["bad_chunk"] = "bad_chunk"
    harmful: ClassVar[bool] = True
    share: Portion = 0.5

    @property
    def ending(self) -> End:
        """The chunk without a size, then a close."""
        return "bad-chunk"

    @property
    def sent_share(self) -> float:
        """The share."""
        return self.share

    @property
    def chunked(self) -> bool:
        """Always."""
        return True
