"""The part of a simulator that its control API acts on."""

from collections.abc import Sequence
from typing import Any, Protocol

from tidegate.openapi.document import Document
from tidegate.redaction.redactor import Redactor
from tidegate.simulator.behaviour.webhooks import WebhookSender
from tidegate.simulator.document.resource_operation import ResourceOperations
from tidegate.simulator.objects.service import Service
from tidegate.simulator.record.journal import Journal
from tidegate.simulator.storage.resources import Resources
from tidegate.simulator.trouble.faults import Faults
from tidegate.simulator.trouble.vendor_fault import VendorFault


class ControlTarget(Protocol):
    """A simulator, as its control API sees it. See tidegate.simulator.app.SimulatorServer for each member."""

    vendor: str
    seed: int
    port: int

    @property
    def journal(self) -> Journal: ...  # noqa: D102 - see the class

    @property
    def resources(self) -> Resources: ...  # noqa: D102

    @property
    def service(self) -> Service: ...  # noqa: D102

    @property
    def resource_operations(self) -> ResourceOperations: ...  # noqa: D102

    @property
    def redactor(self) -> Redactor: ...  # noqa: D102

    @property
    def document(self) -> Document: ...  # noqa: D102

    @property
    def faults(self) -> Faults: ...  # noqa: D102

    @property
    def webhooks(self) -> WebhookSender: ...  # noqa: D102

    @property
    def at(self) -> float: ...  # noqa: D102

    @property
    def wall(self) -> float: ...  # noqa: D102

    def arm(self, faults: Sequence[VendorFault]) -> None: ...  # noqa: D102

    def disarm(self, n: int | None = None) -> bool: ...  # noqa: D102

    def accept(self, keys: Sequence[str]) -> None: ...  # noqa: D102

    def reset(self) -> None: ...  # noqa: D102

    async def advance(self, by_s: float) -> None: ...  # noqa: D102

    def snapshot(self) -> dict[str, Any]: ...  # noqa: D102

    def restore(self, data: object) -> None: ...  # noqa: D102
