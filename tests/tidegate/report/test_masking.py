"""No secret, and nothing that names itself one, is in a report, wherever it stands."""

from dataclasses import dataclass
from typing import Any

import pytest

from tidegate.report.masking import CHARS_MAX, masked


@dataclass(frozen=True)
class Part:
    """A part of a report."""

    texts: Any
    number: float = 1.5


@pytest.mark.parametrize(
    "text",
    [
        "sk_live_abc", "…c2tfbGl2ZV9hYmM=", "https://user:sk_other@vendor.test/x", "/v1?api_key=hidden12",
        '401 {"client_secret": "hidden12"}', "ada@example.com", "4242 4242 4242 4242",
    ],
)  # fmt: skip
def test_a_secret_is_masked_in_every_text_of_a_report(text: str) -> None:
    told = masked(Part([Part((text, f"before {text} after"))]), ["sk_live_abc", ""])
    for hidden in ("sk_live_abc", "c2tfbGl2ZV9hYmM", "sk_other", "hidden12", "ada@example", "4242 4242"):
        assert hidden not in str(told)
    assert told.number == 1.5


def test_what_deceives_or_is_no_text_is_replaced_and_what_is_long_is_cut() -> None:
    texts = masked(Part(["a\x00b", "\ud800", "\u202etxt", "x" * 10_000]), []).texts
    assert texts[:3] == ["a\ufffdb", "\ufffd", "\ufffdtxt"]
    assert len(texts[3]) == CHARS_MAX + 1


def test_what_is_no_secret_stays() -> None:
    words = ["1,234 calls, half within 0.25 s", "tidegate chaos run x.yaml --seed 4242", "order-000001", None, 7]
    assert masked(Part(words), []).texts == words
