"""The proxy, as those see it who put changes in force. It names no part that they do not touch."""

from collections.abc import Mapping
from typing import Protocol

from tidegate.proxy.assembly import ProxyParts
from tidegate.proxy.config import Config
from tidegate.proxy.configured_vendors import ConfigChange
from tidegate.proxy.reload.secret_revocation import SecretRevocation
from tidegate.proxy.telemetry.telemetry import Telemetry
from tidegate.proxy.upstream.upstream import Upstream


class ReloadedProxy(Protocol):
    """See tidegate.proxy.app.Proxy."""

    file: Mapping[str, object]
    refused: dict[str, Mapping[str, object]]

    @property
    def config(self) -> Config:
        """The configuration that is in force."""
        ...

    @property
    def parts(self) -> ProxyParts:
        """Its parts."""
        ...

    @property
    def telemetry(self) -> Telemetry:
        """The telemetry in which a reload is noted."""
        ...

    @property
    def revocation(self) -> SecretRevocation:
        """What ends old secrets at vendors."""
        ...

    def change(self, to: ConfigChange) -> list[Upstream]:
        """Put a change in force, whole. Returns the upstreams that it took out of force."""
        ...
