"""The page of one operation: the stages that a call passes, and every value that is in force with its origin."""

from dataclasses import dataclass

from tidegate.configfile.wording import nearest
from tidegate.plan.plan import OperationPlan
from tidegate.plan.plan_words import value_names, written_value
from tidegate.proxy.console.console_sources import ConsoleSources
from tidegate.proxy.console.view import PageData, PageFailure, PageRequest, View


@dataclass(frozen=True, slots=True)
class ValueRow:
    """One effective value."""

    name: str
    text: str
    origin: str
    """`vendor.yaml:41`, `default`, `method` or `document`."""


def operation_view(sources: ConsoleSources) -> View:
    """The page at `/vendors/{vendor}/operations/{operation}`: what `tidegate explain` says, as it is in force."""

    async def show(request: PageRequest) -> PageData | PageFailure:
        vendor, name = request.path["vendor"], request.path["operation"]
        plans = sources.plans(vendor)
        plan = plans.get(name)
        if plan is None:
            return PageFailure(404, f"{vendor!r} has no operation {name!r}{nearest(name, plans)}")
        values = {
            "vendor": vendor,
            "plan": plan,
            "stages": [*sources.stages(plan)],
            "own": [row for row in value_rows(plan) if row.origin != "default"],
            "defaults": [row for row in value_rows(plan) if row.origin == "default"],
        }
        return PageData(values, title=f"{vendor}: {name}")

    return View("/vendors/{vendor}/operations/{operation}", "Operation", "operation.html", show)


def value_rows(plan: OperationPlan) -> list[ValueRow]:
    """Every value of a plan in words."""
    return [
        ValueRow(name, written_value(name, getattr(plan, name)), plan.origins.get(name, "default"))
        for name in value_names()
    ]
