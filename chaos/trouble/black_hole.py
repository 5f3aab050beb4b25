"""`black_hole`: the first address of a vendor's name answers nothing."""

from typing import ClassVar, Literal

from tidegate.chaos.trouble.surrounding_fault import LastingFault, Setting


class BlackHole(LastingFault):
    """The vendor's name leads to one more address, the first, which drops all that is sent to it.

    So it is where a machine has an IPv6 address and no way out by IPv6, or where one of a vendor's machines is gone and
    its name does not know. Whoever tries one after the other, each with a timer of its own (RFC 8305), hardly notices.
    """

    kind: Literal["black_hole"] = "black_hole"
    trips_breaker: ClassVar[bool] = False

    def shift(self, stage: Setting, sign: int) -> None:
        """Every vendor's name."""
        stage.black_hole(on=sign > 0)
