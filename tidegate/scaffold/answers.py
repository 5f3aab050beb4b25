"""What a person answers about a new vendor: its use, and what no document says.

Data, and the questions that must be answered. How they are asked is the command line's matter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Sensitivity = Literal["public", "internal", "personal"]
Criticality = Literal["high", "medium", "low"]

SENSITIVITIES: tuple[Sensitivity, ...] = ("public", "internal", "personal")
CRITICALITIES: tuple[Criticality, ...] = ("high", "medium", "low")

MUST_ANSWER: Mapping[str, str] = {
    "purpose": "what it is used for, in a sentence",
    "downtime": "how long work may wait while the vendor is away: 0s, 5m, 4h",
    "sensitivity": "what the data is: public, internal or personal",
    "criticality": "how bad it is when the vendor is away: high, medium or low",
}
"""The questions that no document answers, each with what it asks for."""

UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class VendorAnswers:
    """The answers. What is empty is taken from the document, and what that leaves open is listed in the vendor file."""

    vendor: str
    purpose: str
    downtime_s: float
    sensitivity: Sensitivity
    criticality: Criticality
    operations: tuple[str, ...] = ()
    """Operation ids, or patterns like `Post*`."""
    auth: str = ""
    """`bearer`, `basic`, `header:X-Api-Key`, `query:key`."""
    secret: str = ""
    """A reference to it."""
    scopes: str = ""
    limits: tuple[str, ...] = ()
    """Rates, like `100/s`."""
    webhooks: str = ""
    """`none`, or the name of a signature scheme."""
    owner: str = ""
    region: str = ""
    base_url: str = ""
