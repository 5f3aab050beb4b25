"""`tidegate contracts verify`."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.contracts.providers import simulated
from tests.tidegate.report.page_reading import ReadPage
from tidegate.cli import main
from tidegate.contracts.consumers.messages.stripe_events import EXPECTATIONS as MESSAGES
from tidegate.contracts.consumers.stripe_payments import EXPECTATIONS
from tidegate.contracts.expectation import Expectation, make_pact, write

WRONG = Expectation("a list is a number", "GetRefunds", "GET", "/v1/refunds", 200, {"object": 3})


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as leave:
        main(["contracts", "verify", *arguments])
    return leave.value.code if isinstance(leave.value.code, int) else 0


def test_our_simulator_keeps_the_committed_pacts(capfd: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    count = len(EXPECTATIONS) + len(MESSAGES)
    assert capfd.readouterr().out == f"stripe: {count} of {count} interactions verified, 0 broken\n"


def test_a_broken_pact_is_exit_1_and_one_json_document(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write(make_pact("c", "stripe", [WRONG]), tmp_path)
    page = tmp_path / "page.html"
    assert run("--pacts", str(tmp_path), "--json", "--html", str(page)) == 1
    assert "$.object" in ReadPage(page.read_text(encoding="utf-8")).text
    report = json.loads(capfd.readouterr().out)
    assert (report["held"], report["verified"], report["declared"]) == (False, 1, 1)
    assert report["mismatches"] == [
        {
            "interaction": "a list is a number",
            "path": "$.object",
            "expected": "3",
            "actual": '"list"',
            "says": report["mismatches"][0]["says"],
        }
    ]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nobody"], "there is no vendor nobody"),
        (["slack"], "no pact with slack; there are pacts with adyen"),
        (["--url", "http://127.0.0.1:1"], "no provider answers on http://127.0.0.1:1: Connection refused"),
        (["--url", "http://127.0.0.1:99999"], "no address of a provider"),
        (["--url", "http://a.invalid"], "no provider answers on http://a.invalid"),
        (["--pacts", "/nowhere"], "no pact with stripe"),
        (["--url", "nowhere"], "no address of a provider"),
        (["--token-env", "TIDEGATE_UNSET"], "TIDEGATE_UNSET is not set"),
    ],
)
def test_wrong_usage_is_exit_2_and_one_sentence(
    arguments: list[str], says: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 2
    said = capfd.readouterr()
    assert says in said.err
    assert said.out == ""


async def test_another_provider_is_verified_at_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEGATE_KEY", "of the sandbox")
    async with simulated() as (url, states_url):
        code = await asyncio.to_thread(run, "--url", url, "--states-url", states_url, "--token-env", "TIDEGATE_KEY")
    assert code == 0
