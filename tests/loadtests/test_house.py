"""What the programs of a run are started with: made-up secrets for all that the vendor files name."""

from pathlib import Path

import pytest

from tests.tidegate.drawing.ferries import vendor_file
from tidegate.loadtests.house import ACCOUNT, APP, SECRET, app_headers, environ_of, served
from tidegate.vendor.search_path import shipped_vendors
from tidegate.vendor.vendor import Vendor
from tidegate.vendor.vendor_file import load_vendor


def shipped(name: str) -> Vendor:
    return load_vendor(shipped_vendors()[name]).vendor


def test_each_vendors_secret_is_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_API_KEY", "sk_live_of_the_user")
    environ = environ_of([shipped("stripe"), shipped("twilio")])
    assert (environ["STRIPE_API_KEY"], environ["TWILIO_CREDENTIALS"]) == (SECRET, f"{ACCOUNT}:{SECRET}")


def test_every_key_of_a_pool_has_a_value_of_its_own(tmp_path: Path) -> None:
    pool = "pool: {account: one, keys: account}"
    file = vendor_file(
        tmp_path, ("secret: env:FERRIES_KEY", f"secret: env:FERRIES_KEY, secrets: {{eu: env:EU, us: env:US}}, {pool}")
    )
    environ = environ_of([load_vendor(file).vendor])
    assert environ["EU"] != environ["US"]


def test_an_app_sends_its_own_key_in_the_vendors_place() -> None:
    assert app_headers(shipped("adyen")) == {"X-API-Key": APP}
    assert app_headers(shipped("github")) == {"Authorization": f"Bearer {APP}"}


def test_a_file_whose_folder_is_not_called_like_its_vendor_is_served_as_a_copy(tmp_path: Path) -> None:
    other = load_vendor(vendor_file(tmp_path / "boats"))
    same = load_vendor(vendor_file(tmp_path / "ferries"))
    home = tmp_path / "home"
    home.mkdir()
    assert served(same, home) == same.path.resolve()
    file = served(other, home)
    assert file == home / "ferries" / "vendor.yaml"
    copy = load_vendor(file)
    assert copy.vendor.facts == other.vendor.facts
    assert copy.document_path.samefile(other.document_path)
