"""What may leave of a request, over the whole matrix: regions, classes, marks, fates, and what can be read."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.policy.data import Data, ResidencyRule
from tidegate.proxy.policies.residency.outgoing_request import OutgoingRequest, OutgoingTerms, decide_request
from tidegate.proxy.policies.residency.residency_rules import ResidencyRules
from tidegate.proxy.policies.residency.tokens import Tokens

TOKENS = Tokens(bytes(range(32)))
PERSONAL = ("/email", "/name")
SECRETS = {"/email": "ada@example.org", "/name": "Ada Lovelace"}


def rules(*written: dict[str, Any]) -> ResidencyRules:
    return ResidencyRules([ResidencyRule.model_validate(one) for one in written], {}, "eu")


ALLOW = {data: {"id": f"all-{data}", "home": ("eu",), "to": ("us",), "data": data} for data in ("personal", "other")}


def request(names: list[str], body: bytes | None = b"", *, streamed: bool = False) -> OutgoingRequest:
    document = {name[1:]: SECRETS[name] for name in names} | {"amount": 5}
    whole = json.dumps(document).encode() if body == b"" else body
    return OutgoingRequest("/v1/people", "application/json", whole, streamed=streamed)


def terms(fate: str | None, leave: list[str], region: str = "us") -> OutgoingTerms:
    written = {"may_leave": leave, "otherwise": fate, "token_key": "env:KEY" if fate == "tokenise" else None}
    return OutgoingTerms(PERSONAL, Data.model_validate(written, strict=False), region, "/v1/people", TOKENS)


@given(
    st.sampled_from([None, "personal", "other", "none"]),
    st.sampled_from([None, "refuse", "drop", "tokenise"]),
    st.lists(st.sampled_from(PERSONAL), unique=True),
    st.lists(st.sampled_from(PERSONAL), unique=True),
    st.sampled_from(["us", "eu", ""]),
)
def test_no_marked_value_goes_where_it_may_not(
    allowed: str | None, fate: str | None, leave: list[str], there: list[str], region: str
) -> None:
    matrix = ResidencyRules() if allowed is None else rules(*[ALLOW[data] for data in (allowed,) if data in ALLOW])
    home = "eu"
    decision, left = decide_request(matrix, terms(fate, leave, region), home, request(there))
    personal_goes = bool(region) and (allowed in (None, "personal") or region == home)
    anything_goes = (bool(region) or allowed is None) and (allowed != "none" or region == home)
    for name in there:
        goes = personal_goes and name in leave
        if decision.sends and not goes:
            assert SECRETS[name].encode() not in (left.body or b"")
    retained = [name for name in there if not (personal_goes and name in leave)]
    if not anything_goes or (retained and (fate in (None, "refuse") or not region)):
        assert decision.fate == "refuse"
    elif retained:
        assert decision.fate == fate
        assert {*decision.fields} == {*retained}
    else:
        assert decision.fate == "send"
        assert left == request(there)
    if decision.sends:
        assert json.loads(left.body or b"")["amount"] == 5
        assert decision.personal or not any(name in leave and personal_goes for name in there)


def test_a_field_that_is_in_one_that_may_leave_may_leave() -> None:
    data = Data(may_leave=("/ship",), otherwise="drop")
    ship = OutgoingTerms(("/ship/name", "/email"), data, "us")
    assert ship.retained(personal_goes=True) == ("/email",)
    assert ship.retained(personal_goes=False) == ("/ship/name", "/email")


@pytest.mark.parametrize(
    ("asked", "rule"),
    [
        (request([], None, streamed=True), "not-kept"),
        (request([], None), "unreadable"),
        (request([], b"{"), "unreadable"),
        (OutgoingRequest("/v1", "text/plain", b"mail ada"), "unreadable"),
        (OutgoingRequest("/v1", "application/x-www-form-urlencoded", b"\xff=1"), "unreadable"),
        (OutgoingRequest("/v1", "application/json", b'{"email": 5}'), "no-token"),
    ],
)
def test_what_a_rule_needs_and_cannot_have_is_refused(asked: OutgoingRequest, rule: str) -> None:
    decision, left = decide_request(ResidencyRules(), terms("tokenise", []), "eu", asked)
    assert (decision.fate, decision.rule) == ("refuse", rule)
    assert left is asked


def test_what_no_rule_needs_is_not_read() -> None:
    asked = request([], None, streamed=True)
    decision, _ = decide_request(rules(ALLOW["personal"]), terms("drop", [*PERSONAL]), "eu", asked)
    assert (decision.fate, decision.rule, decision.personal) == ("send", "all-personal", True)


def test_reversible_tokens_hold_their_text() -> None:
    data = Data.model_construct(may_leave=(), otherwise="tokenise", token_key=None, reversible=("/name",), region=None)
    _, left = decide_request(
        ResidencyRules(), OutgoingTerms(PERSONAL, data, "us", "", TOKENS), "eu", request(["/name", "/email"])
    )
    sent = json.loads(left.body or b"")
    assert TOKENS.reveal(sent["name"]) == "Ada Lovelace"
    assert TOKENS.reveal(sent["email"]) is None
