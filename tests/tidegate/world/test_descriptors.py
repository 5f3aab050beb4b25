"""How many descriptors there are, in a process whose limit may be changed, and what want of them looks like."""

import errno
import subprocess
import sys

import pytest

from tidegate.world.descriptors import OUR_ERRORS, limit, none_left, out_of_means


def printed(program: str) -> str:
    """What a Python program prints, in a process of its own."""
    started = "import os, resource\nfrom tidegate.world import descriptors\n" + program
    return subprocess.run([sys.executable, "-c", started], capture_output=True, text=True, check=True).stdout.strip()


def test_the_soft_limit_is_raised_to_the_hard_one() -> None:
    program = "resource.setrlimit(resource.RLIMIT_NOFILE, (128, 300))\nprint(descriptors.limit())\n"
    program += "print(descriptors.raise_limit(), resource.getrlimit(resource.RLIMIT_NOFILE))"
    assert printed(program).split("\n") == ["128", "300 (300, 300)"]


def test_a_limit_that_is_as_high_as_it_may_be_stays() -> None:
    program = "resource.setrlimit(resource.RLIMIT_NOFILE, (200, 200))\nprint(descriptors.raise_limit())"
    assert printed(program) == "200"


def test_a_process_without_descriptors_says_so() -> None:
    program = "resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))\nopen_ones = []\n"
    program += "while not descriptors.none_left(): open_ones.append(os.open('/dev/null', os.O_RDONLY))\n"
    program += "os.close(open_ones.pop())\nprint(descriptors.none_left())"
    assert printed(program) == "False"
    assert not none_left()
    assert limit() > 32


@pytest.mark.parametrize(("most", "first"), [(1024, 976), (128, 96), (200, 152)])
def test_the_last_descriptors_are_no_calls(most: int, first: int) -> None:
    program = f"resource.setrlimit(resource.RLIMIT_NOFILE, ({most}, {most}))\nprint(descriptors.reserved_from())"
    assert printed(program) == str(first)


@pytest.mark.parametrize("number", sorted(OUR_ERRORS))
def test_want_of_descriptors_buffers_and_memory_is_ours(number: int) -> None:
    assert out_of_means(OSError(number, "x"))


@pytest.mark.parametrize("error", [OSError(errno.ECONNREFUSED, "x"), TimeoutError(), ValueError()])
def test_nothing_else_is(error: Exception) -> None:
    assert not out_of_means(error)
