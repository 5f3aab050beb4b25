"""No search for garbage within a trial, and one after it."""

import gc

from tidegate.chaos.play.garbage import rare_collections


def test_garbage_is_not_looked_for_in_between_and_is_again_afterwards() -> None:
    assert gc.isenabled()
    with rare_collections():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_whoever_has_turned_it_off_finds_it_off() -> None:
    gc.disable()
    try:
        with rare_collections():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
