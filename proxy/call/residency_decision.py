"""What residency decided about a request, as the call remembers it. No behaviour but its words."""

from dataclasses import dataclass
from typing import Literal

Fate = Literal["send", "drop", "tokenise", "refuse"]


@dataclass(frozen=True, slots=True)
class ResidencyDecision:
    """What was decided, by which rule. `personal`: it holds personal data as it is. `fields` are the pointers met."""

    rule: str
    fate: Fate
    home: str
    region: str
    personal: bool = False
    fields: tuple[str, ...] = ()
    detail: str = ""
    """More about the reason, where there is more."""

    @property
    def sends(self) -> bool:
        """True where something goes out, changed or not."""
        return self.fate != "refuse"

    def why(self, receiver: str) -> str:
        """A sentence for whoever is refused. It names rule, regions and fields, and no value."""
        home, region = self.home or "an unknown region", self.region or "an unknown region"
        what = f"{', '.join(self.fields)} of this request" if self.fields else "This request"
        rule = f"{self.rule}: {self.detail}" if self.detail else self.rule
        return f"{what} may not go from {home} to {receiver} in {region} (rule {rule})."
