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


def test_the_first_failures_of_a_life_do_not_end_what_an_earlier_one_has_tried() -> None:
    ramp, seen = DrainRamp(8), []
    for _ in range(4):
        ramp.away("a")
        seen.append(ramp.is_too_early(4, 5))
    assert seen == [True, True, True, False]
    assert not DrainRamp(8).is_too_early(3, 5)
    assert not DrainRamp(8).is_too_early(99, None)


def test_a_write_that_this_life_alone_has_tried_gets_no_try_more_than_it_may_have() -> None:
    for most in range(1, 7):
        ramp, tries = DrainRamp(8), 0
        while True:
            ramp.away("a")
            assert not ramp.is_too_early(tries, most)
            tries += 1
            if tries == most:
                break


def test_a_vendor_that_took_one_is_known() -> None:
    ramp = DrainRamp(8)
    ramp.went()
    ramp.away("a")
    assert not ramp.is_too_early(4, 5)


def test_a_vendor_of_which_nothing_is_heard_twice_in_a_row_fails_for_all_though_one_write_alone_was_tried() -> None:
    ramp, seen = DrainRamp(8), []
    for answered in (False, False, False, True, False, None, False, False):
        ramp.went() if answered is None else ramp.away("a", answered=answered)
        seen.append(ramp.fails_for_all)
    assert seen == [False, True, True, False, False, False, False, True]


def test_to_be_left_alone_is_no_silence() -> None:
    ramp = DrainRamp(8)
    for _ in range(3):
        ramp.away()
    ramp.away("a", answered=False)
    assert not ramp.fails_for_all
