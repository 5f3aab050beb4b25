"""The operations that an adapter begins with: those that a person named, or a round of what can be done to one thing.

Nobody can know which operations an app needs; a small round of list, create, read, change and delete shows how.
"""

from collections.abc import Sequence
from itertools import islice, zip_longest

from tidegate.configfile.wording import nearest
from tidegate.openapi.document import Document, DocumentError, Operation
from tidegate.plan.operation_pattern import is_pattern, matches
from tidegate.policy.plan_values import SAFE
from tidegate.problems import UsageError
from tidegate.scaffold.call_shape import CallShape, CallShapes, Unshaped, shaped

NAMED_MAX = 60
"""An adapter is begun with so many operations at most."""
CANDIDATES_MAX = 24
"""So many calls are rehearsed where nobody named any."""
LOOKED_AT_MAX = 2_000
"""So many operations are looked at."""
FEW = 6
ROUND = ("list", "create", "retrieve", "update", "put", "delete")


def named_calls(document: Document, shapes: CallShapes, wanted: Sequence[str]) -> list[CallShape]:
    """The calls of these ids and patterns. Raises UsageError for what means nothing, is too much, or has no shape."""
    ids: dict[str, None] = {}
    for one in wanted:
        meant = [name for name in document.operations if name == one or (is_pattern(one) and matches(one, name))]
        if not meant:
            raise UsageError(
                f"--operation {one}: the document has no such operation{nearest(one, document.operations)}"
            )
        ids |= dict.fromkeys(meant)
    if len(ids) > NAMED_MAX:
        raise UsageError(
            f"--operation: that is {len(ids)} operations; name at most {NAMED_MAX}, the ones that are used"
        )
    calls = []
    for name in ids:
        try:
            calls.append(shapes.of(document.operations[name]))
        except Unshaped as reason:
            raise UsageError(f"--operation {name}: no method can be written for it: {reason}; leave it out") from None
    return calls


def candidate_calls(document: Document, shapes: CallShapes) -> list[list[CallShape]]:
    """Rounds of calls, the one with most that can be done first; of a document without things, its first calls."""
    rounds: dict[str, dict[str, Operation]] = {}
    plain: dict[bool, list[Operation]] = {True: [], False: []}
    for operation in islice(document.operations.values(), LOOKED_AT_MAX):
        if operation.deprecated:
            continue
        try:
            resource = shapes.resources.of(operation)
        except DocumentError:
            continue
        if resource.kind and resource.does in ROUND:
            rounds.setdefault(resource.kind, {}).setdefault(resource.does, operation)
        elif len(plain[operation.method in SAFE]) < FEW:
            plain[operation.method in SAFE].append(operation)
    mixed = [one for pair in zip_longest(plain[True], plain[False]) for one in pair if one is not None]
    alone = [one for calls in rounds.values() if len(calls) == 1 for one in calls.values()]
    order = sorted(rounds.values(), key=lambda operations: (-len(operations), _depth(operations)))
    chosen: list[list[CallShape]] = []
    count = 0
    for operations in [[one[does] for does in ROUND if does in one] for one in order if len(one) > 1] + [mixed, alone]:
        calls = [call for one in operations if (call := shaped(shapes, one)) is not None][:FEW]
        if calls and count + len(calls) <= CANDIDATES_MAX:
            chosen.append(calls)
            count += len(calls)
        if count > CANDIDATES_MAX - FEW:
            break
    if not chosen:
        raise UsageError("the document has no operation that a method can be written for")
    return chosen


def _depth(operations: dict[str, Operation]) -> int:
    return min(operation.template.count("{") for operation in operations.values())
