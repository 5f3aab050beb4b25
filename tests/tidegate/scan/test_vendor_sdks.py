"""A module belongs to the SDK whose name it has, and to no other that begins alike."""

import pytest

from tidegate.scan.vendor_sdks import GO, HOSTS, JAVASCRIPT, PYTHON, sdk_of


@pytest.mark.parametrize(
    ("module", "vendor"),
    [("stripe", "stripe"), ("stripe.error", "stripe"), ("stripes", None), ("openai", "openai"), ("requests", None)],
)
def test_python_modules(module: str, vendor: str | None) -> None:
    sdk = sdk_of(module, PYTHON)
    assert (sdk.vendor if sdk else None) == vendor


def test_other_languages() -> None:
    stripe = sdk_of("github.com/stripe/stripe-go/v76/client", GO, "/")
    assert stripe is not None
    assert stripe.vendor == "stripe"
    assert sdk_of("stripe-mock", JAVASCRIPT, "/") is None


def test_no_module_is_listed_twice() -> None:
    for table in (PYTHON, JAVASCRIPT, GO):
        modules = [module for sdk in table for module in sdk.modules]
        assert len(modules) == len(set(modules))
    assert all(host == host.lower() for hosts in HOSTS.values() for host in hosts)
