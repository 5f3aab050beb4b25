"""The kinds of change between two states of a vendor's API: a name, a direction, and whom it breaks.

Names are oasdiff's where it has one (https://github.com/oasdiff/oasdiff, its checks by id), so that what people know,
and list in other tools, is found again; those in `OWN` are ours. Direction is the reader's: a request goes to the
vendor, a response comes from it. Whether a change breaks somebody depends on what is used of the place:

    always   whoever uses the place is broken
    value    whoever sends, or counts on, a value there that is no longer allowed
    unsent   whoever does not send what is now asked for
    never    nobody by this alone; whoever uses the operation should look at it
"""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

Direction = Literal["request", "response", "both"]
Breaks = Literal["always", "value", "unsent", "never"]


class ChangeKind(NamedTuple):
    """One kind. `means` completes: `the property amount …`."""

    name: str
    direction: Direction
    breaks: Breaks
    means: str


_OF_SCHEMAS: tuple[tuple[str, Breaks, Breaks, str], ...] = (
    # aspect, what it breaks in a request, in a response, what it means
    ("type-changed", "value", "always", "is of another type or format"),
    ("type-generalized", "never", "always", "may be of further types or formats"),
    ("type-specialized", "value", "value", "is of fewer types or formats"),
    ("became-nullable", "never", "always", "may be null now"),
    ("became-not-nullable", "value", "value", "may not be null any more"),
    ("enum-value-added", "never", "never", "has values that it never had"),
    ("enum-value-removed", "value", "value", "has lost values"),
    ("became-enum", "value", "value", "is one of few values now"),
    ("became-not-enum", "never", "never", "is no longer one of few values"),
    ("pattern-added", "value", "value", "must match a pattern now"),
    ("pattern-changed", "value", "value", "must match another pattern"),
    ("pattern-removed", "never", "never", "need not match a pattern any more"),
    ("default-value-added", "never", "never", "has a default now"),
    ("default-value-changed", "never", "never", "has another default"),
    ("default-value-removed", "never", "never", "has no default any more"),
    ("unique-items-set", "value", "never", "may not hold anything twice"),
    ("unique-items-unset", "never", "never", "may hold things twice now"),
    ("multiple-of-changed", "value", "value", "is a multiple of another number"),
    ("any-of-added", "never", "never", "has a further alternative (anyOf)"),
    ("any-of-removed", "value", "value", "has lost an alternative (anyOf)"),
    ("one-of-added", "never", "never", "has a further alternative (oneOf)"),
    ("one-of-removed", "value", "value", "has lost an alternative (oneOf)"),
    ("discriminator-added", "never", "never", "is told apart by a property now"),
    ("discriminator-removed", "never", "never", "is no longer told apart by a property"),
    ("discriminator-property-name-changed", "value", "value", "is told apart by another property"),
    ("additional-properties-closed", "value", "never", "takes no other properties any more"),
    ("additional-properties-opened", "never", "never", "may hold any other property now"),
    ("discriminator-mapping-added", "never", "never", "is told apart by further values"),
    ("discriminator-mapping-deleted", "value", "never", "is no longer told apart by some values"),
    ("discriminator-mapping-changed", "value", "value", "means other things by the same values"),
    ("not-changed", "value", "value", "excludes other values"),
    ("schema-became-false", "value", "always", "may not be there at all any more"),
    ("schema-became-not-false", "never", "never", "may be there now"),
    ("became-read-only", "always", "never", "is no longer taken in requests"),
    ("became-not-read-only", "never", "never", "is taken in requests now"),
    ("became-write-only", "never", "always", "is no longer given in answers"),
    ("became-not-write-only", "never", "never", "is given in answers now"),
    ("deprecated", "never", "never", "is deprecated"),
    ("reactivated", "never", "never", "is no longer deprecated"),
)
BOUNDS: Mapping[str, tuple[str, bool]] = {
    "maximum": ("max", True), "minimum": ("min", False), "exclusiveMaximum": ("exclusive-max", True),
    "exclusiveMinimum": ("exclusive-min", False), "maxLength": ("max-length", True), "minLength": ("min-length", False),
    "maxItems": ("max-items", True), "minItems": ("min-items", False), "maxProperties": ("max-properties", True),
    "minProperties": ("min-properties", False), "maxContains": ("max-contains", True),
    "minContains": ("min-contains", False),
}  # fmt: skip
"""Keyword → its word in names, and whether it bounds from above."""

RULES: Mapping[str, str] = {
    "contains": "contains", "propertyNames": "property-names", "patternProperties": "pattern-property",
    "dependentRequired": "dependent-required", "if": "if", "unevaluatedItems": "unevaluated-items",
    "unevaluatedProperties": "unevaluated-properties", "contentSchema": "content-schema",
}  # fmt: skip
"""Keyword → its word in names, of those that come, go and change as a whole."""

WHERES = ("body", "property", "parameter", "header")
"""The places of a schema, as they stand in names: `request-property-type-changed`."""

_OF_PROPERTIES = (
    ChangeKind("new-required-request-property", "request", "unsent", "is new, and must be sent"),
    ChangeKind("new-optional-request-property", "request", "never", "is new, and may be sent"),
    ChangeKind("request-property-removed", "request", "always", "is no longer taken"),
    ChangeKind("request-property-renamed", "request", "always", "seems to have another name"),
    ChangeKind("request-property-became-required", "request", "unsent", "must be sent now"),
    ChangeKind("request-property-became-optional", "request", "never", "need not be sent any more"),
    ChangeKind("response-required-property-added", "response", "never", "is new, and always there"),
    ChangeKind("response-optional-property-added", "response", "never", "is new"),
    ChangeKind("response-required-property-removed", "response", "always", "was always there, and is gone"),
    ChangeKind("response-optional-property-removed", "response", "always", "is gone"),
    ChangeKind("response-property-renamed", "response", "always", "seems to have another name"),
    ChangeKind("response-property-became-optional", "response", "always", "is no longer always there"),
    ChangeKind("response-property-became-required", "response", "never", "is always there now"),
)

_OF_OPERATIONS = (
    ChangeKind("endpoint-added", "both", "never", "is new"),
    ChangeKind("api-path-removed-without-deprecation", "both", "always", "is gone, path and all, without a warning"),
    ChangeKind("api-removed-without-deprecation", "both", "always", "is gone without a warning"),
    ChangeKind("api-path-removed-with-deprecation", "both", "always", "is gone, path and all, as it was deprecated"),
    ChangeKind("api-removed-with-deprecation", "both", "always", "is gone, as it was deprecated"),
    ChangeKind("endpoint-moved", "both", "always", "is at another path"),
    ChangeKind("api-operation-id-removed", "both", "never", "has another operationId"),
    ChangeKind("endpoint-deprecated", "both", "never", "is deprecated"),
    ChangeKind("endpoint-reactivated", "both", "never", "is no longer deprecated"),
    ChangeKind("api-servers-changed", "both", "never", "is at other servers"),
    ChangeKind("new-required-request-parameter", "request", "unsent", "is new, and must be sent"),
    ChangeKind("new-optional-request-parameter", "request", "never", "is new, and may be sent"),
    ChangeKind("request-parameter-removed", "request", "always", "is no longer taken"),
    ChangeKind("request-parameter-became-required", "request", "unsent", "must be sent now"),
    ChangeKind("request-parameter-became-optional", "request", "never", "need not be sent any more"),
    ChangeKind("request-parameter-style-changed", "request", "always", "is written in another style"),
    ChangeKind("request-parameter-explode-changed", "request", "always", "is written as one value, or as many"),
    ChangeKind("request-body-added-required", "request", "unsent", "is new, and must be sent"),
    ChangeKind("request-body-added-optional", "request", "never", "is new, and may be sent"),
    ChangeKind("request-body-removed", "request", "always", "is no longer taken"),
    ChangeKind("request-body-became-required", "request", "unsent", "must be sent now"),
    ChangeKind("request-body-became-optional", "request", "never", "need not be sent any more"),
    ChangeKind("request-body-media-type-added", "request", "never", "is taken, too"),
    ChangeKind("request-body-media-type-removed", "request", "always", "is no longer taken"),
    ChangeKind("request-body-encoding-changed", "request", "always", "is written in another way"),
    ChangeKind("response-success-status-added", "response", "never", "may be answered now"),
    ChangeKind("response-success-status-removed", "response", "always", "is no longer answered"),
    ChangeKind("response-non-success-status-added", "response", "never", "may be answered now"),
    ChangeKind("response-non-success-status-removed", "response", "always", "is no longer answered"),
    ChangeKind("response-media-type-added", "response", "never", "may be answered now"),
    ChangeKind("response-media-type-removed", "response", "always", "is no longer answered"),
    ChangeKind("response-header-added", "response", "never", "is new"),
    ChangeKind("required-response-header-removed", "response", "always", "was always there, and is gone"),
    ChangeKind("optional-response-header-removed", "response", "always", "is gone"),
    ChangeKind("response-header-became-optional", "response", "always", "is no longer always there"),
    ChangeKind("response-header-became-required", "response", "never", "is always there now"),
    ChangeKind("api-security-added", "both", "never", "is asked for as one more way in"),
    ChangeKind("api-security-removed", "both", "never", "is no longer a way in"),
    ChangeKind("api-security-scope-added", "both", "never", "is a further scope that the credential needs"),
    ChangeKind("api-security-scope-removed", "both", "never", "is a scope that the credential no longer needs"),
    ChangeKind("api-security-scheme-changed", "both", "never", "is another way in by the same name"),
    ChangeKind("webhook-added", "response", "never", "is a new webhook"),
    ChangeKind("webhook-removed", "response", "always", "is a webhook that is gone"),
)

OF_MEANING = (
    ChangeKind("response-property-scale-changed", "response", "always", "is in another unit"),
    ChangeKind("response-property-shape-changed", "response", "always", "is written in another way"),
    ChangeKind("response-property-presence-changed", "response", "always", "is left out now"),
    ChangeKind("response-property-null-appeared", "response", "always", "is null now, and never was"),
    ChangeKind("response-property-kind-appeared", "response", "always", "is of a type that it never was"),
    ChangeKind("response-property-value-appeared", "response", "never", "has a value that was never seen"),
    ChangeKind("response-property-share-changed", "response", "never", "has other values than it used to"),
    ChangeKind("response-property-sign-changed", "response", "always", "has another sign"),
    ChangeKind("response-list-order-changed", "response", "always", "is in another order"),
    ChangeKind("response-list-size-changed", "response", "never", "has another length"),
    ChangeKind("response-property-appeared", "response", "never", "is there now, and never was"),
)
"""What no document shows: the meaning of values, seen in answers alone (tidegate.drift.field_sketch)."""


def _schema_kinds() -> Iterator[ChangeKind]:
    for where in WHERES:
        directions: tuple[Literal["request", "response"], ...] = ("request", "response")
        if where == "parameter":
            directions = ("request",)
        elif where == "header":
            directions = ("response",)
        for direction in directions:
            for aspect, in_request, in_response, means in _OF_SCHEMAS:
                breaks = in_request if direction == "request" else in_response
                yield ChangeKind(f"{direction}-{where}-{aspect}", direction, breaks, means)
            for keyword, word in RULES.items():
                for end, breaks, means in _RULE_ENDS:
                    yield ChangeKind(f"{direction}-{where}-{word}-{end}", direction, breaks, f"{means} {keyword}")
            for word, _ in BOUNDS.values():
                for end, breaks, means in _ENDS:
                    yield ChangeKind(f"{direction}-{where}-{word}-{end}", direction, breaks, f"has its {word} {means}")


_ENDS: tuple[tuple[str, Breaks, str], ...] = (
    ("increased", "value", "increased"), ("decreased", "value", "decreased"), ("set", "value", "set"),
    ("unset", "never", "taken away"),
)  # fmt: skip

_RULE_ENDS: tuple[tuple[str, Breaks, str], ...] = (
    ("added", "value", "is held to a rule of"), ("removed", "never", "is no longer held to a rule of"),
    ("changed", "value", "is held to another rule of"),
)  # fmt: skip

KINDS: Mapping[str, ChangeKind] = {
    kind.name: kind for kind in (*_OF_OPERATIONS, *_OF_PROPERTIES, *_schema_kinds(), *OF_MEANING)
}
"""Every kind by its name."""

OWN: frozenset[str] = frozenset(
    {kind.name for kind in OF_MEANING}
    | {
        "endpoint-moved", "api-servers-changed", "webhook-added", "webhook-removed", "request-property-renamed",
        "response-property-renamed", "response-header-became-required", "request-body-encoding-changed",
        "api-security-scheme-changed",
    }
    | {name for name in KINDS if name.endswith(("-not-changed", "-properties-closed", "-properties-opened"))}
    | {name for name in KINDS if name.endswith(tuple(f"-{word}-changed" for word in RULES.values()))}
)  # fmt: skip
"""Names that oasdiff does not have."""
