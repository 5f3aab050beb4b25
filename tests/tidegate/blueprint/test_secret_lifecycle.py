"""The secret's life from its making to its end, without its value."""

import pytest

from tests.tidegate.blueprint.made import shipped
from tidegate.blueprint.secret_lifecycle import secret_lifecycle, security_controls, worn
from tidegate.vendor.search_path import shipped_vendors


@pytest.mark.parametrize("name", sorted(shipped_vendors()))
def test_every_stage_is_there(name: str) -> None:
    text = secret_lifecycle(shipped(name)[0])
    for stage in ("Made", "Kept", "Given to apps", "Worn", "Changed", "Ended", "Watched", "Hidden"):
        assert f"| {stage} |" in text, stage


def test_where_it_is_worn() -> None:
    assert worn(shipped("stripe")[0].facts.auth) == "`Authorization: Bearer …`"
    assert worn(shipped("shopify")[0].facts.auth) == "the header `X-Shopify-Access-Token`"


def test_what_may_leave_and_how_webhooks_are_taken() -> None:
    text = security_controls(shipped("stripe")[0])
    assert "| Webhooks | verified by stripe" in text
    assert "`/email`" in text
    assert "| Webhooks | none is taken |" in security_controls(shipped("warehouse")[0])
