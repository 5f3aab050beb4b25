"""Tests of tidegate.cli.proxy.up."""

import re
import socket
from pathlib import Path

import pytest
import stripe

from tidegate.cli import main
from tidegate.cli.proxy.up import TRY
from tidegate.loadtests.programs import Program, answers, free_port, tidegate


def ports() -> tuple[int, int, int]:
    """Free ones for proxy, simulator (with the next one) and admin."""
    while True:
        simulator = free_port()
        with socket.socket() as probe:
            if simulator < 65535 and probe.connect_ex(("127.0.0.1", simulator + 1)) != 0:
                return free_port(), simulator, free_port()


@pytest.mark.slow
def test_what_it_says_to_try_works(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    port, simulator, admin = ports()
    options = ("--port", str(port), "--simulator-port", str(simulator), "--admin-port", str(admin))
    with Program("up", tidegate("up", *options), tmp_path) as running:
        running.wait_until(lambda: "Ctrl-C" in running.log.read_text())
        said = running.log.read_text()
        snippet = re.search(r"^    import stripe\n(?:    .*\n)+", said, re.MULTILINE)
        assert snippet is not None
        assert str(port) in snippet[0]
        exec(re.sub("^    ", "", snippet[0], flags=re.MULTILINE), {"stripe": stripe})
        assert re.fullmatch(r"succeeded\n\['cus_\w+'\]\n", capsys.readouterr().out)
        assert answers(admin, "/state")()
        assert answers(simulator + 1, "/journal")()
        running.stop()
        assert running._process.returncode == 0
    assert not answers(admin, "/readyz")()
    assert not answers(simulator + 1, "/clock")()


def test_ports_that_collide_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["up", "--port", "9101"])
    assert left.value.code == 2
    assert "the ports must differ" in capsys.readouterr().err


@pytest.mark.slow
def test_a_port_in_use_is_one_clear_line(capsys: pytest.CaptureFixture[str]) -> None:
    port, simulator, admin = ports()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(SystemExit) as left:
            main(["up", "--port", str(port), "--simulator-port", str(simulator), "--admin-port", str(admin)])
    said = capsys.readouterr().err
    assert left.value.code == 2
    assert f"cannot listen on 127.0.0.1:{port}: another program is listening there" in said
    assert "Traceback" not in said


def test_every_place_in_the_text_is_filled() -> None:
    told = TRY.format(port=1, simulator=2, control=3, admin=4, log="x")
    assert '"http://127.0.0.1:1/stripe"' in told
    assert '{"faults": [{"kind": "reset_after", "probability": "50%"}]}' in told
