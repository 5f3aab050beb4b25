"""Looks at the files of the listeners' TLS, and puts a change in force: told in the log and the audit log."""

from collections.abc import Sequence

from tidegate.proxy.access.listener_tls import TlsFiles
from tidegate.proxy.audit.audit_recorder import AuditRecorder
from tidegate.proxy.telemetry.telemetry import Telemetry
from tidegate.world.world import World

CHECK_EVERY_S = 1.0


async def watch_tls(world: World, files: Sequence[TlsFiles], telemetry: Telemetry, audit: AuditRecorder) -> None:
    """Look every CHECK_EVERY_S seconds, until this is cancelled. Without files there is nothing to look at."""
    while files:
        await world.sleep(CHECK_EVERY_S)
        for one in files:
            look(one, world, telemetry, audit)


def look(files: TlsFiles, world: World, telemetry: Telemetry, audit: AuditRecorder) -> None:
    """Look once."""

    def told(what: str, why: str) -> None:
        telemetry.note(f"certificate {what}", world.wall(), listener=files.key, why=why)
        audit.record(f"reload.{what}", target=f"file:{files.key}", reason=why)

    files.check(told)
