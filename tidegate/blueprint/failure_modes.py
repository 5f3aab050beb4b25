"""The failure modes of a vendor's operations, our answer to each, and what the app sees of it, as Markdown tables."""

from collections.abc import Mapping

from tidegate.blueprint.joined_rows import Row, joined_table, table
from tidegate.configfile.units import written_duration
from tidegate.plan.plan import OperationPlan
from tidegate.policy.deferral import bulk
from tidegate.policy.deferral.defer import deadline_s, defers
from tidegate.problems import PROBLEMS
from tidegate.vendor.vendor import Vendor


def operations(plans: Mapping[str, OperationPlan]) -> str:
    """The times, attempts and limits of each operation."""
    head = ("Operation", "Call budget", "Connect / first byte / idle / attempt", "Attempts", "Limits", "Breaker group")
    rows = {
        name: (
            written_duration(plan.budget_s),
            " / ".join(map(written_duration, (plan.connect_s, plan.first_byte_s, plan.idle_s, plan.attempt_s))),
            str(plan.retry_attempts),
            ", ".join(f"{limit.name} {limit.rate}" for limit in plan.limits) or "none",
            plan.breaker_group,
        )
        for name, plan in plans.items()
    }
    deprecated = [name for name, plan in plans.items() if plan.deprecated]
    parts = [joined_table(head, rows)]
    if deprecated:
        parts.append(f"Deprecated: {', '.join(f'`{name}`' for name in deprecated)}.")
    return "\n\n".join(parts)


def set_apart(plans: Mapping[str, OperationPlan]) -> dict[str, OperationPlan]:
    """The operations that are cached, coalesced or hedged."""
    return {name: plan for name, plan in plans.items() if plan.cache or plan.coalesce or plan.hedge}


def reads(plans: Mapping[str, OperationPlan]) -> str:
    """What stands between an app and the vendor for reads."""
    head = ("Operation", "Fresh where the vendor does not say", "Stale on errors", "Shared", "Set aside", "Hedge after")
    rows: dict[str, Row] = {}
    for name, plan in plans.items():
        cache, after = plan.cache, plan.hedge.after if plan.hedge else None
        windows = (cache.fresh, cache.stale_if_error) if cache else (None, None)
        fresh, stale = ("no" if window is None else written_duration(window) for window in windows)
        shared = (cache.shared if cache else plan.coalesce) or "no"
        aside = ", ".join(f"`{word}`" for word in cache.despite) if cache and cache.despite else "nothing"
        late = "off" if after is None else after if isinstance(after, str) else written_duration(after)
        rows[name] = (fresh, stale, f"by {shared}" if shared != "no" else shared, aside, late)
    return joined_table(head, rows)


_RESEND = {
    "safe": "a read: sent again",
    "natural": "repeating it does no harm: sent again",
    "vendor-key": "sent again under the same key",
    "lookup": "looked up, and sent again where it was not carried out",
    "never-resend": "never sent again",
}


def failure_modes(plans: Mapping[str, OperationPlan]) -> str:
    """What goes wrong, and what is done about it."""
    head = ("Operation", "No connection", "5xx, broken or no answer", "Idempotency", "429", "Vendor away")
    rows: dict[str, Row] = {}
    for name, plan in plans.items():
        tries = f"up to {plan.retry_attempts} attempts"
        waits = f"{written_duration(plan.retry_base_s)} to {written_duration(plan.retry_cap_s)}"
        lost = "`deadline-exceeded` or `vendor-unavailable`" if plan.idempotency == "safe" else "`outcome-unknown`"
        again = plan.idempotency not in ("never-resend", "lookup")
        key = f", key kept {written_duration(plan.key_retention_s)}" if plan.key_header else ""
        record = "" if plan.idempotency == "safe" else f", our record {written_duration(plan.keep_s)}"
        rows[name] = (
            f"{tries}, then `vendor-unavailable`",
            (f"{_RESEND[plan.idempotency]}, {tries}, waits {waits}, " if again else "not sent again, ")
            + f"then the vendor's answer, or {lost} where there was none",
            _RESEND[plan.idempotency] + key + record,
            f"{tries}, waits from {written_duration(plan.throttle_base_s)} or as it says, then its own 429"
            if plan.retry_attempts > 1
            else "the vendor's own 429",
            away(plan),
        )
    return joined_table(head, rows)


def away(plan: OperationPlan) -> str:
    """The fallback in words. A stale answer comes before one that is written in the file."""
    stale_s = plan.cache.stale_if_error if plan.cache else None
    last = plan.unavailable.replace("fail: ", "fails, because ") if plan.unavailable != "fail" else "fails"
    if plan.static is not None:
        last = f"a static {plan.static.status}"
    if defers(plan) and plan.defer.when != "never":
        last = f"accepted with 202, carried out within {written_duration(deadline_s(plan))}"
        if plan.defer.bulk is not None:
            last += f", {bulk.describe(plan.defer.bulk)}"
    if stale_s is None:
        return last
    stale = f"the last answer, up to {written_duration(stale_s)} after it went stale"
    return f"{stale}; then fails" if plan.unavailable == "cache" else f"{stale}; then {last}"


_SEEN = (
    ("The vendor answers, whatever it says", "", "The vendor's own answer, unchanged."),
    (
        "Time is used up, nothing of a write was sent, or it is a read",
        "deadline-exceeded",
        "Ask again, with more time.",
    ),
    (
        "No connection, or the breaker is open",
        "vendor-unavailable",
        "Nothing was carried out; wait as Retry-After says.",
    ),
    ("Our quota for this vendor is used up", "rate-limited", "Nothing was sent; wait as Retry-After says."),
    ("The vendor refuses us for its rate", "", "The vendor's own 429: not carried out; wait as Retry-After says."),
    ("The vendor refuses our credential", "credential-rejected", "Only the owner can mend it."),
    ("Tidegate can get no access token", "credential-unavailable", "Wait as Retry-After says; tell the owner."),
    ("The app's token is missing or unknown", "app-unauthorized", "Give the app a token."),
    (
        "The app shows no token at the forward proxy",
        "proxy-unauthorized",
        "Put the token into the proxy's URL: http://app:TOKEN@host:port.",
    ),
    ("A write was sent and no answer came", "outcome-unknown", "Ask for its record, or repeat it under the same key."),
    ("The same key is still running", "idempotency-conflict", "Wait as Retry-After says."),
    ("The same key with another body", "idempotency-mismatch", "A mistake in the app: a key belongs to one request."),
    (
        "A write that was accepted for later ended without success",
        "not-delivered",
        "Read its record; repeat it under a new key.",
    ),
    ("The queue is full, or Tidegate is stopping", "overloaded", "Nothing was sent; wait as Retry-After says."),
    (
        "Tidegate's own store cannot be written",
        "store-unavailable",
        "Nothing was sent; wait, or mend its disk.",
    ),
    (
        "The vendor's answer is more than we take",
        "answer-refused",
        "Look at the vendor before a write is repeated: it may have been carried out.",
    ),
    ("Only a stored answer was asked for", "not-cached", "Ask without `only-if-cached`."),
    ("The address or operation is not allowed", "egress-denied", "Add it to the document, or allow unlisted ones."),
    ("The app may not make this call", "app-forbidden", "Allow it in tidegate.yaml; the answer says what is needed."),
    ("Data may not go to the vendor's region", "residency-denied", "Look at the rule that it names."),
    ("A placeholder is not the app's to use", "placeholder-refused", "Grant it in tidegate.yaml, or leave it out."),
    ("Tidegate itself fails", "internal-error", "Look in its log."),
)


def seen(vendor: Vendor) -> str:
    """What the app sees of each thing that may happen."""
    shape = "`" + vendor.facts.errors.envelope + "`" if vendor.facts.errors.envelope else "the body"
    rows = [
        (what, f"`{name}` {PROBLEMS[name].status}" if name else "the vendor's", advice) for what, name, advice in _SEEN
    ]
    text = (
        f"Our own refusals wear the vendor's error envelope ({shape}) and name the problem in `Tidegate-Problem`; "
        "who asks for `application/problem+json` gets RFC 9457."
    )
    return text + "\n\n" + table(("What happened", "Problem", "What to do"), rows)
