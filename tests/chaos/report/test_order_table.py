"""The tables of the order flow."""

from dataclasses import replace
from io import StringIO

from rich.console import Console, RenderableType

from tests.chaos.judge.test_order_promises import GOOD
from tidegate.chaos.judge.order_promises import judge
from tidegate.chaos.play.order_story import OrdersView
from tidegate.chaos.report.order_table import ROWS, orders_line, orders_table, orders_verdict

FIGURES = judge(GOOD)
LOOK = OrdersView(9.5, 20.0, "outage: the warehouse does not answer", 1266, 1772, 1170, 1188, 93, 0, "open")


def printed(table: RenderableType, *, colours: bool = False) -> str:
    out = StringIO()
    Console(file=out, width=80, force_terminal=colours, color_system="standard" if colours else None).print(table)
    return out.getvalue()


def test_runs_stand_side_by_side_in_80_columns() -> None:
    text = printed(orders_verdict({"live": FIGURES, "full length": FIGURES}))
    assert max(len(line.rstrip()) for line in text.splitlines()) <= 80
    for _, name, meaning in ROWS:
        assert name in text
        assert meaning in text
    assert "4.00" in text


def test_a_figure_that_breaks_a_promise_is_red_and_one_that_keeps_it_green() -> None:
    good, bad = (printed(orders_verdict({"run": run}), colours=True) for run in (FIGURES, replace(FIGURES, p99_s=31.0)))
    assert "\x1b[31m" not in good
    assert "\x1b[31m" in bad


def test_the_live_table_fits_80_columns_and_shows_what_matters() -> None:
    text = printed(orders_table(LOOK))
    assert max(len(line.rstrip()) for line in text.splitlines()) <= 80
    for word in ("outage", "1,266 orders", "1,772 webhooks", "93 wait", "1,188 requests", "open"):
        assert word in text


def test_a_line_without_a_terminal_fits_80_columns() -> None:
    assert len(orders_line(LOOK)) <= 80
