"""`truncate`: the answer's body breaks off."""

from asyncio import BaseTransport
from typing import ClassVar, Literal

from tidegate.configfile.units import Portion
from tidegate.simulator.trouble import wire
from tidegate.simulator.trouble.aimed_fault import RequestFault


class Truncate(RequestFault):
    """The request is carried out; `share` of the answer's body arrives, then the connection ends."""

    kind: Literal["truncate"] = "truncate"
    harmful: ClassVar[bool] = True
    share: Portion = 0.5

    @property
    def sent_share(self) -> float:
        """The share."""
        return self.share

    def send(self, transport: BaseTransport | None, raw: wire.RawAnswer) -> bool:
        """Head and share at once, whatever the pace."""
        wire.truncate(transport, raw.answer, raw.headers, 0.0 if raw.bodyless else self.share)
        return True
