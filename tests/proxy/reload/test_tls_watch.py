"""Tests of tidegate.proxy.reload.tls_watch."""

import asyncio
import shutil
from pathlib import Path

from tests.authority import Authority
from tests.proxy.town import Town, play
from tidegate.proxy.access.listener_tls import TlsFiles
from tidegate.proxy.identity.access_config import ListenerTls
from tidegate.proxy.reload.tls_watch import CHECK_EVERY_S, watch_tls


def test_a_change_is_told_in_the_log_and_the_audit_log(tmp_path: Path) -> None:
    ca = Authority(tmp_path)
    live = [tmp_path / "live.pem", tmp_path / "live.key"]

    def put(name: str) -> None:
        for made, to in zip(ca.issue(name, "localhost"), live, strict=True):
            shutil.copy(made, to)

    async def story(town: Town) -> None:
        put("first")
        files = TlsFiles("tls.gateway", ListenerTls(cert=live[0], key=live[1]))
        proxy, machine = town.proxy, town.machine
        watch = town.world.run(watch_tls(machine, [files], proxy.telemetry, proxy.audit))
        task = asyncio.ensure_future(watch)
        put("second")
        await town.world.sleep(3 * CHECK_EVERY_S)
        live[1].write_text("nothing")
        await town.world.sleep(3 * CHECK_EVERY_S)
        task.cancel()
        notes = [line["note"] for line in town.log() if str(line.get("note", "")).startswith("certificate")]
        assert notes == ["certificate accepted", "certificate refused"]
        await proxy.audit.flush(5.0)
        rows = await proxy.parts.store.audit.rows(target="file:tls.gateway")
        assert len(rows) == 2

    play(tmp_path, [200], story)


async def test_without_files_there_is_nothing_to_watch() -> None:
    await watch_tls(None, [], None, None)  # type: ignore[arg-type]  # none of them is asked
