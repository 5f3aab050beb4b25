"""Which operation of one document is which in the other: by method and path, the names of path parameters aside.

A path that stood in the server's address and stands in the paths now, or the other way round, is the same.

An operation whose id is now at another path has moved: whoever calls the old path is broken all the same.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tidegate.openapi.document import Document, Operation
from tidegate.openapi.servers import paths, servers

_PARAMETER = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class OperationPairs:
    """What became of the operations. `moved` is of those that are gone: where their id is now."""

    both: tuple[tuple[Operation, Operation], ...]
    gone: tuple[Operation, ...]
    come: tuple[Operation, ...]
    moved: Mapping[str, Operation]


def shape(operation: Operation) -> tuple[str, str]:
    """Method and path, with nothing where a parameter stands."""
    return operation.method, _PARAMETER.sub("{}", operation.template)


def operation_pairs(old: Document, new: Document) -> OperationPairs:
    """Match the operations of two documents."""
    after = {shape(operation): operation for operation in reversed([*new.operations.values()])}
    base, base_now = ("".join(paths(servers(one)[:1])) for one in (old, new))
    both: list[tuple[Operation, Operation]] = []
    gone: list[Operation] = []
    taken: set[str] = set()
    for operation in old.operations.values():
        same = new.operations.get(operation.id)
        other = same if same is not None and shape(same) == shape(operation) else after.get(shape(operation))
        if other is None and base != base_now:
            method, path = shape(operation)
            whole = f"{base}{path}"
            other = after.get((method, whole.removeprefix(base_now))) if whole.startswith(base_now) else None
        if other is None:
            gone.append(operation)
        else:
            both.append((operation, other))
            taken.add(other.id)
    come = [operation for operation in new.operations.values() if operation.id not in taken]
    named = {operation.id: operation for operation in come if isinstance(operation.node.get("operationId"), str)}
    moved = {operation.id: named[operation.id] for operation in gone if operation.id in named}
    there = {operation.id for operation in moved.values()}
    return OperationPairs(
        tuple(both), tuple(gone), tuple(operation for operation in come if operation.id not in there), moved
    )
