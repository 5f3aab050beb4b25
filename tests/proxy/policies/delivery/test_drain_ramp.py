"""What has just got up is not run over."""

from tidegate.proxy.policies.delivery.drain_ramp import DrainRamp


def test_it_doubles_up_to_the_bound_and_begins_anew_when_the_vendor_goes() -> None:
    ramp = DrainRamp(6)
    seen = [ramp.allowed]
    for _ in range(4):
        ramp.went()
        seen.append(ramp.allowed)
    ramp.away()
    assert [*seen, ramp.allowed] == [1, 2, 4, 6, 6, 1]


def test_a_write_that_fails_alone_halves_it_and_a_second_one_leaves_one() -> None:
    ramp = DrainRamp(16)
    ramp.allowed = 16
    seen = []
    for write in ("a", "a", "b"):
        ramp.away(write)
        seen.append(ramp.allowed)
    assert seen == [8, 4, 1]


def test_a_limit_halves_it_and_leaves_one() -> None:
    ramp = DrainRamp(8)
    ramp.allowed = 5
    seen = []
    for _ in range(4):
        ramp.held()
        seen.append(ramp.allowed)
    assert seen == [2, 1, 1, 1]


def test_a_vendor_fails_for_all_once_two_writes_have_failed_and_none_was_taken() -> None:
    ramp, seen = DrainRamp(8), []
    for write in ("a", "a", "b", "c", "", "went", "b", "b", "a"):
        ramp.went() if write == "went" else ramp.away(write)
        seen.append(ramp.fails_for_all)
    assert seen == [False, False, True, True, True, False, False, False, True]
