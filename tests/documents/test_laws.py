"""Drawn documents are served as they say, and what is made by them is kept: the law of tests.documents.laws.

A few dozen are drawn here, always the same; `make documents-drawn` draws thousands.
"""

import asyncio
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.documents.drawn_documents import DrawnDocument, drawn_documents
from tests.documents.laws import law_holds
from tidegate.simulator.objects.answer_bodies import AnswerBodies

DRAWN = int(os.environ.get("TIDEGATE_DRAWN_DOCUMENTS", "40"))


@settings(
    max_examples=DRAWN, derandomize=DRAWN == 40, deadline=None, database=None,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
@given(drawn_documents())
def test_what_is_made_is_read_listed_changed_and_deleted(drawn: DrawnDocument) -> None:
    asyncio.run(law_holds(drawn))


def test_a_simulator_that_drops_a_field_breaks_the_law(monkeypatch: pytest.MonkeyPatch) -> None:
    placed: Any = AnswerBodies.placed

    def spoilt(*given: Any) -> Any:
        body = placed(*given)
        return {name: {} if isinstance(inner, dict) else inner for name, inner in body.items()}

    @settings(max_examples=40, derandomize=True, deadline=None, database=None, phases=[Phase.generate])
    @given(drawn_documents(), st.just(0))
    def law(drawn: DrawnDocument, _turn: int) -> None:
        asyncio.run(law_holds(drawn))

    monkeypatch.setattr(AnswerBodies, "placed", spoilt)
    with pytest.raises(AssertionError):
        law()
