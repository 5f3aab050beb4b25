"""A slow wire adds to the way to every vendor, and takes it away again."""

from tests.chaos.trouble.setting import Line, Surroundings
from tidegate.chaos.trouble.wire import Wire


def test_every_way_takes_longer_until_the_fault_is_over() -> None:
    setting, wire = Surroundings(), Wire.model_validate({"delay": "500ms", "jitter": "1s"})
    wire.shift(setting, 1)
    assert setting.lines == [Line(0.5, 1.0), Line(0.52, 1.0)]
    wire.shift(setting, -1)
    assert [round(line.delay_s, 9) for line in setting.lines] == [0.0, 0.02]
