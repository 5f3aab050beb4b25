"""What one file says for others counts: settings, timeouts for all, modules of the app's own."""

from pathlib import Path

import pytest

from tidegate.scan.python.python_scan import parse_python
from tidegate.scan.scanning import scan
from tidegate.scan.vendor_hosts import VendorHosts


def rules(folder: Path, **files: str) -> set[str]:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    return {one.rule_name for one in scan([folder], VendorHosts({"api.stripe.com": "stripe"})).findings}


def test_a_setting_in_one_file_redirects_an_sdk_in_all(tmp_path: Path) -> None:
    pay = "import stripe\nstripe.Charge.create()\n"
    assert rules(tmp_path, pay=pay) == {"vendor-type", "bypass-sdk"}
    assert rules(tmp_path, pay=pay, setup="import stripe\nstripe.api_base = URL\n") == {"vendor-type"}


def test_a_timeout_for_every_call_counts(tmp_path: Path) -> None:
    call = "import urllib.request\nurllib.request.urlopen(u)\n"
    assert rules(tmp_path, call=call) == {"no-timeout"}
    assert rules(tmp_path, call=call, setup="import socket\nsocket.setdefaulttimeout(5)\n") == set()


def test_a_session_that_was_given_a_timeout_of_its_own(tmp_path: Path) -> None:
    made = "import requests\nclass TimeoutSession(requests.Session):\n  pass\n"
    assert rules(tmp_path, made=made, call="import requests\nrequests.Session().get(u)\n") == set()


@pytest.mark.parametrize("text", ["def (", "\x00", "(" * 5_000])
def test_what_is_no_python_is_none(text: str) -> None:
    assert parse_python(text) is None


def test_a_docstring_and_a_relative_import_are_left_alone(tmp_path: Path) -> None:
    text = '"""https://api.stripe.com"""\nfrom . import stripe\nfrom .stripe import Charge\nstripe.x()\n'
    assert rules(tmp_path, a=text) == set()
