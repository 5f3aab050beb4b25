"""What a GraphQL query costs, by Shopify's rule: asked for before it is carried out, spent by what was found.

Objects cost 1, connections 2 and what is in them, mutations 10, single values nothing (shopify.dev, API limits).
"""

from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_object_type,
)

from tidegate.simulator.behaviour.graphql_objects import PAGE

OBJECT, CONNECTION, MUTATION = 1.0, 2.0, 10.0


class CostEstimate:
    """What a query asks for, in points."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: dict[str, Any]) -> None:
        self._schema = schema
        self._document = document
        self._variables = variables
        self._fragments = {
            one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
        }

    def of(self, name: str | None) -> float:
        """The points of the operation of this name, or of the only one."""
        for one in self._document.definitions:
            if isinstance(one, OperationDefinitionNode) and (name is None or (one.name and one.name.value == name)):
                root = self._schema.get_root_type(one.operation)
                assert root is not None
                changes = one.operation.value == "mutation"
                return self._inside(root, one.selection_set, MUTATION if changes else 0.0)
        return 0.0

    def _inside(self, kind: Any, selections: SelectionSetNode | None, each: float = 0.0) -> float:
        points = 0.0
        for one in selections.selections if selections is not None else ():
            if isinstance(one, FieldNode):
                points += each + self._field(kind, one)
            elif isinstance(one, InlineFragmentNode):
                points += self._inside(kind, one.selection_set, each)
            elif isinstance(one, FragmentSpreadNode) and one.name.value in self._fragments:
                points += self._inside(kind, self._fragments[one.name.value].selection_set, each)
        return points

    def _field(self, kind: Any, node: FieldNode) -> float:
        field = getattr(kind, "fields", {}).get(node.name.value)
        inner = get_named_type(field.type) if field is not None else None
        if field is None or not is_object_type(inner):
            return 0.0
        if not inner.name.endswith("Connection"):
            free = inner.name == "PageInfo"
            return 0.0 if free else OBJECT + self._inside(inner, node.selection_set)
        return CONNECTION + self._count(node) * self._nodes(inner, node.selection_set)

    def _count(self, node: FieldNode) -> int:
        """How many nodes a connection is asked for; a negative number is refused later, and costs nothing."""
        for argument in node.arguments or ():
            if argument.name.value in ("first", "last"):
                value = argument.value
                if isinstance(value, IntValueNode):
                    return max(int(value.value), 0)
                if isinstance(value, VariableNode) and isinstance(self._variables.get(value.name.value), int):
                    return max(int(self._variables[value.name.value]), 0)
        return PAGE

    def _nodes(self, connection: GraphQLObjectType, selections: SelectionSetNode | None) -> float:
        """The points of one node of a connection, however the query reaches it."""
        points = 0.0
        for one in selections.selections if selections is not None else ():
            if not isinstance(one, FieldNode) or one.name.value not in ("edges", "nodes"):
                continue
            kind: Any = get_named_type(connection.fields[one.name.value].type)
            inside = one.selection_set
            if one.name.value == "edges":
                node = next((sub for sub in _fields(inside) if sub.name.value == "node"), None)
                kind, inside = get_named_type(kind.fields["node"].type), node.selection_set if node else None
            points = max(points, OBJECT + self._inside(kind, inside))
        return points


def _fields(selections: SelectionSetNode | None) -> list[FieldNode]:
    return [one for one in selections.selections if isinstance(one, FieldNode)] if selections is not None else []


def spent(data: Any, *, top: bool = False) -> float:
    """The points of what was found: each object that is there, and each connection."""
    if isinstance(data, list):
        return sum(spent(one) for one in data)
    if not isinstance(data, dict):
        return 0.0
    page = "edges" in data or "nodes" in data
    own = 0.0 if top else CONNECTION if page else 0.0 if "node" in data and "cursor" in data else OBJECT
    return own + sum(spent(one) for name, one in data.items() if name != "pageInfo")
