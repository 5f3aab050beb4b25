"""TG109: ids and patterns that mean something. A slip of the pen would switch a policy off in silence."""

from collections.abc import Iterator

from tidegate.check.judged_vendor import JudgedVendor
from tidegate.check.rules.tg004_limits import bounds_of
from tidegate.configfile.rule import Breach, rule
from tidegate.configfile.wording import nearest
from tidegate.configfile.yaml_places import Loc
from tidegate.plan.operation_pattern import is_pattern


@rule("TG109", "an operation that is named exists", JudgedVendor)
def check_operation_names(judged: JudgedVendor) -> Iterator[Breach]:
    """Every id or pattern in the file means an operation of the document."""
    if not judged.documented:
        return
    named: list[tuple[Loc, str]] = [(("operations", name), name) for name in judged.vendor.operations]
    for at, bound in bounds_of(judged.vendor.facts):
        named.extend((("facts", *at, "of", place), name) for place, name in enumerate(bound.of))
    for loc, name in named:
        if name not in judged.plans and not judged.meant_by(name):
            what = "matches no operation" if is_pattern(name) else "is no operation"
            yield Breach(loc, f"{name} {what} of the document{nearest(name, judged.plans)}")
