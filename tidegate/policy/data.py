"""The personal data that may be sent to the vendor."""

from typing import Annotated, Literal

from tidegate.configfile.block import Block, NotYet, Pointer


class Data(Block):
    """Which personal data may be sent to the vendor's region."""

    may_leave: tuple[Pointer, ...] = ()
    """The fields that may be sent."""
    otherwise: Annotated[Literal["refuse"] | None, NotYet("refusing bodies by field")] = None
    """What happens to a request that carries another field of `personal_data`."""
