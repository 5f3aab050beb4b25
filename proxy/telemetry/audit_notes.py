"""The recorder of a proxy's audit log, joined to its log: each row is noted there, secrets taken out."""

from collections.abc import Mapping

from tidegate.proxy.audit.audit_recorder import AuditRecorder
from tidegate.proxy.store.store import Store
from tidegate.proxy.telemetry.telemetry import Telemetry
from tidegate.world.world import World


def audit_recorder(world: World, store: Store, telemetry: Telemetry) -> AuditRecorder:
    """The recorder that writes to `store`."""

    def note(text: str, facts: Mapping[str, str | float]) -> None:
        telemetry.note(text, world.wall(), **facts)

    def redact(text: str) -> str:  # a reload puts another redactor in
        return telemetry.redactor.text(text)

    return AuditRecorder(world, store, note, redact)
