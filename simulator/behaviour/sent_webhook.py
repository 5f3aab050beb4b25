"""An address that wants webhooks, and a webhook that was sent to one. Data only."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class WebhookEndpoint:
    """An address that wants webhooks. `events` are names or patterns."""

    url: str
    events: tuple[str, ...] = ("*",)
    secret: str = ""


@dataclass(slots=True)
class SentWebhook:
    """One webhook to one address. `tries` has a status for each try, 0 where there was no answer."""

    n: int
    name: str
    event: str
    url: str
    at: float
    request: int
    faults: tuple[str, ...] = ()
    tries: list[int] = field(default_factory=list)

    def described(self) -> dict[str, Any]:
        """As data."""
        return {
            "n": self.n,
            "name": self.name,
            "event": self.event,
            "url": self.url,
            "at": round(self.at, 6),
            "request": self.request,
            "faults": list(self.faults),
            "tries": list(self.tries),
        }
