"""A small part of `make fuzz`, and a bug that it finds."""

import random
from typing import Any
from unittest.mock import patch

import pytest

from tests.chaos.wire_mutants import a_streamed_content_leaves_without_framing
from tests.fuzz import inputs
from tests.fuzz.onramps import ONRAMPS
from tests.fuzz.run import batch, main
from tidegate.proxy.onramp import request_content

INPUTS = 120
"""For each way into the proxy, requests and answers."""


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2 * len(ONRAMPS)))
def test_odd_bytes_are_read_as_the_oracle_reads_them_or_refused(seed: int) -> None:
    assert batch(seed, INPUTS) == []


def test_the_same_seed_draws_the_same_bytes() -> None:
    draws = [[inputs.request(random.Random(seed), "/a") for _ in range(3)] for seed in (1, 1, 2)]
    assert draws[0] == draws[1] != draws[2]
    assert b"".join(inputs.pieces(random.Random(3), draws[0][0])) == draws[0][0]


def found(mutant: Any) -> list[str]:
    with mutant:
        return [flaw for seed in range(0, 6, 2) for flaw in batch(seed)]


def test_a_content_that_is_not_framed_is_found() -> None:
    assert found(a_streamed_content_leaves_without_framing())


def test_a_coding_that_is_not_undone_is_found() -> None:
    assert found(patch.object(request_content, "is_undone", lambda _: True))


def test_the_program_says_which_seed_found_what(capsys: pytest.CaptureFixture[str]) -> None:
    with patch("tests.fuzz.run.fuzz", lambda seeds: [f"seed {seed}: oh" for seed in seeds]):
        assert main(["--inputs", "500", "--first", "4"]) == 1
        assert main(["--seed", "9"]) == 1
    shown = capsys.readouterr().out
    assert "seed 4: oh\nseed 5: oh\n2 of 2 batches found something" in shown
    assert "seed 9: oh" in shown
