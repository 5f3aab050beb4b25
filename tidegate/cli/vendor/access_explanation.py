"""What each app of a tidegate.yaml may do at a vendor, and with one operation: for `explain` and `blueprint`.

The rules are those that a proxy makes of the same file.
"""

from collections.abc import Mapping, Sequence

from tidegate.configfile.units import written_duration
from tidegate.plan.plan import OperationPlan
from tidegate.proxy.access.app_rules import AppRule, app_rules, app_settings
from tidegate.proxy.app_config import AppSettings
from tidegate.proxy.config import Config


def apps_of(config: Config) -> list[str]:
    """The apps that may call at all."""
    return sorted({one.app for one in config.tokens} | {*app_settings(config)})


def words_of(config: Config, plan: OperationPlan) -> dict[str, str]:
    """App → what it may do with an operation, in words."""
    settings = app_settings(config)
    rules = app_rules(settings, {})
    return {app: _words(rules.get(app), settings.get(app, AppSettings()), plan) for app in apps_of(config)}


def access_section(config: Config, vendor: str, plans: Mapping[str, OperationPlan]) -> str:
    """A section of the blueprint; empty where no app has rules."""
    known = app_settings(config)
    rules = app_rules(known, {})
    if not rules:
        return ""
    rows = ["| App | Operations | Waits for approval | Calls |", "| --- | --- | --- | --- |"]
    for app in apps_of(config):
        settings = known.get(app, AppSettings())
        allowed = "everything" if settings.allow is None else _listed(settings.allow.get(vendor, ()))
        rule = rules.get(app)
        held = [name for name, plan in plans.items() if rule is not None and _waits(rule, plan)]
        if isinstance(settings.approve, Mapping):
            waits = _listed(held)
        else:
            waits = "every write" if settings.approve else "nothing"
        rows.append(f"| {app} | {allowed} | {waits} | {_calls(settings)} |")
    return "\n".join(["", "## Who may call", "", *rows, ""])


def _words(rule: AppRule | None, settings: AppSettings, plan: OperationPlan) -> str:
    if rule is None:
        return "may call it"
    if rule.allowed is not None:
        named = rule.allowed.get(plan.vendor)
        if named is None or not named.names(plan.operation):
            return "may not call it"
    parts = ["may call it"]
    if _waits(rule, plan):
        parts = [f"waits for approval, for {written_duration(rule.approve_within_s)} at most"]
    calls = _calls(settings)
    parts += [calls] if calls != "no bound" else []
    parts += [f"no more urgent than u={rule.urgency}"] if rule.urgency is not None else []
    return "; ".join(parts)


def _waits(rule: AppRule, plan: OperationPlan) -> bool:
    if plan.idempotency == "safe":
        return False
    named = rule.approved.get(plan.vendor) if rule.approved is not None else None
    return rule.all_writes or (named is not None and named.names(plan.operation))


def _calls(settings: AppSettings) -> str:
    calls = settings.calls
    parts = [f"{count} a {name}" for name, count in (("minute", calls.minute), ("day", calls.day)) if count is not None]
    return ", ".join(parts) or "no bound"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "nothing"
