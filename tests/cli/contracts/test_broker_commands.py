"""`tidegate contracts publish`, `deployable`, and `verify --publish-as`, with a broker that keeps files."""

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.broker_stand_in import TOKEN, broker
from tidegate.cli import main


def run(*arguments: str) -> object:
    with pytest.raises(SystemExit) as left:
        main(["contracts", *arguments])
    return left.value.code


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a broker that runs in a thread of its own, as the commands have a loop of theirs."""
    monkeypatch.setenv("PACT_BROKER_TOKEN", TOKEN)
    loop, ready, stop = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with broker(tmp_path / "broker") as stand_in:
            monkeypatch.setenv("PACT_BROKER_BASE_URL", stand_in.url)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    ready.wait(10)
    yield tmp_path / "broker"
    loop.call_soon_threadsafe(stop.set)
    thread.join(10)
    loop.close()


def test_pacts_are_published_verified_and_deployed(asked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("publish", "warehouse", "--version", "1.2", "--branch", "main") == 0
    assert "1 pacts published as version 1.2" in capsys.readouterr().out
    assert (asked / "orders--warehouse--1.2.json").exists()
    deployed = ("deployable", "orders", "--version", "1.2", "--to", "production")
    assert run(*deployed) == 2
    assert "is not known well enough to go to production: something was never" in capsys.readouterr().out
    assert run("verify", "warehouse", "--publish-as", "1.2:2026-11") == 0
    capsys.readouterr()
    result = json.loads((asked / "orders--warehouse--1.2.result.json").read_bytes())
    assert (result["success"], result["providerApplicationVersion"]) == (True, "2026-11")
    assert run(*deployed, "--json") == 0
    assert json.loads(capsys.readouterr().out)["is_deployable"] is True
    (asked / "orders--warehouse--1.2.result.json").write_text('{"success": false}')
    assert run(*deployed) == 1
    assert "orders 1.2 must not go to production: a verification failed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["publish", "--version", "1"], "no Pact broker is named"),
        (["publish", "nobody", "--version", "1"], "there is no pact with nobody"),
        (["publish", "--version", "1", "--broker", "broker"], "no address of a Pact broker"),
        (["verify", "warehouse", "--publish-as", "1.2"], "it looks like 1.2:2026-11"),
        (["deployable", "a", "--version", "1", "--to", "p"], "no Pact broker is named"),
    ],
)
def test_wrong_usage_is_told(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PACT_BROKER_BASE_URL", raising=False)
    assert run(*arguments) == 2
    assert says in capsys.readouterr().err
