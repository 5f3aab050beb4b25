"""The rules TG001–TG010: what a vendor file must say before the proxy may call that vendor.

Each rule is one function of the plans that the file comes to, and yields findings with the place to mend. They judge
meaning; forms and units were judged in tidegate.vendor.vendor_file. A rule says nothing about a field that was already
found broken there.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tidegate.check.limit_rules import bounds_of, misjudged
from tidegate.check.read_rules import misplaced
from tidegate.configfile.finding import Finding, in_order
from tidegate.configfile.wording import nearest
from tidegate.configfile.yaml_places import Loc
from tidegate.openapi.document import Document
from tidegate.plan.plan import OperationPlan
from tidegate.plan.planning import NATURAL, SAFE, is_pattern, matches, plan_vendor, settings_for
from tidegate.vendor.vendor_file import LoadedVendor


@dataclass(frozen=True)
class _Case:
    """What a rule looks at. `plans` and `ids` are empty where the document could not be read."""

    loaded: LoadedVendor
    plans: Mapping[str, OperationPlan]

    def found(self, code: str, loc: Loc, message: str, *also: Loc, severity: str = "error") -> Iterator[Finding]:
        """A finding at `loc`, unless that field, or one of `also` that the judgement rests on, is broken itself."""
        for known in self.loaded.broken:
            for one in (loc, *also):
                if known[: len(one)] == one or one[: len(known)] == known:
                    return
        yield self.loaded.finding(code, loc, message, severity)

    def missing(self, code: str, field: str, message: str) -> Iterator[Finding]:
        """A finding about a field that operations lack, unless one of them has it in a form that cannot be read."""
        for known in self.loaded.broken:
            if known[:1] == ("operations",) and (len(known) <= 2 or known[2] == field):
                return
        yield self.loaded.finding(code, ("operations",), message)


def check(loaded: LoadedVendor, document: Document | None) -> list[Finding]:
    """Every broken rule, in the order of the file. Without the document, only what needs none is judged."""
    case = _Case(loaded, plan_vendor(loaded, document) if document else {})
    findings = [finding for rule in RULES for finding in rule(case)]
    if document:
        findings.extend(_named_operations(case))
        for code, loc, text in misplaced(loaded, case.plans):
            findings.extend(case.found(code, loc, text))
    return in_order(findings)


def _at(case: _Case, plan: OperationPlan, entry: Loc, policy: Loc) -> Loc:
    """Where an effective value of an operation was written: in its entry, else in the policy."""
    for name, settings in settings_for(case.loaded, plan.operation):
        here: object = settings
        for step in entry:
            here = getattr(here, str(step), None)
        if here is not None:
            return ("operations", name, *entry)
    return ("policy", *policy)


def _timeouts(case: _Case) -> Iterator[Finding]:
    """TG001."""
    for plan in _distinct(case, "budget_s", "connect_s", "first_byte_s", "idle_s", "attempt_s"):
        places = {
            "budget": _at(case, plan, ("budget",), ("budget",)),
            **{
                name: _at(case, plan, ("timeout", name), ("timeout", name))
                for name in ("connect", "first_byte", "idle", "attempt")
            },
        }
        zero = [name for name in places if getattr(plan, f"{name}_s") <= 0]
        for name in zero:
            yield from case.found("TG001", places[name], f"{name} is zero; write how long it may take, like 5s")
        if zero:
            continue
        if plan.attempt_s > plan.budget_s:
            text = (
                f"an attempt may take {plan.attempt_s:g} s, but the whole call only {plan.budget_s:g} s; "
                f"lower timeout.attempt or raise budget ({plan.operation})"
            )
            yield from case.found("TG001", places["attempt"], text, places["budget"])
        if plan.connect_s + plan.first_byte_s > plan.attempt_s:
            text = (
                f"connect and first_byte may take {plan.connect_s + plan.first_byte_s:g} s together, but the attempt "
                f"only {plan.attempt_s:g} s; lower them or raise timeout.attempt ({plan.operation})"
            )
            yield from case.found("TG001", places["attempt"], text, places["connect"], places["first_byte"])


def _distinct(case: _Case, *fields: str) -> Iterator[OperationPlan]:
    """One plan for each different set of origins and values: a mistake in the policy is told once, not 400 times."""
    seen = set()
    for plan in case.plans.values():
        key = tuple((getattr(plan, name), plan.origins.get(name)) for name in fields)
        if key not in seen:
            seen.add(key)
            yield plan


def _idempotency(case: _Case) -> Iterator[Finding]:
    """TG002."""
    facts = case.loaded.vendor.facts.idempotency
    missing: list[str] = []
    keyless: dict[str, list[str]] = {}
    unnatural: dict[str, list[str]] = {}
    for plan in case.plans.values():
        named = _named(case, plan, "idempotency")
        if named is None:
            if plan.method not in SAFE | NATURAL:
                missing.append(plan.operation)
        elif plan.idempotency == "vendor-key" and plan.key_header is None:
            keyless.setdefault(named, []).append(plan.operation)
        elif plan.idempotency == "natural" and plan.method not in NATURAL and is_pattern(named):
            unnatural.setdefault(named, []).append(plan.operation)
    if missing:
        text = (
            f"no idempotency plan for {_some(missing)}; write idempotency: vendor-key or never-resend "
            "under operations, by id or by a pattern like Post*"
        )
        yield from case.missing("TG002", "idempotency", text)
    why = (
        f"the vendor's keys are for {', '.join(facts.methods)} only"
        if facts
        else "facts.idempotency does not say that the vendor has keys"
    )
    for name, ids in keyless.items():
        text = f"{_some(ids)} cannot use vendor-key: {why}; write never-resend, or add the method to the facts"
        yield from case.found("TG002", ("operations", name, "idempotency"), text, ("facts", "idempotency"))
    for name, ids in unnatural.items():
        text = (
            f"a pattern cannot make {_some(ids)} natural; name each operation that may be repeated without harm, "
            "or write vendor-key or never-resend"
        )
        yield from case.found("TG002", ("operations", name, "idempotency"), text)


def _named(case: _Case, plan: OperationPlan, field: str) -> str | None:
    """The entry of `operations` that sets a field of an operation."""
    for name, settings in settings_for(case.loaded, plan.operation):
        if getattr(settings, field) is not None:
            return name
    return None


def _retries(case: _Case) -> Iterator[Finding]:
    """TG003."""
    retry = case.loaded.vendor.policy.retry
    at: Loc = ("policy", "retry")
    if retry.jitter == "none":
        text = "without jitter every client comes back at the same moment; write jitter: full"
        yield from case.found("TG003", (*at, "jitter"), text)
    if retry.cap <= 0 or retry.base <= 0 or retry.cap < retry.base:
        text = f"base ({retry.base:g} s) must be above zero and not above cap ({retry.cap:g} s)"
        yield from case.found("TG003", (*at, "cap"), text, (*at, "base"))
    if not 0 < retry.budget <= 0.5:
        text = (
            f"a retry budget of {retry.budget:.0%} holds nothing back; write a share above 0% and up to 50%, like 10%"
        )
        yield from case.found("TG003", (*at, "budget"), text)


def _limits(case: _Case) -> Iterator[Finding]:
    """TG004."""
    vendor = case.loaded.vendor
    for loc, text in misjudged(vendor.facts):
        yield from case.found("TG004", loc, text)
    if not any(0 < share < 1 for share in vendor.policy.quota_alert):
        text = "no quota alert below 100%; write when you want to know, like [80%, 95%]"
        yield from case.found("TG004", ("policy", "quota_alert"), text)


def _observed(case: _Case) -> Iterator[Finding]:
    """TG005."""
    vendor = case.loaded.vendor
    if vendor.policy.alerts is None:
        text = "no alerts; write alerts: {errors: 5%, slow_p99: 5s, runbook: name}"
        yield from case.found("TG005", ("policy", "alerts"), text)
    elif not vendor.policy.alerts.runbook.strip():
        yield from case.found("TG005", ("policy", "alerts", "runbook"), "the runbook has no name; write one")
    if not (vendor.owner or "").strip():
        yield from case.found("TG005", ("owner",), "nobody owns this vendor; write owner: the team that answers for it")


def _credentials(case: _Case) -> Iterator[Finding]:
    """TG006. That the secret is a reference is judged by its form."""
    auth = case.loaded.vendor.facts.auth
    at: Loc = ("facts", "auth")
    if not auth.rotate_every:
        text = "no rotation period; write how old the secret may become, like rotate_every: 90d"
        yield from case.found("TG006", (*at, "rotate_every"), text)
    if not (auth.scopes or "").strip():
        text = "no scopes; write in words the least that this credential must be allowed to do"
        yield from case.found("TG006", (*at, "scopes"), text)


def _webhooks(case: _Case) -> Iterator[Finding]:
    """TG007."""
    hooks = case.loaded.vendor.facts.webhooks
    if hooks is None:
        return
    needs = {
        "scheme": (hooks.scheme, "the signature scheme"),
        "secrets": (hooks.secrets, "a reference to the signing secret"),
        "tolerance": (hooks.tolerance, "how old a signature may be, like 5m"),
        "dedupe": (hooks.dedupe, "where the event's id stands, like {pointer: /id}"),
        "backfill": (hooks.backfill, "the poller for events that never came, or `none, because …`"),
    }
    for name, (value, what) in needs.items():
        if not value:
            yield from case.found("TG007", ("facts", "webhooks", name), f"{name} is missing; write {what}")
    if isinstance(hooks.backfill, str) and not hooks.backfill.lower().startswith("none, because "):
        text = "this is neither a poller nor a reason; write {operation: …, every: …} or `none, because …`"
        yield from case.found("TG007", ("facts", "webhooks", "backfill"), text)


def _personal_data(case: _Case) -> Iterator[Finding]:
    """TG008."""
    facts, data = case.loaded.vendor.facts, case.loaded.vendor.policy.data
    if not facts.personal_data:
        return
    if not facts.region:
        text = "personal data is sent, but not where to; write region: the place where the vendor keeps it"
        yield from case.found("TG008", ("facts", "region"), text, ("facts", "personal_data"))
        return
    held = [field for field in facts.personal_data if data is None or field not in data.may_leave]
    if held and (data is None or data.otherwise is None):
        text = f"{_some(held)} may not leave to {facts.region}; list it here, or send it to nobody"
        yield from case.found("TG008", ("policy", "data", "may_leave"), text, ("facts", "personal_data"))


def _fallbacks(case: _Case) -> Iterator[Finding]:
    """TG009."""
    missing = [
        plan.operation for plan in case.plans.values() if plan.critical and _named(case, plan, "unavailable") is None
    ]
    if missing:
        text = (
            f"no fallback for {_some(missing)}; write unavailable: {{fail: why}} under operations, "
            "by id or by a pattern like Post*"
        )
        yield from case.missing("TG009", "unavailable", text)


def _deprecated(case: _Case) -> Iterator[Finding]:
    """TG010."""
    for name in case.loaded.vendor.operations:
        if name in case.plans and case.plans[name].deprecated:
            text = f"the document marks {name} deprecated; plan to leave it"
            yield from case.found("TG010", ("operations", name), text, severity="warning")


def _named_operations(case: _Case) -> Iterator[Finding]:
    """TG109: every id and pattern must mean something, or a slip of the pen would switch a policy off in silence."""
    vendor = case.loaded.vendor
    named: list[tuple[Loc, str]] = [(("operations", name), name) for name in vendor.operations]
    for at, limit in bounds_of(vendor.facts):
        named.extend(((*at, "of", place), name) for place, name in enumerate(limit.of))
    for loc, name in named:
        if name not in case.plans and not any(matches(name, known) for known in case.plans):
            what = "matches no operation" if is_pattern(name) else "is no operation"
            yield from case.found("TG109", loc, f"{name} {what} of the document{nearest(name, case.plans)}")


def _some(names: list[str]) -> str:
    """Up to three of them, and how many more."""
    rest = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + rest


RULES: tuple[Callable[[_Case], Iterator[Finding]], ...] = (
    _timeouts,
    _idempotency,
    _retries,
    _limits,
    _observed,
    _credentials,
    _webhooks,
    _personal_data,
    _fallbacks,
    _deprecated,
)
"""In the order of their codes, TG001 first."""
