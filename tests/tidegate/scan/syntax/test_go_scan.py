"""What is not certain is left alone in Go, and packages go by their import's name."""

from pathlib import Path

import pytest

from tidegate.scan.scanning import scan
from tidegate.scan.vendor_hosts import VendorHosts

HEAD = 'package a\nimport (\n "net/http"\n ai "github.com/openai/openai-go"\n)\n'


def rules(body: str, folder: Path) -> set[str]:
    (folder / "a.go").write_text(f"{HEAD}func f(u string) {{\n{body}\n}}\n")
    found = scan([folder], VendorHosts({"api.stripe.com": "stripe"})).findings
    return {one.rule_name for one in found} - {"vendor-type"}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("ai.NewClient(o.WithBaseURL(g))", set()),
        ("ai.NewClient(key)", {"bypass-sdk"}),
        ("ai.NewClient(options...)", set()),
        ("c := &http.Client{Timeout: t}; c.Get(u)", set()),
        ("c := &http.Client{}; c.Get(u)", {"no-timeout"}),
        ("v, _ := m[u]; use(v)", set()),
        ("c := &http.Client{Timeout: t}; _, _ = c.Get(u)", {"catch-all"}),
        ("for range urls { http.Get(u) }", {"no-timeout"}),
        ('return "https://api.stripe.com/v1"', {"bypass-host"}),
        ('errors.New("https://api.stripe.com/v1")', set()),
    ],
)
def test_go(body: str, found: set[str], tmp_path: Path) -> None:
    assert rules(body, tmp_path) == found
