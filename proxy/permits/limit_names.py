"""The names of counts: calls that share a name share a count. They stand in metrics, on /state, and in the store."""

from tidegate.plan.plan import OperationPlan
from tidegate.vendor.facts import Scope

BEYOND_MEMBERS = ("account", "app")
"""The scopes of limits that all credentials of a vendor share."""

FOR = " for "


def owned(name: str, member: str) -> str:
    """The name of a count that each member of a pool has for itself."""
    return f"{name} of {member}" if member else name


def shared(name: str, scope: Scope, plan: OperationPlan, app: str, member: str = "") -> str:
    """The name of the one count that calls share under a limit."""
    if scope == "app":
        return f"{name}{FOR}{app}"
    if scope == "account":
        return name
    return owned(f"{name} {plan.operation}" if scope == "operation" else name, member)


def app_of(name: str, limit: str) -> str:
    """The app that a count is of, by the count's name and that of its limit; empty where it is of no single app."""
    begin = f"{limit}{FOR}"
    return name.removeprefix(begin) if name.startswith(begin) else ""
