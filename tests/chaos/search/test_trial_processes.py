"""Processes that play trials end with whoever asked for them, and at once."""

import multiprocessing
import signal
import threading

import pytest

from tidegate.chaos.search.trial_processes import trial_processes


def forever(_: int) -> None:
    threading.Event().wait()


def interrupted() -> None:
    with trial_processes() as pool:
        for number in range(5):
            pool.submit(forever, number)
        raise KeyboardInterrupt


def handlers(_: int) -> list[object]:
    return [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]


def test_a_trial_under_way_does_not_hold_an_interruption_up() -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert multiprocessing.active_children() == []


def test_what_a_terminal_sends_to_all_is_for_the_one_who_asked() -> None:
    with trial_processes() as pool:
        assert pool.submit(handlers, 1).result() == [signal.SIG_IGN, signal.SIG_DFL, signal.SIG_DFL]
