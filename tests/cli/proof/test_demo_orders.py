"""`tidegate demo orders`: its verdict, of figures that are given; and all of it, on real sockets."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos.judge.test_order_promises import GOOD
from tests.tidegate.report.page_reading import ReadPage
from tidegate.chaos.judge.order_promises import OrderFigures, judge
from tidegate.chaos.play.order_flow import PlayedOrders
from tidegate.cli import main
from tidegate.cli.proof import demo_orders

HELD = judge(GOOD)


@pytest.mark.parametrize(
    ("live", "code", "broken"),
    [
        (HELD, 0, []),
        (replace(HELD, dead=1), 1, ["live: dead: 1 orders are dead letters, and nothing was wrong with them"]),
    ],
)
def test_a_promise_that_broke_live_is_exit_code_1(
    live: OrderFigures,
    code: int,
    broken: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(demo_orders, "played_live", lambda *_: live)
    monkeypatch.setattr(demo_orders, "play_orders", lambda *_: PlayedOrders(HELD, GOOD, [], [], {}, []))
    with pytest.raises(SystemExit) as left:
        main(["demo", "orders", "--json", "--html", str(tmp_path / "orders.html")])
    assert "tidegate demo orders --seed 1" in ReadPage((tmp_path / "orders.html").read_text(encoding="utf-8")).text
    written = capsys.readouterr()
    document = json.loads(written.out)
    assert (left.value.code, document["held"]) == (code, not broken)
    assert set(document) == {"seed", "live", "full_length", "held"}
    assert [line.removeprefix("broken: ") for line in written.err.splitlines() if line.startswith("broken")] == broken


@pytest.mark.slow
def test_the_order_flow_holds_on_real_sockets_with_a_killed_proxy_and_an_outage() -> None:
    """Safety is asked of any machine; how fast it is, of one that does not stand still."""
    program = [sys.executable, "-c", "from tidegate.cli import main; main()", "demo", "orders"]
    done = subprocess.run(
        [*program, "--seconds", "12", "--json"], capture_output=True, text=True, check=False, timeout=115
    )
    document = json.loads(done.stdout)
    broken = [line for line in done.stderr.splitlines() if line.startswith("broken: ")]
    in_time = ("broken: live: late: ", "broken: live: drain: ")
    assert [line for line in broken if not line.startswith(in_time)] == [], done.stderr
    assert (done.returncode, document["held"]) == (1 if broken else 0, not broken)
    for name in ("live", "full_length"):
        assert [document[name][field] for field in ("lost", "backwards", "forged", "dead", "leaked")] == [0] * 5
        assert document[name]["effects"] > 10
    assert document["full_length"]["met_outage"] > 0, "live, a slow machine may start the killed proxy for that long"
    assert "Traceback" not in done.stderr
