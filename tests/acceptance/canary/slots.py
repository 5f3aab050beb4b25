"""The canaries: a value of its own for every slot that a secret can stand in, and where it may be found all the same.

`ours` are what Tidegate holds: none may be seen anywhere. `sent` are what an app sends for the vendor, and `answered`
what a vendor answers: they go through, and into the store, because that is what a proxy and an outbox are for; but into
no log, span or metric, and on no page but where SHOWN says so.
"""

import base64
import random
import string
from dataclasses import dataclass
from typing import Literal

Kind = Literal["ours", "sent", "answered"]

_SIGNS = "-._+/=~&"
"""Signs that encodings write in their own ways."""


@dataclass(frozen=True, slots=True)
class Canary:
    """One slot and its value."""

    slot: str
    kind: Kind
    value: str


OURS = (
    "vendor secret", "vendor secret after", "basic password", "placeholder secret", "shop token", "desk token",
    "whsec vendor", "whsec app", "whsec callback", "seal key", "collector header",
    "client secret", "first refresh token", "granted access token", "granted refresh token",
)  # fmt: skip
SENT = (
    "header", "cookie", "query", "query api_key", "path", "body password", "body email", "form token", "userinfo",
    "idempotency key", "unknown token", "unknown placeholder", "traceparent", "absolute query",
)  # fmt: skip
ANSWERED = (
    "set-cookie",
    "answer header",
    "answer access_token",
    "answer refresh_token",
    "location",
    "webhook token",
    "error text",
)
SHOWN = {
    "query": ("page",),
    "error text": ("page",),
    "idempotency key": ("page", "tidegate", "control", "cassette", "requests"),
    "body email": ("control", "cassette"),
    "body password": ("control /state",),
}
"""Slot → the beginnings of outputs that show it, because people need it there: what a call was about, under which key;
and the simulator keeps what it was sent."""


class Canaries:
    """All of one run. `seed` draws the values."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed)
        kinds: tuple[tuple[Kind, tuple[str, ...]], ...] = (("ours", OURS), ("sent", SENT), ("answered", ANSWERED))
        self.all = [Canary(slot, kind, _value(slot, rng)) for kind, slots in kinds for slot in slots]
        self._values = {canary.slot: canary.value for canary in self.all}

    def __getitem__(self, slot: str) -> str:
        return self._values[slot]


def _value(slot: str, rng: random.Random) -> str:
    if slot.startswith("whsec"):
        return "whsec_" + base64.b64encode(rng.randbytes(24)).decode()
    if slot == "seal key":
        return base64.b64encode(rng.randbytes(32)).decode()
    letters = "".join(rng.choices(string.ascii_letters + string.digits, k=24))
    if slot in (
        "path",
        "idempotency key",
        "traceparent",
        "unknown placeholder",
        "userinfo",
        "body email",
    ):
        return f"canary{letters}"
    # Signs in the middle, so that each encoding changes it.
    with_signs = slot in ("vendor secret", "basic password", "placeholder secret")
    sign = "".join(rng.sample(_SIGNS, 3)) if with_signs else "-"
    prefix = "tg_" if "token" in slot and slot.split(maxsplit=1)[0] in ("shop", "desk", "unknown") else "canary"
    return f"{prefix}{letters[:12]}{sign}{letters[12:]}"
