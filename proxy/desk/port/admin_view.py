"""The running proxy, as the admin port sees it."""

from collections.abc import Mapping
from typing import Literal, Protocol

from tidegate.proxy.config import Config
from tidegate.proxy.telemetry.metrics import VendorState


class AdminView(Protocol):
    """The proxy, as the admin pages see it. See tidegate.proxy.app.Proxy."""

    @property
    def config(self) -> Config:
        """The configuration that is in force."""
        ...

    @property
    def draining(self) -> bool:
        """True where new calls are refused."""
        ...

    @property
    def in_flight(self) -> int:
        """Calls under way."""
        ...

    @property
    def troubles(self) -> Mapping[str, str]:
        """What keeps the proxy itself from working now → a sentence; empty while all is well."""
        ...

    @property
    def store_trouble(self) -> str:
        """Why no keyed write can be recorded; empty where it can."""
        ...

    @property
    def file(self) -> Mapping[str, object]:
        """The tidegate.yaml that is in force: its digest, and since when."""
        ...

    @property
    def refused(self) -> Mapping[str, Mapping[str, object]]:
        """Vendor, or tidegate.yaml → why its file on disk is not in force."""
        ...

    def state(self) -> Mapping[str, VendorState]:
        """The state of every vendor's policies."""
        ...

    def force(self, vendor: str, group: str, to: Literal["open", "closed"] | None) -> bool:
        """Keep a breaker open or closed, or let it go. False where there is none of this name."""
        ...
