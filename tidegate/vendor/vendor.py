"""The vendor file as typed values: what the vendor does (`Facts`), what we do about it (`Policy`), and the exceptions.

The two halves are tidegate.vendor.facts and tidegate.policy. Reading YAML with its positions is
tidegate.vendor.vendor_file, the rules TG001–TG010 are tidegate.check.rulebook, and what all this comes to for one
operation is tidegate.plan.planning. A field marked `NotYet` is understood but not acted on by this
version; a file that sets it is refused, so that silence never passes for protection.
"""

from typing import Annotated, Literal

from pydantic import Field

from tidegate.configfile.block import Block
from tidegate.configfile.one_line import OneLine
from tidegate.policy.policy import OperationSettings, Policy
from tidegate.vendor.auth_facts import Auth, PoolFacts
from tidegate.vendor.dialect_facts import When, Wording
from tidegate.vendor.facts import (
    Amount,
    Concurrency,
    Conditional,
    Deprecation,
    Errors,
    Facts,
    IdempotencyFacts,
    InSuccess,
    Limit,
    Quota,
    RetryHint,
    Throttled,
)
from tidegate.vendor.webhook_facts import WebhookFacts

__all__ = [
    "Amount",
    "Auth",
    "Concurrency",
    "Conditional",
    "Deprecation",
    "Errors",
    "Facts",
    "IdempotencyFacts",
    "InSuccess",
    "Limit",
    "PoolFacts",
    "Quota",
    "RetryHint",
    "Throttled",
    "Vendor",
    "WebhookFacts",
    "When",
    "Wording",
]


class Vendor(Block):
    """A whole vendor file."""

    vendor: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", examples=["stripe"])]
    """The name by which apps address it: the first part of the gateway's path."""
    purpose: OneLine
    """What it is used for, in a sentence."""
    owner: OneLine | None = None
    """Whom the runbook names."""
    criticality: Literal["high", "medium", "low"] = "medium"
    """How bad it is when the vendor is away: picks the severity of alerts and how strict TG009 is."""
    document: str
    """The vendor's OpenAPI document, relative to this file."""
    undecided: tuple[Annotated[str, Field(max_length=1000)], ...] = ()
    """What a person has yet to decide, a sentence each; `tidegate check` names it. `tidegate discover` writes them."""
    facts: Facts
    """What the vendor does."""
    policy: Policy = Policy()
    """What we do about it."""
    operations: dict[str, OperationSettings] = Field(default={})
    """What differs for an operation, by its id or by a pattern like `Post*`. An id wins over a pattern, and a longer
    pattern over a shorter one."""
