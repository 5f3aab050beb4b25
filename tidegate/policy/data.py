"""Residency: which personal data may be sent to the vendor, and what becomes of the rest on its way out.

Here too is one rule of tidegate.yaml, which says where the data of a region may go at all. What is decided with both is
tidegate.proxy.policies.residency's matter.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from tidegate.configfile.block import Block, Pointer
from tidegate.configfile.units import Secret
from tidegate.policy.plan_values import PlannedOperation, plan_value, plan_values

RegionName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$", examples=["eu"])]
"""What a region is called. Names are compared as they are written."""

RegionPattern = Annotated[str, Field(pattern=r"^(\*|[A-Za-z0-9][A-Za-z0-9_-]{0,31})$", examples=["eu"])]
"""The name of a region, or `*` for every one that is known."""

FieldFate = Literal["refuse", "drop", "tokenise"]
"""What becomes of a field that may not be sent: the call is refused, the field left out, or a token sent for it."""


class ResidencyRule(Block):
    """Lets data of some regions go to others. What no rule lets go is refused."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$", examples=["eu-personal"])]
    """What the decision is known by in log lines, metrics and answers."""
    home: Annotated[tuple[RegionPattern, ...], Field(min_length=1)]
    """The regions of the apps whose data it is."""
    to: Annotated[tuple[RegionPattern, ...], Field(min_length=1)]
    """The regions that it may go to."""
    data: Literal["personal", "other"]
    """`other` lets go what is not personal, `personal` all of it."""


class Data(Block):
    """Which personal data may be sent to the vendor's region, and what becomes of the rest."""

    may_leave: tuple[Pointer, ...] = ()
    """The fields of `facts.personal_data` that may be sent, each with all that is in it."""
    otherwise: FieldFate | None = None
    """What becomes of another field of `personal_data`: the call is refused, the field is left out (`drop`), or a token
    is sent for each text in it (`tokenise`). A request that cannot be read for this is refused."""
    token_key: Secret | None = None
    """The key of the tokens, 32 bytes in base64. Must be written for `tokenise`."""
    reversible: tuple[Pointer, ...] = ()
    """The fields whose tokens hold the value itself, encrypted with `token_key`; of the others nobody can get it back.
    """
    restore: tuple[RegionPattern, ...] = ()
    """The regions of the apps that get the value back where an answer holds the token of a `reversible` field; `*` is
    every app. Others get the token."""
    region: RegionName | None = None
    """Where the vendor keeps what it is sent, where that is not the region of its host."""

    @model_validator(mode="after")
    def _tokens_have_a_key(self) -> "Data":
        if self.otherwise == "tokenise" and self.token_key is None:
            raise ValueError("tokens need a key; write token_key, like env:TOKEN_KEY")
        if self.restore and not self.reversible:
            raise ValueError("only tokens of reversible fields can be had back; name the fields in reversible")
        return self


class DataSettings(Block):
    """The keys of an operation about personal data."""

    data: Data | None = None
    """Which personal data may be sent with it, in place of `policy.data`."""


@plan_values
class DataPlan(PlannedOperation):
    """The personal data that an operation may send; None where the vendor file says nothing of it."""

    __slots__ = ()

    data: Data | None = plan_value(entry="data", policy="data", default=None)


def describe(plan: DataPlan) -> str:
    """What may leave in words."""
    data = plan.data
    if data is None:
        return "no rule of the vendor file"
    parts = [f"{', '.join(data.may_leave) or 'no field of personal_data'} may leave"]
    if data.otherwise is not None:
        words = {"refuse": "others are refused", "drop": "others are left out", "tokenise": "others become tokens"}
        parts.append(words[data.otherwise])
    if data.restore:
        parts.append(f"apps in {', '.join(data.restore)} get them back")
    if data.region is not None:
        parts.append(f"kept in {data.region}")
    return "; ".join(parts)
