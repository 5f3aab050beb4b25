"""The whole vendor file as typed values."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.tidegate.files import put
from tidegate.vendor.vendor import Vendor
from tidegate.vendor.vendor_file import load_vendor


def test_a_name_can_stand_in_a_path(tmp_path: Path) -> None:
    assert load_vendor(put(tmp_path)).vendor.vendor == "shop"
    with pytest.raises(ValidationError, match="pattern"):
        Vendor.model_validate_json('{"vendor": "My Shop"}')


def test_what_must_be_written_is_little() -> None:
    needed = {name for name, field in Vendor.model_fields.items() if field.is_required()}
    assert needed == {"vendor", "purpose", "document", "facts"}
