"""The rulebook: every rule of the vendor file, and the judgement of one file by all of them.

Rules judge meaning; forms and units were judged while the file was read (tidegate.vendor.vendor_file). Nothing is said
about a field that was found broken there. Rules register themselves (tidegate.configfile.rule): those beside the blocks
of the policy when the policy is imported, those in tidegate.check.rules here.
"""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from tidegate.check import rules
from tidegate.check.judged_vendor import JudgedVendor
from tidegate.configfile.block import Block
from tidegate.configfile.finding import FORM_CODES, Finding, in_order
from tidegate.configfile.rule import RULES, Breach, Omission, Rule
from tidegate.configfile.yaml_places import Loc
from tidegate.openapi.document import Document
from tidegate.plan.plan import OperationPlan
from tidegate.plan.planning import plan_vendor
from tidegate.policy.plan_values import PlannedOperation, sources_of
from tidegate.vendor.vendor_file import LoadedVendor

for _module in iter_modules(rules.__path__, f"{rules.__name__}."):
    import_module(_module.name)

CODES = dict(sorted({**FORM_CODES, **{known.code: known.holds for known in RULES}}.items()))
"""Every code in order, with what holds where it is not reported."""


def check(loaded: LoadedVendor, document: Document | None) -> list[Finding]:
    """Every broken rule, in the order of the file. Without the document, only what needs none is judged."""
    judged = JudgedVendor(loaded, plan_vendor(loaded, document) if document else {}, documented=document is not None)
    return in_order(finding for rule in RULES for finding in _judge(rule, judged))


def _judge(rule: Rule, judged: JudgedVendor) -> Iterator[Finding]:
    if issubclass(rule.subject, Block):
        for place, block in _blocks(judged.loaded.vendor, ()):
            if isinstance(block, rule.subject):
                for breach in rule.judge(block):
                    yield from _finding(rule, judged, breach, place)
    elif issubclass(rule.subject, PlannedOperation):
        # Only the values that the rule can see count: operations that agree in them break it alike.
        for plan in judged.distinct(sources_of(rule.subject)):
            for breach in rule.judge(plan):
                yield from _finding(rule, judged, _placed(breach, judged, plan), ())
    else:
        for breach in rule.judge(judged):
            yield from _finding(rule, judged, breach, ())


def _blocks(block: Block, place: Loc) -> Iterator[tuple[Loc, Block]]:
    """A block and every block inside it, with their places; not those in lists and under operation ids."""
    yield place, block
    for name in type(block).model_fields:
        inner = getattr(block, name)
        if isinstance(inner, Block):
            yield from _blocks(inner, (*place, name))


def _placed(breach: Breach | Omission, judged: JudgedVendor, plan: OperationPlan) -> Breach | Omission:
    """A breach of a rule about plan values, with the places in the file that these values are taken from."""
    if isinstance(breach, Omission):
        return breach
    sources = sources_of(OperationPlan)

    def place(loc: Loc) -> Loc:
        source = sources[str(loc[0])]
        return judged.place_of(plan, source.entry, source.policy)

    return Breach(place(breach.loc), breach.message, tuple(map(place, breach.rests_on)))


def _finding(rule: Rule, judged: JudgedVendor, breach: Breach | Omission, place: Loc) -> Iterator[Finding]:
    """The finding for a breach of a rule about what stands at `place`, unless what it rests on is unreadable."""
    broken = judged.loaded.broken
    if isinstance(breach, Omission):
        at: Loc = ("operations",)
        # An entry with the key in an unreadable form may be just the one that is missing; so may an unreadable entry.
        doubtful = any(loc[:1] == at and (len(loc) <= 2 or loc[2] == breach.key) for loc in broken)
    else:
        at = (*place, *breach.loc)
        rests_on = (at, *((*place, *loc) for loc in breach.rests_on))
        # A place is unreadable where it, a block around it, or a part of it is.
        doubtful = any(loc[: len(base)] == base or base[: len(loc)] == loc for loc in broken for base in rests_on)
    if not doubtful:
        yield judged.loaded.finding(rule.code, at, breach.message, rule.severity)
