"""From a vendor file and its document to the plan of each operation: every effective value, and where it came from.

A value is taken from the operation's own entry, else from the patterns that match its id (the one with more plain
characters first), else from the policy or the facts, else it is the default. No value is named here but those that
come from the facts: the others say themselves where they stand (tidegate.policy.plan_values). No judgement is made
either: that is tidegate.check.rulebook.
"""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields
from typing import Any

from pydantic import BaseModel

from tidegate.configfile.yaml_places import Loc
from tidegate.openapi.document import Document, Operation
from tidegate.plan.bounds import applies
from tidegate.plan.operation_pattern import is_pattern, matches
from tidegate.plan.plan import IDENTITY, OperationPlan
from tidegate.policy.idempotency import KeyPlan, unwritten_plan, written_plan
from tidegate.policy.plan_values import SAFE, sources_of
from tidegate.policy.policy import OperationSettings, Policy
from tidegate.vendor.vendor_file import LoadedVendor

UNLISTED = "unlisted"
"""The operation id of requests that belong to no operation of the document."""

_VALUES = tuple(field for field in fields(OperationPlan) if field.name not in IDENTITY | {"deprecated", "reports"})
_SOURCES = sources_of(OperationPlan)
_REPORTING = sorted(Policy.model_fields)

_Sourced = tuple[Any, str]
"""A value and its origin."""


def plan_vendor(loaded: LoadedVendor, document: Document) -> dict[str, OperationPlan]:
    """The plan of every operation of the document, by its id."""
    file = _VendorFile(loaded)
    return {name: _planned(file, operation) for name, operation in document.operations.items()}


def _planned(file: "_VendorFile", operation: Operation) -> OperationPlan:
    return _Planner(file, operation.id, operation.method).plan(operation.template, deprecated=operation.deprecated)


def plan_unlisted(loaded: LoadedVendor, method: str) -> OperationPlan:
    """The plan of requests that the document does not know: the vendor's policy, and no resend of POST or PATCH."""
    return _Planner(_VendorFile(loaded), UNLISTED, method).plan("", deprecated=False)


def settings_for(loaded: LoadedVendor, operation_id: str) -> Iterator[tuple[str, OperationSettings]]:
    """The entries of `operations` that apply to an id, the one that wins first."""
    entries = loaded.vendor.operations
    if operation_id in entries:
        yield operation_id, entries[operation_id]
    patterns = [name for name in entries if is_pattern(name) and matches(name, operation_id)]
    for name in sorted(patterns, key=lambda name: -len(name.replace("*", "").replace("?", ""))):
        if name != operation_id:
            yield name, entries[name]


class _VendorFile:
    """A vendor file, and what was looked up in it: its operations ask for much the same."""

    def __init__(self, loaded: LoadedVendor) -> None:
        self.loaded = loaded
        self._places: dict[Loc, str] = {}
        self._policy: dict[Loc, _Sourced] = {}

    def at(self, loc: Loc) -> str:
        """The place at which something is written: `vendor.yaml:41`."""
        place = self._places.get(loc)
        if place is None:
            place = self._places[loc] = f"{self.loaded.path.name}:{self.loaded.position(loc).line}"
        return place

    def policy(self, loc: Loc) -> _Sourced:
        """A value of the policy, None where the policy has none, and its origin."""
        sourced = self._policy.get(loc)
        if sourced is None:
            value, written = _value_at(self.loaded.vendor.policy, loc)
            sourced = self._policy[loc] = value, self.at(("policy", *loc)) if written else "default"
        return sourced


class _Planner:
    """The making of one operation's plan."""

    def __init__(self, file: _VendorFile, operation_id: str, method: str) -> None:
        self.file = file
        self.loaded = loaded = file.loaded
        self.id = operation_id
        self.method = method
        self.entries = [] if operation_id == UNLISTED else list(settings_for(loaded, operation_id))

    def plan(self, template: str, *, deprecated: bool) -> OperationPlan:
        # What the facts mean for an operation depends on its resend, so that comes first.
        resend, resend_origin = self._resend()
        sourced: dict[str, _Sourced] = {
            "deprecated": (deprecated, "default" if self.id == UNLISTED else "document"),
            "reports": self._reports(),
            "idempotency": (resend, resend_origin),
        }
        values: dict[str, Any] = {name: value for name, (value, _) in sourced.items()}
        facts = self._from_facts(resend)
        for field in _VALUES:
            if field.name not in sourced:
                sourced[field.name] = self._sourced(field, facts, values)
                values[field.name] = sourced[field.name][0]
        return OperationPlan(
            vendor=self.loaded.vendor.vendor,
            operation=self.id,
            method=self.method,
            template=template,
            origins={name: origin for name, (_, origin) in sourced.items()},
            **values,
        )

    def _sourced(self, field: Field[Any], facts: Mapping[str, _Sourced], before: Mapping[str, Any]) -> _Sourced:
        """One value of the plan. `before` are the values that stand before it there."""
        default = None if field.default is MISSING else field.default
        source = _SOURCES.get(field.name)
        if source is None:
            return facts.get(field.name, (default, "default"))
        if source.for_reads and self.method not in SAFE:
            return default, "method"
        written = self._from_entry(source.entry)
        if written is None and source.policy:
            # Never None: what no file says about the policy, its defaults say.
            written = self.file.policy(source.policy)
        if written is not None:
            value, origin = written
            if value is None:
                return default, origin
            return value if source.read is None else source.read(value), origin
        if field.name in facts:
            return facts[field.name]
        return default if source.derive is None else source.derive(before), "default"

    def _from_entry(self, loc: Loc) -> _Sourced | None:
        for name, settings in self.entries if loc else ():
            value, written = _value_at(settings, loc)
            if written and value is not None:
                return value, self.file.at(("operations", name, *loc))
        return None

    def _from_facts(self, resend: KeyPlan) -> dict[str, _Sourced]:
        """The values that follow from what the vendor does. One that is not here is the default."""
        vendor = self.loaded.vendor
        facts, keys = vendor.facts, vendor.facts.idempotency
        sourced: dict[str, _Sourced] = {"adaptive": (bool(facts.adaptive), self._at_facts("adaptive", facts.adaptive))}
        for name in ("limits", "quotas", "concurrency"):
            bounds = tuple(bound for bound in getattr(facts, name) if applies(bound, self.id))
            sourced[name] = bounds, self._at_facts(name, bounds)
        if resend == "vendor-key" and keys is not None and self.method in keys.methods:
            sourced["key_header"] = keys.header, self.file.at(("facts", "idempotency"))
            sourced["key_retention_s"] = keys.remembers, self.file.at(("facts", "idempotency"))
            sourced["key_characters_max"] = keys.length_max, self.file.at(("facts", "idempotency"))
            sourced["keep_s"] = keys.remembers, self.file.at(("facts", "idempotency", "remembers"))
        if vendor.criticality == "high" and self.method not in SAFE:
            sourced["critical"] = True, self.file.at(("criticality",))
        return sourced

    def _at_facts(self, name: str, value: object) -> str:
        return self.file.at(("facts", name)) if value else "default"

    def _resend(self) -> tuple[KeyPlan, str]:
        if self.method in SAFE:
            return "safe", "method"
        written = self._from_entry(("idempotency",))
        resend = written_plan(written[0]) if written else None
        if written is not None and resend is not None:
            return resend, written[1]
        resend = unwritten_plan(self.method)
        return resend, "method" if resend == "natural" else "default"

    def _reports(self) -> _Sourced:
        policy = self.loaded.vendor.policy
        blocks = tuple(name for name in _REPORTING if getattr(getattr(policy, name), "mode", "") == "report")
        return blocks, self.file.at(("policy", blocks[0], "mode")) if blocks else "default"


def _value_at(part: BaseModel, loc: Loc) -> tuple[Any, bool]:
    """The value at a path of a block, None where a block on the way is missing; and True where it was written there."""
    here: Any = part
    written = True
    for step in loc:
        written = written and step in here.model_fields_set
        here = getattr(here, str(step))
        if here is None:
            break
    return here, written
