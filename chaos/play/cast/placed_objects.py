"""Objects that no request makes: what an operation is about is put into the simulator, with what lies around it.

It is how a contract's provider states are made (simulator.control.provider_states). Which objects a path goes through,
and which one a field of the content names, the simulator has read from the document and the vendor file.
"""

from collections.abc import Mapping

from tidegate.openapi.document import DocumentError, Operation
from tidegate.simulator.app import SimulatorServer
from tidegate.simulator.control.provider_states import set_up
from tidegate.simulator.document.path_template import SLOT
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.values.value_generator import REQUEST

_MADE_BY_IT = frozenset({"create", "put", "list", "sample"})
"""What an operation does that is about no single object that is there."""


def placed_names(simulator: SimulatorServer, operation: Operation, tag: str) -> dict[str, str]:
    """Put there what an operation is about: the names for its request; empty where it is about nothing that is known.

    Raises ValueError where an object cannot be, DocumentError where the document is unsound there.
    """
    resource, kinds = simulator.resource_operations.of(operation), simulator.resource_operations.kinds
    names = _on_the_path(simulator, operation, tag, puts=resource.does == "put")
    kind = kinds.get(resource.kind)
    if kind is not None and resource.id_param and resource.id_param not in names and resource.does not in _MADE_BY_IT:
        for name in kind.within:
            if name not in names and name in kinds:
                names[name] = _place(simulator, kinds[name], names)
        names[resource.id_param] = _place(simulator, kind, names)
    return names


def placed_or_none(simulator: SimulatorServer, operation: Operation, tag: str) -> dict[str, str]:
    """As `placed_names`; empty where that cannot be done."""
    try:
        return placed_names(simulator, operation, tag)
    except (ValueError, DocumentError):
        return {}


def _on_the_path(simulator: SimulatorServer, operation: Operation, tag: str, *, puts: bool) -> dict[str, str]:
    model = simulator.resource_operations.model
    path, names = model.paths[operation.id], dict[str, str]()
    schemas = {one["name"]: one for one in simulator.document.parameters(operation) if one["in"] == "path"}
    for end in range(1, len(path.key) + 1):
        if path.key[end - 1] != SLOT:
            continue
        name, kind = path.params[path.key[:end].count(SLOT) - 1], model.at.get(path.key[:end])
        if kind is not None and not kind.single and kind.id_param and not (puts and end == len(path.key)):
            around = dict(zip(kind.within, [*names.values()], strict=False))
            names[name] = _place(simulator, kind, around)
        else:
            parameter = schemas.get(name, {"name": name})
            schema = parameter.get("schema", {"type": "string"})
            names[name] = str(simulator.generator.value(name, schema, tag, REQUEST))
    return names


def _place(simulator: SimulatorServer, kind: ResourceKind, names: Mapping[str, str]) -> str:
    around = {name: names[name] for name in kind.within if name in names}
    return str(set_up(simulator, f"a {kind.name} exists", around)["id"])
