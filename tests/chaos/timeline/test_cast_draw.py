"""What is drawn about somebody's own vendors is about their operations, and about no refusal that they do not have."""

from pathlib import Path

from tests.chaos.kiosk import kiosk_cast, scenario
from tidegate.chaos.timeline.cast_draw import draw_cast, mix_of, weight_of, written
from tidegate.chaos.timeline.draw import draw


def test_the_same_seed_draws_the_same_and_its_loads_ask_for_the_vendors_operations(tmp_path: Path) -> None:
    cast = kiosk_cast(tmp_path)
    drawn = draw_cast(cast, 3, 5.0)
    assert drawn == draw_cast(cast, 3, 5.0)
    loads = [piece for piece in drawn.pieces if "kind" not in piece]
    assert loads
    assert all(piece["mix"] == mix_of(cast) for piece in loads)
    assert drawn.scenario().load


def test_a_refusal_that_the_vendor_has_no_words_for_is_not_drawn(tmp_path: Path) -> None:
    cast = kiosk_cast(tmp_path)
    means = {piece.get("means") for seed in range(40) for piece in draw_cast(cast, seed, 5.0).pieces}
    ordinary = {piece.get("means") for seed in range(40) for piece in draw(seed, 5.0).pieces}
    assert "exhausted" in ordinary
    assert means <= {None, "quota"}


def test_a_written_scenario_is_played_as_it_is(tmp_path: Path) -> None:
    cast, given = kiosk_cast(tmp_path), scenario(faults=[{"kind": "outage"}])
    drawn = written(cast, given, 7)
    assert (drawn.seed, drawn.seconds, drawn.scenario()) == (7, 30.0, given)


def test_writes_are_asked_for_more_often_than_reads_and_these_than_removals(tmp_path: Path) -> None:
    weights = {source.name: weight_of(source) for source in kiosk_cast(tmp_path).vendors["kiosk"].sources}
    assert weights["sellTicket"] > weights["listTickets"] > weights["returnTicket"]
