"""Every change is an effect, and is told to whoever listens."""

from typing import Any

from tests.simulator.houses import WALL, Street
from tidegate.simulator.objects.operation_request import OperationRequest


def test_a_change_is_an_effect_with_what_the_judge_asks_for() -> None:
    street = Street()
    request = OperationRequest("n", WALL)
    thing = {"id": "hs_1", "amount": 5, "metadata": {"order_id": "o1"}}
    street.service.event_log.record("hs_1", thing, "", request, "houses.created", None)
    assert request.effects == [{"kind": "houses.created", "id": "hs_1", "intent": "o1", "amount": 5}]


def test_whoever_listens_is_told() -> None:
    street, heard = Street(), []

    def listen(effect: str, *_: Any) -> None:
        heard.append(effect)

    street.service.event_log.listener = listen
    made = street.ask("POST /houses").body
    street.ask("DELETE /houses/{id}", id=made["id"])
    assert heard == ["houses.created", "houses.deleted"]
