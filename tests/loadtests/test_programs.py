"""Programs that a run starts and stops."""

import sys
from pathlib import Path

import pytest

from tidegate.loadtests.programs import Program, RunError, answers, fetch, free_port, tidegate

SERVER = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/ready" else 404)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); signal.pause()"


def python(code: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", code, *arguments]


def test_a_program_is_waited_for_answers_and_is_gone_after_its_block(tmp_path: Path) -> None:
    port = free_port()
    assert port < 32_768  # or the kernel may give it to somebody else before it is used
    with Program("a server", python(SERVER, str(port)), tmp_path) as server:
        server.wait_until(answers(port, "/ready"))
        assert fetch(port, "/ready") == (200, b"ok")
        assert not answers(port, "/other")()
    with pytest.raises(OSError, match=r".*"):
        fetch(port, "/ready")


def test_a_program_that_ends_early_is_reported_with_its_last_words(tmp_path: Path) -> None:
    with (
        Program("a server", python("raise SystemExit('no port left')"), tmp_path) as server,
        pytest.raises(RunError, match=r"a server ended with exit code 1:\n  no port left"),
    ):
        server.wait_until(lambda: False)


def test_a_program_that_is_never_ready_is_given_up(tmp_path: Path) -> None:
    with (
        Program("a server", python("import signal; signal.pause()"), tmp_path) as server,
        pytest.raises(RunError, match=r"was not ready within 0\.1 s"),
    ):
        server.wait_until(lambda: False, within_s=0.1)


def test_finish_takes_an_exit_code_of_0_only(tmp_path: Path) -> None:
    with Program("good", python("print('done')"), tmp_path) as good:
        good.finish(30)
    with (
        Program("bad", python("raise SystemExit(3)"), tmp_path) as bad,
        pytest.raises(RunError, match="bad ended with exit code 3"),
    ):
        bad.finish(30)
    with (
        Program("slow", python("import signal; signal.pause()"), tmp_path) as slow,
        pytest.raises(RunError, match=r"slow had not ended after 0\.1 s"),
    ):
        slow.finish(0.1)


def test_a_program_that_does_not_stop_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidegate.loadtests.programs.STOP_WITHIN_S", 0.1)
    with Program("deaf", python(DEAF), tmp_path) as deaf:
        deaf.wait_until(lambda: "deaf" in deaf.log.read_text())
    with pytest.raises(RunError, match="exit code -9"):
        deaf.check()


def test_a_pinned_program_stays_on_its_core(tmp_path: Path) -> None:
    code = "import os, threading; t = threading.Thread(target=lambda: print(os.sched_getaffinity(0))); t.start()"
    waits = (
        "import sys; sys.stdin.read(0)\n" + "import time\nwhile len(__import__('os').sched_getaffinity(0)) > 1: pass\n"
    )
    with Program("pinned", python(waits + code), tmp_path, core=0) as pinned:
        pinned.finish(30)
        assert pinned.log.read_text() == "{0}\n"


def test_this_very_tidegate_is_what_is_run(tmp_path: Path) -> None:
    with Program("version", tidegate("--version"), tmp_path) as version:
        version.finish(60)
        assert version.log.read_text().startswith("tidegate ")
