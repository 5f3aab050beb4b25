"""What a vendor is to us in one paragraph, the risks that follow from its file, and the facts at a glance."""

from collections.abc import Iterator, Mapping

from tidegate.blueprint.joined_rows import first_cell, table
from tidegate.configfile.units import written_duration, written_share
from tidegate.plan.bounds import Bound, written_bound
from tidegate.plan.plan import OperationPlan
from tidegate.policy.breaker import Breaker
from tidegate.policy.deferral.defer import defers
from tidegate.policy.retry import RETRY_FLOOR, RETRY_WINDOW_S
from tidegate.vendor.facts import IdempotencyFacts
from tidegate.vendor.vendor import Auth, Vendor

Plans = Mapping[str, OperationPlan]


def summary(vendor: Vendor, plans: Plans) -> str:
    """One paragraph: the use, the weight, how calls go, and the gravest risks."""
    writes = [plan for plan in plans.values() if plan.idempotency != "safe"]
    resent = sum(plan.idempotency in ("vendor-key", "natural", "lookup") for plan in writes)
    later = sum(defers(plan) and plan.defer.when != "never" for plan in writes)
    owner = f"{vendor.owner} answers for it" if vendor.owner else "nobody answers for it yet"
    risky = list(risks(vendor, plans))
    first = risky[0][0].lower() if risky else ""
    least = f" {len(risky)} {_noun(len(risky), 'risk')} stand below, first: {first}." if risky else " No risk is known."
    later_text = f"; {later} may be carried out later" if later else ""
    return (
        f"{vendor.purpose.rstrip('.')}. It is of {vendor.criticality} criticality, and {owner}. Apps reach it through "
        f"Tidegate alone, which keeps its limits, its secret and its failures from them: {len(plans)} operations, of "
        f"which {len(writes)} change something; {resent} of these can be sent again without harm{later_text}.{least}"
    )


def risks(vendor: Vendor, plans: Plans) -> Iterator[tuple[str, str]]:
    """Each risk with what is done about it, or is left to do; the gravest first."""
    facts = vendor.facts
    doubtful = [name for name, plan in plans.items() if plan.idempotency == "never-resend"]
    if doubtful:
        yield (
            f"A write whose answer is lost stays unknown: {first_cell(doubtful)}",
            "It is never sent again; a person, or the app under the same key, resolves it.",
        )
    bare = [name for name, plan in plans.items() if plan.critical and plan.unavailable.startswith("fail")]
    if bare:
        yield f"Nothing stands in when the vendor is away: {first_cell(bare)}", "The app tells its user at once."
    if vendor.undecided:
        yield f"{len(vendor.undecided)} points of the vendor file are undecided", "`tidegate check` names each."
    if facts.adaptive or not facts.limits:
        yield "Its limits are not known", "The rate is learned from refusals, so some calls are refused."
    if facts.personal_data:
        yield (
            f"Personal data leaves to {facts.region or 'an unnamed region'}: {first_cell(list(facts.personal_data))}",
            "Only the fields that `policy.data` names may be sent, and none is shown in logs.",
        )
    if facts.webhooks is None:
        yield "No webhook is taken", "What changes at the vendor is seen only when it is asked."
    elif isinstance(facts.webhooks.backfill, str):
        yield "A webhook that never comes is not made up for", facts.webhooks.backfill
    gone = [name for name, plan in plans.items() if plan.deprecated and name in vendor.operations]
    if gone:
        yield f"The vendor gives up what is used: {first_cell(gone)}", "Plan to leave it before its sunset."
    if not facts.auth.secrets and facts.auth.scheme != "certificate":
        yield "One credential carries all calls", "A refused one stops them; see the secret's life."


def risk_table(vendor: Vendor, plans: Plans) -> str:
    """The risks as a table."""
    return table(("Risk", "What is done about it"), list(risks(vendor, plans)) or [("none is known", "")])


def glance(vendor: Vendor) -> str:
    """The facts and the policy of the whole vendor."""
    facts, policy = vendor.facts, vendor.policy
    rows = [
        ("Owner", vendor.owner or "nobody"),
        ("Criticality", vendor.criticality),
        ("Address", facts.base_url),
        ("Data region", facts.region or "not named"),
        ("Personal data sent", ", ".join(f"`{field}`" for field in facts.personal_data) or "none"),
        ("Credential", f"{secrets_of(facts.auth)}, {facts.auth.scopes or 'scopes not named'}"),
        ("Rotated every", written_duration(facts.auth.rotate_every) if facts.auth.rotate_every else "not named"),
        ("Limits", limits_of(vendor)),
        ("Queue", f"{policy.queue.depth} calls, each at most {written_duration(policy.queue.wait)}"),
        ("Breaker", _breaker(policy.breaker)),
        ("Retry budget", retry_budget(policy.retry.budget)),
        ("Idempotency keys", _keys(facts.idempotency) if facts.idempotency else "none"),
    ]
    return table(("", ""), rows)


def secrets_of(auth: Auth) -> str:
    """The references to the secrets, never their values."""
    members = (f"{name} `{secret}`" for name, secret in auth.secrets.items())
    return ", ".join(members) if auth.secrets else f"`{auth.secret}`"


def limits_of(vendor: Vendor) -> str:
    """Every bound of the vendor's in words."""
    facts = vendor.facts
    bounds: list[Bound] = [*facts.limits, *facts.quotas, *facts.concurrency]
    return "; ".join(map(written_bound, bounds)) or ("learned from refusals" if facts.adaptive else "none")


def retry_budget(share: float) -> str:
    """The budget that all calls share."""
    return f"{written_share(share)} of the calls in any {RETRY_WINDOW_S:g} s, and {RETRY_FLOOR} in any case"


def _breaker(breaker: Breaker) -> str:
    slow, window, ramp = map(written_duration, (breaker.slow, breaker.window, breaker.ramp))
    return (
        f"opens at {written_share(breaker.failures)} failed or slower than {slow}, of at least {breaker.calls} calls "
        f"in {window}; open {written_duration(breaker.open)} to {written_duration(breaker.open_max)}, {breaker.probes} "
        f"probes, ramp {ramp}"
    )


def _keys(keys: IdempotencyFacts) -> str:
    retention = written_duration(keys.remembers)
    return f"`{keys.header}` on {', '.join(keys.methods)}, remembered {retention}, replays {', '.join(keys.replays)}"


def _noun(count: int, word: str) -> str:
    return word if count == 1 else f"{word}s"
