"""Fields that may leave are addressed by pointers; what is written is told in words, what cannot hold is refused."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.proxy.examples import plan
from tests.tidegate.files import put
from tidegate.policy.data import Data, ResidencyRule, describe
from tidegate.vendor.vendor_file import read_vendor


def test_a_field_is_a_json_pointer() -> None:
    assert Data.model_validate({"may_leave": ("/email",)}).may_leave == ("/email",)
    with pytest.raises(ValidationError, match="pattern"):
        Data.model_validate({"may_leave": ("email",)})


def test_what_may_leave_is_told_in_words() -> None:
    assert describe(plan()) == "no rule of the vendor file"
    data = Data.model_validate({"may_leave": ("/email",), "otherwise": "drop", "region": "us"})
    assert describe(plan(data=data)) == "/email may leave; others are left out; kept in us"


def test_tokens_need_their_key(tmp_path: Path) -> None:
    (finding,) = read_vendor(put(tmp_path, ("policy:\n", "policy:\n  data: {otherwise: tokenise}\n"))).findings
    assert finding.path == "policy.data"
    assert "token_key" in finding.message


def test_a_rule_names_regions_or_all_of_them() -> None:
    rule = {"id": "eu-us", "home": ("eu",), "to": ("*",), "data": "other"}
    assert ResidencyRule.model_validate(rule).to == ("*",)
    for wrong in ({"home": ()}, {"to": ("e u",)}, {"data": "some"}, {"id": "E U"}):
        with pytest.raises(ValidationError):
            ResidencyRule.model_validate(rule | wrong)
