"""Dialects of rate limits: the header or body field in which a vendor says what is left, its meaning and its form.

Of 75 headers with "reset" in their name a quarter count seconds and the rest name a moment, so nothing is guessed from
a name: the vendor file declares it, or takes a preset. Data only: the proxy reads by it, the simulator writes with
code of its own.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from tidegate.configfile.block import Block, HeaderName, Pointer
from tidegate.configfile.units import Duration

Unit = Literal["requests", "tokens", "cost", "bytes", "concurrency"]

Means = Literal[
    "limit",
    "remaining",
    "used",
    "reset",
    "next",
    "fill",
    "state",
    "policy",
    "bucket",
    "restore",
    "asked",
    "spent",
    "retry",
]

Form = Literal[
    "number",
    "delta",
    "delta_float",
    "delta_ms",
    "epoch_s",
    "epoch_ms",
    "epoch_float",
    "iso",
    "http_date",
    "go_duration",
    "used/limit",
    "ietf-03",
    "ietf-07",
    "ietf-10",
    "text",
    "guess",
]

PresetName = Literal[
    "github",
    "stripe",
    "shopify-rest",
    "shopify-graphql",
    "twilio",
    "openai",
    "slack",
    "anthropic",
    "ietf-03",
    "ietf-07",
    "ietf-10",
]


_TIMES = frozenset(("reset", "next", "retry"))
_IETF = {"state": ("ietf-07", "ietf-10"), "policy": ("ietf-07", "ietf-10")}


class DialectField(Block):
    """What one header, or one field of the body, means."""

    means: Means
    """`limit`, `remaining` and `used` count units. `reset` is when all of it is there again, `next` when some of it is.
    `fill` is used and limit in one. `state` and `policy` are structured fields (IETF). `bucket` names the count that
    the others speak of. `restore` is units a second, `asked` what this request was taken to cost, `spent` what it came
    to, and `retry` how long to wait."""
    form: Form = "number"
    """How it is written. `delta` counts seconds, `delta_float` parts of them, `delta_ms` milliseconds; `epoch_…` are
    moments since 1970; `guess` takes small numbers for delays and large ones for moments."""
    unit: Unit = "requests"
    """What is counted."""
    of: str = ""
    """Which count, where there are several of one unit: the name of a limit of this file, if it is one of those."""

    @model_validator(mode="after")
    def _readable(self) -> "DialectField":
        if self.means in _IETF and self.form not in _IETF[self.means]:
            raise ValueError(f"{self.means} is a structured field; write form: ietf-07 or ietf-10")
        if self.form in ("ietf-07", "ietf-10") and self.means not in _IETF:
            raise ValueError(f"the form {self.form} is for state and policy")
        if self.form == "ietf-03" and self.means != "limit":
            raise ValueError("the form ietf-03 is for limit")
        if self.means in _TIMES and self.form in ("number", "used/limit", "text"):
            raise ValueError(f"{self.means} is a time; write its form, like delta or epoch_s")
        return self


class Dialect(Block):
    """The vendor's own way to tell about its limits."""

    preset: PresetName | None = None
    """A known dialect to begin with."""
    headers: dict[HeaderName, DialectField] = Field(default={})
    """Response headers by name. One that the preset has too is replaced."""
    body: dict[Pointer, DialectField] = Field(default={})
    """Fields of the answer's JSON body, by their pointer."""
    pause: Duration | None = None
    """How long nothing is sent after a refusal for the rate that says nothing about it. It doubles with each further
    one until an answer is good."""

    @model_validator(mode="after")
    def _no_fields_in_body(self) -> "Dialect":
        if any(field.form.startswith("ietf") for field in self.body.values()):
            raise ValueError("the forms ietf-03, ietf-07 and ietf-10 are for headers")
        return self


class When(Block):
    """A header by which an answer is told from others of its status."""

    header: HeaderName
    """Its name."""
    value: Annotated[str, Field(examples=["0"])] | None = None
    """Its value; any, where this is left out."""


class Wording(Block):
    """Words by which an answer is told from others of its status."""

    field: Pointer | None = None
    """The text of the JSON body that holds them; the whole body, JSON or not, where this is left out."""
    contains: Annotated[tuple[str, ...], Field(min_length=1, examples=[["secondary rate limit"]])]
    """One of these stands in it, in capitals or not."""


def _count(prefix: str, unit: Unit, form: Form, of: str, names: tuple[str, str, str]) -> dict[str, DialectField]:
    limit, remaining, reset = (prefix + name for name in names)
    return {
        limit: DialectField(means="limit", unit=unit, of=of),
        remaining: DialectField(means="remaining", unit=unit, of=of),
        reset: DialectField(means="reset", form=form, unit=unit, of=of),
    }


_THROTTLE = "/extensions/cost/throttleStatus"

_OPENAI: tuple[Unit, ...] = ("requests", "tokens")

_ANTHROPIC: tuple[tuple[str, Unit, str], ...] = (
    ("requests", "requests", ""),
    ("tokens", "tokens", ""),
    ("input-tokens", "tokens", "input-tokens"),
    ("output-tokens", "tokens", "output-tokens"),
)

PRESETS: Mapping[PresetName, Dialect] = {
    # docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
    "github": Dialect(
        headers={
            **_count("x-ratelimit-", "requests", "epoch_s", "", ("limit", "remaining", "reset")),
            "x-ratelimit-used": DialectField(means="used"),
            "x-ratelimit-resource": DialectField(means="bucket", form="text"),
        },
    ).model_copy(update={"pause": 60.0}),
    # docs.stripe.com/rate-limits: a reason header on refusals (facts.throttled), and no count at all
    "stripe": Dialect(),
    # shopify.dev/docs/api/usage/limits
    "shopify-rest": Dialect(headers={"X-Shopify-Shop-Api-Call-Limit": DialectField(means="fill", form="used/limit")}),
    "shopify-graphql": Dialect(
        body={
            f"{_THROTTLE}/maximumAvailable": DialectField(means="limit", unit="cost"),
            f"{_THROTTLE}/currentlyAvailable": DialectField(means="remaining", unit="cost"),
            f"{_THROTTLE}/restoreRate": DialectField(means="restore", unit="cost"),
            "/extensions/cost/requestedQueryCost": DialectField(means="asked", unit="cost"),
            "/extensions/cost/actualQueryCost": DialectField(means="spent", unit="cost"),
        }
    ),
    # www.twilio.com/docs/usage/rest-api-best-practices
    "twilio": Dialect(headers={"Twilio-Concurrent-Requests": DialectField(means="used", unit="concurrency")}),
    # platform.openai.com/docs/guides/rate-limits
    "openai": Dialect(
        headers={
            header: said
            for unit in _OPENAI
            for header, said in _count(
                "x-ratelimit-", unit, "go_duration", "", (f"limit-{unit}", f"remaining-{unit}", f"reset-{unit}")
            ).items()
        },
        body={"/usage/total_tokens": DialectField(means="spent", unit="tokens")},
    ),
    # api.slack.com/apis/rate-limits: Retry-After on refusals, and no count
    "slack": Dialect(),
    # docs.anthropic.com/en/api/rate-limits
    "anthropic": Dialect(
        headers={
            header: said
            for name, unit, of in _ANTHROPIC
            for header, said in _count(
                f"anthropic-ratelimit-{name}-", unit, "iso", of, ("limit", "remaining", "reset")
            ).items()
        }
    ),
    # draft-ietf-httpapi-ratelimit-headers, versions 03, 07 and 10
    "ietf-03": Dialect(
        headers={
            "RateLimit-Limit": DialectField(means="limit", form="ietf-03"),
            "RateLimit-Remaining": DialectField(means="remaining"),
            "RateLimit-Reset": DialectField(means="reset", form="delta"),
        }
    ),
    "ietf-07": Dialect(
        headers={
            "RateLimit": DialectField(means="state", form="ietf-07"),
            "RateLimit-Policy": DialectField(means="policy", form="ietf-07"),
        }
    ),
    "ietf-10": Dialect(
        headers={
            "RateLimit": DialectField(means="state", form="ietf-10"),
            "RateLimit-Policy": DialectField(means="policy", form="ietf-10"),
        }
    ),
}
"""Known dialects, each from the vendor's own page."""


def dialect_of(written: Dialect | PresetName | None) -> Dialect:
    """A dialect with its preset filled in; an empty one where nothing is declared."""
    if written is None:
        return Dialect()
    if isinstance(written, str):
        return PRESETS[written]
    if written.preset is None:
        return written
    preset = PRESETS[written.preset]
    own = {name.lower() for name in written.headers}
    inherited = {name: field for name, field in preset.headers.items() if name.lower() not in own}
    pause = preset.pause if written.pause is None else written.pause
    return Dialect(headers={**inherited, **written.headers}, body={**preset.body, **written.body}).model_copy(
        update={"pause": pause}
    )
