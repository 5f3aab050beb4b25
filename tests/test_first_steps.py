"""What docs/first-steps.md tells a person to do works, step by step, and shows what the page says."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.proxy.test_up import ports
from tidegate.cli import main
from tidegate.loadtests.programs import Program, tidegate

PAGE = Path(__file__).resolve().parent.parent / "docs" / "first-steps.md"


@pytest.mark.slow
def test_the_first_steps_go_as_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = PAGE.read_text(encoding="utf-8")
    [program] = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    lost, away = re.findall(r"^\$ .venv/bin/tidegate control arm '(.*)'$", page, re.MULTILINE)
    port, simulator, admin = ports()
    ported = program.replace("127.0.0.1:8080", f"127.0.0.1:{port}")
    assert ported != program
    monkeypatch.setenv("TIDEGATE_ADMIN", f"http://127.0.0.1:{admin}")
    monkeypatch.setenv("TIDEGATE_SIMULATOR", f"http://127.0.0.1:{simulator + 1}")

    def pay(key: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-c", ported, key], capture_output=True, text=True, check=False)

    def printed(*words: str) -> str:
        capsys.readouterr()
        with pytest.raises(SystemExit):
            main(words)
        return capsys.readouterr().out

    options = ("--port", str(port), "--simulator-port", str(simulator), "--admin-port", str(admin))
    with Program("up", tidegate("up", *options), tmp_path) as running:
        running.wait_until(lambda: "Ctrl-C" in running.log.read_text())
        first, again = pay("order-1"), pay("order-1")
        assert re.fullmatch(r"pi_\w+ succeeded\n", first.stdout), first.stderr
        assert again.stdout == first.stdout, again.stderr
        printed("control", "arm", lost)
        assert re.fullmatch(r"pi_\w+ succeeded\n", pay("order-2").stdout)
        assert printed("control", "journal").count("replayed") == 2
        call = json.loads(printed("calls", "--json"))["calls"][-1]
        assert len(call["attempts"]) == 3
        assert "attempt 3" in printed("call", call["call"])
        printed("control", "arm", away)
        assert pay("order-3").returncode == 1
        last = json.loads(printed("calls", "--json"))["calls"][-1]
        assert "it is safe to send it again" in " ".join(printed("call", last["call"]).split())
