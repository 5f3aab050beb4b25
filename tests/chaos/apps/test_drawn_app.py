"""The naive app calls as people do: a new key for each call, again after a lost answer, straight to the vendor."""

import random
from pathlib import Path
from typing import Any

from tests.chaos.kiosk import kiosk_cast
from tidegate.chaos.apps.drawn_app import DrawnApp
from tidegate.chaos.apps.naive_sdk import ConnectionLost, SdkResponse
from tidegate.chaos.apps.retry_loop import Intent, ReportedOutcome
from tidegate.chaos.world.virtual_loop import run


class FakeSdk:
    """Loses the first answer, then answers 201."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, dict[str, str], bytes | None]] = []

    async def send(self, method: str, target: str, headers: dict[str, str], body: bytes | None) -> SdkResponse:
        self.sent.append((method, target, headers, body))
        if len(self.sent) == 1:
            raise ConnectionLost("lost", final=False)
        return SdkResponse(201, {}, b"{}")


def test_a_lost_answer_is_asked_for_again_under_a_new_key(tmp_path: Path) -> None:
    sdk: Any = FakeSdk()

    async def sleep(_: float) -> None:
        return

    app = DrawnApp({"kiosk": sdk}, kiosk_cast(tmp_path).stories, random.Random(1), sleep, lambda: 0.0)
    ended = run(lambda: app.pursue(Intent("order-000001", "sellTicket keyed", 0.0)))
    assert (ended.outcome, ended.statuses) == (ReportedOutcome.DONE, (0, 201))
    (one, other) = sdk.sent
    assert one[:2] == ("POST", "/tickets")
    assert one[3] == other[3]
    assert one[2]["Kiosk-Token"] != other[2]["Kiosk-Token"]
    assert {call[2]["Call-Tag"] for call in sdk.sent} == {"order-000001/1", "order-000001/2"}
