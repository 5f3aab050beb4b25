"""Tests of tidegate.proxy.telemetry.audit_notes."""

from pathlib import Path

from tests.proxy.town import SECRET, Town, play


def test_a_row_is_noted_in_the_log_and_no_secret_stands_in_either(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        audit = town.proxy.audit
        audit.record("breaker.forced", who="ada", reason=f"not {SECRET}", to="open")
        assert await audit.flush(5.0)
        [row] = await town.proxy.parts.store.audit.rows()
        assert SECRET not in row.line
        assert "[redacted]" in row.line

    play(tmp_path, [], story)
