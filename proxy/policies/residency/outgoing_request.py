"""What may leave of one request: the rules of regions, then the fields that the vendor file marks as personal.

    other data may not go there          refused
    personal data may, all of it         sent as it is: nobody has to read it
    a marked field may not               found in body, query and path; then refused, left out, or a token sent for it
    and the request cannot be read       refused, `unreadable`; `not-kept` where it is streamed

Pure: what is read was brought by the stage. What is met is named by its pointer, never by its value.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tidegate.policy.data import Data
from tidegate.proxy.call.residency_decision import ResidencyDecision
from tidegate.proxy.policies.residency.personal_fields import (
    DROPPED,
    NoToken,
    PersonalFields,
    Unreadable,
    steps_of,
)
from tidegate.proxy.policies.residency.residency_rules import REGION_UNKNOWN, ResidencyRules
from tidegate.proxy.policies.residency.tokens import Tokens

OTHERWISE = "data.otherwise"
"""The rule of a field that the vendor file does not let leave."""
NOT_KEPT, UNREADABLE, NO_TOKEN = "not-kept", "unreadable", "no-token"
_NO_DATA = Data()


@dataclass(frozen=True, slots=True)
class OutgoingTerms:
    """What holds for one operation. `personal` are the vendor's marked fields, `region` is where it keeps them."""

    personal: tuple[str, ...] = ()
    data: Data = _NO_DATA
    region: str = ""
    template: str = ""
    tokens: Tokens | None = None

    def retained(self, *, personal_goes: bool) -> tuple[str, ...]:
        """The fields that may not be sent as they are."""
        if not personal_goes:
            return self.personal
        leaving = [steps_of(pointer) for pointer in self.data.may_leave]
        return tuple(
            pointer
            for pointer in self.personal
            if not any(steps_of(pointer)[: len(steps)] == steps for steps in leaving)
        )


@dataclass(frozen=True, slots=True)
class OutgoingRequest:
    """What a request has that could hold a field. `body` is None where it is not kept, or cannot be decoded."""

    path: str
    media: str
    body: bytes | None
    streamed: bool = False


def decide_request(
    rules: ResidencyRules, terms: OutgoingTerms, home: str, request: OutgoingRequest
) -> tuple[ResidencyDecision, OutgoingRequest]:
    """The decision on a request of an app at `home`, and the request as it may leave."""
    other = rules.decide(home, "other", terms.region)
    if not other.sends:
        return other, request
    personal = rules.decide(home, "personal", terms.region)
    if terms.personal and not terms.region and personal.sends:
        personal = replace(personal, rule=REGION_UNKNOWN, fate="refuse")
    retained = terms.retained(personal_goes=personal.sends)
    if not retained:
        return (personal if terms.personal else other), request
    rule = OTHERWISE if personal.sends else personal.rule
    return _by_fields(other, replace(personal, rule=rule), terms, retained, request)


def _by_fields(
    other: ResidencyDecision,
    of_fields: ResidencyDecision,
    terms: OutgoingTerms,
    retained: Sequence[str],
    request: OutgoingRequest,
) -> tuple[ResidencyDecision, OutgoingRequest]:
    """The decision where some fields may not be sent as they are."""
    fate = terms.data.otherwise or "refuse"
    if of_fields.rule == REGION_UNKNOWN:
        fate = "refuse"
    fields = PersonalFields(retained, _Change(terms, fate))
    try:
        left = _changed(fields, terms.template, request)
    except Unreadable as error:
        rule = NOT_KEPT if request.streamed else UNREADABLE
        return replace(of_fields, rule=rule, fate="refuse", personal=True, detail=str(error)), request
    except NoToken as error:
        return replace(of_fields, rule=NO_TOKEN, fate="refuse", fields=tuple(fields.met), detail=str(error)), request
    if not fields.met:
        sendable = len(retained) < len(terms.personal)
        return replace(other, personal=sendable), request
    personal = fate == "refuse" or len(retained) < len(terms.personal)
    return replace(of_fields, fate=fate, personal=personal, fields=tuple(fields.met)), left


def _changed(fields: PersonalFields, template: str, request: OutgoingRequest) -> OutgoingRequest:
    """The request with its fields changed. Raises Unreadable and NoToken."""
    path, mark, query = request.path.partition("?")
    if template:
        path = fields.in_path(template, path)
    if mark:
        path += mark + fields.in_form(query)
    body = request.body
    if body is None:
        raise Unreadable("its coding or its length cannot be dealt with")
    if body:
        if request.media == "application/x-www-form-urlencoded":
            try:
                body = fields.in_form(body.decode()).encode()
            except UnicodeDecodeError:
                raise Unreadable("it is no form") from None
        elif not request.media or request.media == "application/json" or request.media.endswith("+json"):
            body = fields.in_json(body)
        else:
            raise Unreadable("it is neither JSON nor a form")
    return replace(request, path=path, body=body)


class _Change:
    """What becomes of the values of retained fields."""

    def __init__(self, terms: OutgoingTerms, fate: str) -> None:
        self._fate, self._tokens = fate, terms.tokens
        self._reversible = frozenset(terms.data.reversible)

    def __call__(self, pointer: str, value: object) -> object:
        if self._fate == "refuse":
            return value
        if self._fate == "drop":
            return DROPPED
        if value is None or value == "" or isinstance(value, dict | list):
            return value
        if type(value) is not str or self._tokens is None:
            raise NoToken("a number has no token")
        token = self._tokens.token(value, reversible=pointer in self._reversible)
        if token is None:
            raise NoToken("a value is too long for a token that can be had back")
        return token
