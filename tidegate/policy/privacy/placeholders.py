"""Placeholders: where an app may write `tg_…` in a request, and the vendor gets a secret that the app never sees."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from tidegate.configfile.block import Block, HeaderName
from tidegate.configfile.rule import Breach, rule
from tidegate.policy.deferral.defer import DeferPlan
from tidegate.policy.plan_values import plan_value, plan_values

FieldPointer = Annotated[str, Field(pattern=r"^(/[^/]*)+$", examples=["/credentials/api_key"])]
"""A JSON Pointer (RFC 6901) to a member of a body; a step `*` is any member."""

NOT_A_PLACE = frozenset(
    {"authorization", "connection", "content-encoding", "content-length", "content-type", "cookie", "expect",
     "forwarded", "from", "host", "idempotency-key", "keep-alive", "origin", "proxy-authorization", "referer",
     "te", "trailer", "transfer-encoding", "upgrade", "user-agent", "via"}
)  # fmt: skip
"""Headers that carry no placeholder: they rule the connection or the framing, name the call, or hold the credential of
the app's own, which never goes on. What names the sender is written into logs everywhere."""


class PlaceholderPlaces(Block):
    """The places of a request in which a placeholder becomes its secret. Anywhere else it is a text like any other."""

    headers: Annotated[tuple[HeaderName, ...], Field(examples=[["X-Partner-Key"]])] = ()
    """Headers: the whole value, what follows its first word (`Token tg_…`), or a part of a `Basic` pair."""
    query: Annotated[tuple[str, ...], Field(examples=[["key"]])] = ()
    """Query parameters, by name."""
    fields: tuple[FieldPointer, ...] = ()
    """Members of a JSON body."""
    form: Annotated[tuple[str, ...], Field(examples=[["source[token]"]])] = ()
    """Fields of a form (`application/x-www-form-urlencoded`), by name."""

    @property
    def in_body(self) -> bool:
        """True where a body has to be read for them."""
        return bool(self.fields or self.form)


class PlaceholderSettings(Block):
    """The keys of an operation about placeholders."""

    placeholders: PlaceholderPlaces | None = None
    """Where a placeholder becomes its secret. Which app may use which is said in tidegate.yaml."""


@plan_values
class PlaceholderPlan(DeferPlan):
    """The places of an operation; None where it has none."""

    __slots__ = ()

    placeholders: PlaceholderPlaces | None = plan_value(policy="placeholders", entry="placeholders", default=None)


def describe(plan: PlaceholderPlan) -> str:
    """The places in words."""
    places = plan.placeholders
    if places is None:
        return "none"
    kinds = (("header", places.headers), ("query", places.query), ("JSON", places.fields), ("form", places.form))
    return "; ".join(f"{kind}: {', '.join(names)}" for kind, names in kinds if names) or "none"


HOLDS = "a placeholder stands where it can become its secret"


@rule("TG117", HOLDS, PlaceholderPlaces)
def check_headers(places: PlaceholderPlaces) -> Iterator[Breach]:
    """No header is a place that is not the app's to write."""
    for name in places.headers:
        if name.lower() in NOT_A_PLACE or name.lower().startswith(("tidegate-", "x-forwarded-")):
            yield Breach(("headers",), f"{name} cannot carry a placeholder; name a header of the vendor's own")


@rule("TG117", HOLDS, PlaceholderPlan)
def check_bulk(plan: PlaceholderPlan) -> Iterator[Breach]:
    """What is joined with others has no place of its own any more."""
    if plan.placeholders is not None and plan.placeholders.in_body and plan.defer.bulk is not None:
        yield Breach(
            ("placeholders",),
            f"the bodies of {plan.operation} are joined (defer.bulk), so no placeholder in them is found; "
            "leave out `bulk`, or the places in its body",
        )
