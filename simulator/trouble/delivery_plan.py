"""The plan of one webhook's delivery to one address: faults of webhooks change it before anything is sent."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class DeliveryPlan:
    """The delivery as it will be. `tolerance_s` is how old a time stamp the vendor's documentation lets pass."""

    tolerance_s: float
    faults: list[str] = field(default_factory=list)
    """The modes that have changed it, as the journal tells them."""
    dropped: bool = False
    early: bool = False
    """It is sent at once, and the answer of the request that caused it waits for it."""
    held_s: float | None = None
    """It waits for the next webhook, and so long at most."""
    late_s: float = 0.0
    copies: int = 0
    """The number of times that it is sent beyond the first."""
    stamp_age_s: int = 0
    """Its time stamp says so many seconds ago."""
    secrets_before: tuple[str, ...] = ()
    """Secrets that sign it beside the right one, ahead of it."""
    secrets_instead: tuple[str, ...] = ()

    def secrets(self, right: tuple[str, ...]) -> tuple[str, ...]:
        """The secrets that sign it, where `right` ones would."""
        return self.secrets_instead or (*self.secrets_before, *right)
