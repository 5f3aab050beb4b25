"""Fields that may leave are addressed in the body, and what this version cannot do is refused."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.tidegate.files import put
from tidegate.policy.data import Data
from tidegate.vendor.vendor_file import read_vendor


def test_a_field_is_a_json_pointer() -> None:
    assert Data.model_validate({"may_leave": ("/email",)}).may_leave == ("/email",)
    with pytest.raises(ValidationError, match="pattern"):
        Data.model_validate({"may_leave": ("email",)})


def test_refusing_bodies_by_field_is_not_acted_on_yet(tmp_path: Path) -> None:
    (finding,) = read_vendor(put(tmp_path, ("policy:\n", "policy:\n  data: {otherwise: refuse}\n"))).findings
    assert (finding.code, finding.path) == ("TG107", "policy.data.otherwise")
