"""The anti-patterns that were looked for, and what is left to do before the vendor is relied on, by priority."""

from collections.abc import Iterator, Sequence

from tidegate.blueprint.adapter_interface import AdapterClass
from tidegate.blueprint.joined_rows import table
from tidegate.blueprint.summary import Plans
from tidegate.configfile.units import written_duration, written_share
from tidegate.vendor.vendor import Vendor

HELD, OPEN = "held", "open"


def anti_patterns(vendor: Vendor, plans: Plans, adapters: Sequence[AdapterClass]) -> str:
    """A row for each, with what stands against it."""
    return table(("Anti-pattern", "What stands against it", "State"), list(_anti_patterns(vendor, plans, adapters)))


def _anti_patterns(vendor: Vendor, plans: Plans, adapters: Sequence[AdapterClass]) -> Iterator[tuple[str, str, str]]:
    facts, policy = vendor.facts, vendor.policy
    longest = written_duration(max((plan.budget_s for plan in plans.values()), default=0.0))
    never = sum(plan.idempotency == "never-resend" for plan in plans.values())
    bare = [name for name, plan in plans.items() if plan.critical and plan.unavailable == "fail"]
    gone = [name for name in vendor.operations if name in plans and plans[name].deprecated]
    webhooks = facts.webhooks
    jitter = f"{policy.retry.attempts} attempts, {policy.retry.jitter} jitter (TG003)"
    bounded = bool(facts.limits or facts.quotas or facts.concurrency)
    signed = webhooks is None or webhooks.scheme is not None
    share = written_share(policy.retry.budget)
    named = not facts.personal_data or policy.data is not None
    rows: list[tuple[str, str, bool]] = [
        ("Calls without a timeout", f"every call ends within {longest} (TG001)", True),
        ("Retries without end, or all at once", jitter, policy.retry.jitter == "full"),
        ("A retry storm on a failing vendor", f"retries are {share} of calls at most", True),
        ("A write sent twice", f"every write has a plan (TG002); {never} are never resent", True),
        ("Hammering a vendor that is down", "a breaker for each group of operations", True),
        ("More than the vendor allows", "its limits are kept before they are met (TG004)", bounded),
        ("A key in code or configuration", "references alone are taken (TG006)", True),
        ("A key that never changes", "its age is watched", facts.auth.rotate_every is not None),
        ("An unsigned or repeated webhook acted on", "signature, age and id are looked at first (TG007)", signed),
        ("Personal data sent anywhere", "region and fields are named (TG008)", named),
        ("A critical call without a plan for the outage", "a fallback, or a reason (TG009)", not bare),
        ("Building on what the vendor ends", "deprecated operations are named (TG010)", not gone),
        ("The vendor's types all over the app", "an adapter maps them", bool(adapters)),
        ("Calls past the proxy, retries in apps, catch-all excepts", "`tidegate scan` looks for them in an app", False),
    ]
    for name, stands, held in rows:
        yield name, stands, HELD if held else OPEN


def checklist(vendor: Vendor, adapters: Sequence[AdapterClass]) -> str:
    """What is to be done, the most urgent first; a tick where the file shows that it is."""
    parts = []
    for title, tasks in _tasks(vendor, adapters):
        lines = [f"- [{'x' if done else ' '}] {task}" for task, done in tasks]
        parts.append(f"### {title}\n\n" + "\n".join(lines))
    return "\n\n".join(parts)


def _tasks(vendor: Vendor, adapters: Sequence[AdapterClass]) -> Iterator[tuple[str, list[tuple[str, bool]]]]:
    facts, policy, name = vendor.facts, vendor.policy, vendor.vendor
    owner = vendor.owner not in (None, "", "undecided")
    yield (
        "P0: before the first call",
        [
            ("Every rule holds: `tidegate check`", True),
            (f"A team answers for it{f': {vendor.owner}' if owner else ''}", owner),
            (f"The secret is at its place ({facts.auth.secret}), with no more rights than: {facts.auth.scopes}", False),
            ("Its limits are confirmed by its documentation", bool(facts.limits) and not facts.adaptive),
            *((f"Decide: {line}", False) for line in vendor.undecided),
        ],
    )
    yield (
        "P1: before customers depend on it",
        [
            ("The adapter's consumer test is green against the simulator", False),
            ("An adapter keeps the vendor's types out of the app", bool(adapters)),
            (f"A scenario with an outage is survived: `tidegate simulate {name} --scenario FILE`", False),
            ("`tidegate scan` finds nothing new in the apps that call it", False),
            (f"The alert rules are loaded: `tidegate blueprint {name} --alerts FILE`", False),
            (f"Those who are woken have read the runbook {policy.alerts.runbook if policy.alerts else name}", False),
            ("Webhooks are taken, verified and made up for", facts.webhooks is not None),
        ],
    )
    yield (
        "P2: once it runs",
        [
            ("An objective is written: `policy.slo`", policy.slo is not None),
            ("A rotation of the secret has been rehearsed", False),
            ("Its document is compared with the next one: `tidegate contracts drift`", False),
            ("A vendor that could take its place is known", False),
        ],
    )
