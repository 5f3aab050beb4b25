"""The domain knows no vendor: no word of any of them stands in the ports, and the apps of the domain name none."""

import re
from pathlib import Path

import pytest

from tidegate.vendor.search_path import find_vendors

ROOT = Path(__file__).resolve().parents[3]
PORTS = [
    *sorted((ROOT / "adapters" / "ports").rglob("*.py")),
    *sorted((ROOT / "adapters" / "fallback").rglob("*.py")),
    ROOT / "chaos" / "apps" / "order_app.py",
]
"""The ports, what stands in for a vendor behind them, and the app that is played."""
WORDS = (
    "payment_?intent", r"psp_?reference", "merchant_?account", "twiml", r"message_?sid", "woo", "chat_?completion",
    "max_tokens", r"pull_?request", r"merge_?request", r"pm_card",
)  # fmt: skip
"""Words that one vendor alone has for something of the domain."""


def vendor_names() -> list[str]:
    """Those that ship; `warehouse` is our own, and the domain's own word."""
    return sorted({*find_vendors()} - {"warehouse"})


@pytest.mark.parametrize("file", PORTS, ids=lambda file: file.name)
def test_a_port_has_no_word_of_a_vendors(file: Path) -> None:
    pattern = re.compile("|".join((*vendor_names(), *WORDS)), re.IGNORECASE)
    assert [line for line in file.read_text(encoding="utf-8").splitlines() if pattern.search(line)] == []


def test_a_vendors_word_would_be_noticed() -> None:
    assert {"stripe", "adyen", "twilio"} <= {*vendor_names()}
    assert len(PORTS) > 5
