"""From a vendor file and its document to the plan of each operation: every effective value, and where it came from.

A value is taken from the operation's own entry, else from the patterns that match its id (the one with more plain
characters first), else from the policy, else it is the default. Makes no judgement: that is tidegate.check.rules.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from pydantic import BaseModel

from tidegate.configfile.yaml_places import Loc
from tidegate.openapi.document import Document, Operation
from tidegate.plan.plan import KeyPlan, OperationPlan
from tidegate.policy.policy import Fallback, IdempotencyPlan, OperationSettings
from tidegate.policy.reads import Cache
from tidegate.vendor.vendor import Concurrency, Limit, Quota
from tidegate.vendor.vendor_file import LoadedVendor

UNLISTED = "unlisted"
"""The operation id of requests that belong to no operation of the document."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""Methods that change nothing (RFC 9110 §9.2.1)."""
NATURAL = frozenset({"PUT", "DELETE"})
"""Methods that may be repeated although they change something (RFC 9110 §9.2.2)."""

RULES = ("breaker", "bulkhead", "limiter", "queue")
"""Those that can refuse a call, and can be told to report only."""

THROTTLE_BASE_S = 1.0
RETRY_FLOOR = 3
KEEP_S = 86400.0

STREAM_TIMES = {"stream_first_s": "first_event", "stream_idle_s": "idle", "stream_total_s": "total"}

_Found = tuple[Any, str]


def plan_vendor(loaded: LoadedVendor, document: Document) -> dict[str, OperationPlan]:
    """The plan of every operation of the document, by its id."""
    file = _File(loaded)
    return {name: _planned(file, operation) for name, operation in document.operations.items()}


def plan_operation(loaded: LoadedVendor, document: Document, operation: Operation) -> OperationPlan:
    """The plan of one operation. `document` is the one that the operation is from."""
    if document.operations.get(operation.id) is not operation:
        raise ValueError(f"{operation.id} is not an operation of {document.name}")
    return _planned(_File(loaded), operation)


def _planned(file: "_File", operation: Operation) -> OperationPlan:
    return _Planner(file, operation.id, operation.method).plan(operation.template, deprecated=operation.deprecated)


def plan_unlisted(loaded: LoadedVendor, method: str) -> OperationPlan:
    """The plan of requests that the document does not know: the vendor's policy, and no resend of POST or PATCH."""
    return _Planner(_File(loaded), UNLISTED, method).plan("", deprecated=False)


def is_pattern(name: str) -> bool:
    """Whether an entry of `operations` is a pattern (`Post*`). Operation ids hold no asterisk or question mark."""
    return "*" in name or "?" in name


def settings_for(loaded: LoadedVendor, operation_id: str) -> Iterator[tuple[str, OperationSettings]]:
    """The entries of `operations` that apply to an id, the one that wins first."""
    entries = loaded.vendor.operations
    if operation_id in entries:
        yield operation_id, entries[operation_id]
    patterns = [name for name in entries if is_pattern(name) and fnmatchcase(operation_id, _escaped(name))]
    for name in sorted(patterns, key=lambda name: -len(name.replace("*", "").replace("?", ""))):
        if name != operation_id:
            yield name, entries[name]


def applies(limit: Limit | Quota | Concurrency, operation_id: str) -> bool:
    """Whether a request of this operation counts under a limit."""
    return limit.scope != "operations" or any(matches(name, operation_id) for name in limit.of)


def matches(pattern: str, operation_id: str) -> bool:
    """Whether an id, or a pattern with `*` and `?`, means this operation."""
    return fnmatchcase(operation_id, _escaped(pattern))


def _escaped(pattern: str) -> str:
    """Square brackets mean themselves: ids like `GET /files/{id}[x]` hold them."""
    return pattern.replace("[", "[[]")


class _File:
    """A vendor file, and what was looked up in it: its operations ask for much the same."""

    def __init__(self, loaded: LoadedVendor) -> None:
        self.loaded = loaded
        self._places: dict[Loc, str] = {}
        self._policy: dict[Loc, _Found] = {}

    def at(self, loc: Loc) -> str:
        """Where something is written: `vendor.yaml:41`."""
        place = self._places.get(loc)
        if place is None:
            place = self._places[loc] = f"{self.loaded.path.name}:{self.loaded.position(loc).line}"
        return place

    def policy(self, loc: Loc) -> _Found:
        """A value of the policy, and where it came from."""
        found = self._policy.get(loc)
        if found is None:
            value, written = _dig(self.loaded.vendor.policy, loc)
            found = self._policy[loc] = value, self.at(("policy", *loc)) if written else "default"
        return found


class _Planner:
    def __init__(self, file: _File, operation_id: str, method: str) -> None:
        self.file = file
        self.loaded = loaded = file.loaded
        self.id = operation_id
        self.method = method
        self.entries = [] if operation_id == UNLISTED else list(settings_for(loaded, operation_id))
        self.origins: dict[str, str] = {}

    def plan(self, template: str, *, deprecated: bool) -> OperationPlan:
        vendor = self.loaded.vendor
        keys = vendor.facts.idempotency
        idempotency = self._idempotency()
        keyed = idempotency == "vendor-key" and keys is not None and self.method in keys.methods
        retention_s = keys.remembers if keyed and keys else 0.0
        take = self._take
        plan = OperationPlan(
            vendor=vendor.vendor,
            operation=self.id,
            method=self.method,
            template=template,
            deprecated=deprecated,
            idempotency=idempotency,
            key_header=keys.header if keyed and keys else None,
            key_retention_s=retention_s,
            keep_s=take("keep_s", ("keep",), fallback=self._retention(keyed=keyed)),
            budget_s=take("budget_s", ("budget",), ("budget",)),
            connect_s=take("connect_s", ("timeout", "connect"), ("timeout", "connect")),
            first_byte_s=take("first_byte_s", ("timeout", "first_byte"), ("timeout", "first_byte")),
            idle_s=take("idle_s", ("timeout", "idle"), ("timeout", "idle")),
            attempt_s=take("attempt_s", ("timeout", "attempt"), ("timeout", "attempt")),
            retry_attempts=take("retry_attempts", ("attempts",), ("retry", "attempts")),
            retry_base_s=take("retry_base_s", None, ("retry", "base")),
            retry_cap_s=take("retry_cap_s", None, ("retry", "cap")),
            throttle_base_s=take("throttle_base_s", None, fallback=(THROTTLE_BASE_S, "default")),
            retry_budget=take("retry_budget", None, ("retry", "budget")),
            retry_floor=take("retry_floor", None, fallback=(RETRY_FLOOR, "default")),
            breaker_group=take("breaker_group", ("group",), fallback=("default", "default")),
            queue_depth=take("queue_depth", None, ("queue", "depth")),
            queue_wait_s=take("queue_wait_s", None, ("queue", "wait")),
            critical=take("critical", ("critical",), fallback=self._criticality()),
            unavailable=self._unavailable(),
            **{name: take(name, ("stream", key), ("stream", key)) for name, key in STREAM_TIMES.items()},
            **self._reads(),
            origins=self.origins,
            **self._bounds(),
        )
        self._say_where(plan, keyed=keyed)
        return plan

    def _bounds(self) -> dict[str, Any]:
        """Everything that bounds how much may be asked."""
        facts, policy = self.loaded.vendor.facts, self.loaded.vendor.policy
        bulkhead = policy.bulkhead
        return {
            "limits": tuple(limit for limit in facts.limits if applies(limit, self.id)),
            "quotas": tuple(quota for quota in facts.quotas if applies(quota, self.id)),
            "concurrency": tuple(limit for limit in facts.concurrency if applies(limit, self.id)),
            "adaptive": bool(facts.adaptive),
            "bulkhead": bulkhead.concurrent if bulkhead else 0,
            "bulkhead_queue": bulkhead.queue if bulkhead else 0,
            "breaker": policy.breaker,
            "reports": tuple(rule for rule in RULES if getattr(getattr(policy, rule), "mode", "") == "report"),
        }

    def _say_where(self, plan: OperationPlan, *, keyed: bool) -> None:
        """The origins of what is not looked up along the usual way."""
        keys_at = self.file.at(("facts", "idempotency"))
        self.origins["key_header"] = self.origins["key_retention_s"] = keys_at if keyed else "default"
        for name in ("limits", "quotas", "concurrency", "adaptive"):
            self.origins[name] = self.file.at(("facts", name)) if getattr(plan, name) else "default"
        written = self.loaded.vendor.policy.model_fields_set
        for name, block in {"bulkhead": "bulkhead", "bulkhead_queue": "bulkhead", "breaker": "breaker"}.items():
            self.origins[name] = self.file.at(("policy", block)) if block in written else "default"
        self.origins["reports"] = self.file.at(("policy", plan.reports[0], "mode")) if plan.reports else "default"
        self.origins["deprecated"] = "document" if self.id != UNLISTED else "default"

    def _take(self, name: str, entry: Loc | None, policy: Loc | None = None, fallback: _Found | None = None) -> Any:
        value, origin = self._found(entry, policy) or fallback or (None, "default")
        self.origins[name] = origin
        return value

    def _found(self, entry: Loc | None, policy: Loc | None) -> _Found | None:
        for name, settings in self.entries if entry else ():
            value, written = _dig(settings, entry or ())
            if written and value is not None:
                return value, self.file.at(("operations", name, *(entry or ())))
        return None if policy is None else self.file.policy(policy)

    def _retention(self, *, keyed: bool) -> _Found:
        keys = self.loaded.vendor.facts.idempotency
        if keyed and keys is not None:
            return keys.remembers, self.file.at(("facts", "idempotency", "remembers"))
        return KEEP_S, "default"

    def _criticality(self) -> _Found:
        high = self.loaded.vendor.criticality == "high" and self.method not in SAFE
        return high, self.file.at(("criticality",)) if high else "default"

    def _idempotency(self) -> KeyPlan:
        if self.method in SAFE:
            self.origins["idempotency"] = "method"
            return "safe"
        plans, origin = self._found(("idempotency",), None) or ((), "")
        listed = plans if isinstance(plans, tuple) else (plans,)
        written: tuple[IdempotencyPlan, ...] = listed
        for plan in written:
            if plan != "lookup":
                self.origins["idempotency"] = origin
                return plan
        self.origins["idempotency"] = "method" if self.method in NATURAL else "default"
        return "natural" if self.method in NATURAL else "never-resend"

    def _unavailable(self) -> str:
        value, origin = self._found(("unavailable",), None) or (None, "default")
        self.origins["unavailable"] = origin
        if isinstance(value, Fallback):
            return "static" if value.static is not None else f"fail: {value.fail}"
        return str(value or "fail")

    def _reads(self) -> dict[str, Any]:
        """What only reads have. Who keeps answers may as well wait for one together, unless the file says otherwise."""
        if self.method not in SAFE:
            self.origins.update(dict.fromkeys(("static", "cache", "coalesce", "hedge"), "method"))
            return {}
        instead = self._take("static", ("unavailable",))
        cache: Cache | None = self._take("cache", ("cache",))
        coalesce = self._take("coalesce", ("coalesce",), fallback=(cache.shared if cache else None, "default"))
        return {
            "static": instead.static if isinstance(instead, Fallback) else None,
            "cache": cache,
            "coalesce": None if coalesce == "off" else coalesce,
            "hedge": self._take("hedge", ("hedge",)),
        }


def _dig(part: BaseModel, loc: Loc) -> _Found:
    """The value at a path of a block, and whether it was written there."""
    here: Any = part
    written = True
    for step in loc:
        written = written and step in here.model_fields_set
        here = getattr(here, str(step))
        if here is None:
            break
    return here, written  # type: ignore[return-value]  # a value and a truth
