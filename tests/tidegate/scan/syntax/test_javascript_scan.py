"""What is not certain is left alone, in JavaScript and TypeScript."""

from pathlib import Path

import pytest

from tidegate.scan.scanning import scan
from tidegate.scan.vendor_hosts import VendorHosts


def rules(text: str, folder: Path, name: str = "a.ts") -> set[str]:
    (folder / name).write_text(text)
    return {one.rule_name for one in scan([folder], VendorHosts({"api.stripe.com": "stripe"})).findings}


@pytest.mark.parametrize(
    "text",
    [
        "function fetch(u) {}\nfetch(u);",
        "import axios from 'axios';\naxios.defaults.timeout = 5;\naxios.get(u);",
        "const options = build();\nfetch(u, options);",
        "fetch(u, { ...defaults });",
        "import x from './stripe';\nnew x.Client();",
        "'use strict';",
    ],
)
def test_nothing_is_found(text: str, tmp_path: Path) -> None:
    assert rules(text, tmp_path) == set()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("window.fetch(u);", {"no-timeout"}),
        ("import got from 'got';\ngot(u);", {"no-timeout"}),
        ("const s = require('stripe')(process.env.KEY);", {"vendor-type", "bypass-sdk"}),
        ("do { try { await fetch(u, o); break; } catch (e) { n(e); } } while (tries--);", {"retry-loop"}),
        ("const u = `https://api.stripe.com/v1/${id}`;", {"bypass-host"}),
    ],
)
def test_what_is_found(text: str, found: set[str], tmp_path: Path) -> None:
    assert rules(text, tmp_path) == found
