"""`odd`: the vendor's answers come as they rarely do, and are good answers all the same."""

from typing import Literal

from tidegate.chaos.trouble.surrounding_fault import LastingFault, OddForm, Setting


class OddAnswers(LastingFault):
    """Each whole answer of the vendor comes in an odd `form`.

    `surplus`: with a byte behind it that belongs to nothing. `long`: with a line of 9,000 bytes in its head. `many`:
    with 150 lines more. `interim`: behind an interim answer (RFC 9110 §15.2). `coded`: under gzip, though nobody asked.
    """

    kind: Literal["odd"] = "odd"
    form: OddForm

    def shift(self, stage: Setting, sign: int) -> None:
        """Every way."""
        for line in stage.lines:
            if sign > 0:
                line.odd.append(self.form)
            else:
                line.odd.remove(self.form)
