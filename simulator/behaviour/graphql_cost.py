"""The cost of a GraphQL query by Shopify's rule: requested before it is carried out, spent by what was found.

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

from tidegate.simulator.behaviour.graphql_objects import PAGE, is_connection

OBJECT, CONNECTION, MUTATION = 1.0, 2.0, 10.0


class CostEstimate:
    """The requested cost of a query, in points."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: dict[str, Any]) -> None:
        self._schema = schema
        self._document = document
        self._variables = variables
        self._fragments = {
            fragment.name.value: fragment
            for fragment in document.definitions
            if isinstance(fragment, FragmentDefinitionNode)
        }

    def of(self, name: str | None) -> float:
        """The points of the operation of this name, or of the only one."""
        for definition in self._document.definitions:
            if isinstance(definition, OperationDefinitionNode) and (
                name is None or (definition.name and definition.name.value == name)
            ):
                root = self._schema.get_root_type(definition.operation)
                assert root is not None
                changes = definition.operation.value == "mutation"
                return self._inside(root, definition.selection_set, MUTATION if changes else 0.0)
        return 0.0

    def _inside(self, kind: Any, selections: SelectionSetNode | None, each: float = 0.0) -> float:
        points = 0.0
        for selection in selections.selections if selections is not None else ():
            if isinstance(selection, FieldNode):
                points += each + self._field(kind, selection)
            elif isinstance(selection, InlineFragmentNode):
                points += self._inside(kind, selection.selection_set, each)
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value in self._fragments:
                points += self._inside(kind, self._fragments[selection.name.value].selection_set, each)
        return points

    def _field(self, kind: Any, node: FieldNode) -> float:
        field = getattr(kind, "fields", {}).get(node.name.value)
        inner = get_named_type(field.type) if field is not None else None
        if field is None or not is_object_type(inner):
            return 0.0
        if not is_connection(inner):
            free = inner.name == "PageInfo"
            return 0.0 if free else OBJECT + self._inside(inner, node.selection_set)
        return CONNECTION + self._count(node) * self._nodes(inner, node.selection_set)

    def _count(self, node: FieldNode) -> int:
        """The number of nodes that a connection is asked for; a negative one is refused later, and costs nothing."""
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
        for selection in _fields(selections):
            if selection.name.value not in ("edges", "nodes"):
                continue
            kind: Any = get_named_type(connection.fields[selection.name.value].type)
            inside = selection.selection_set
            if selection.name.value == "edges":
                node = next((sub for sub in _fields(inside) if sub.name.value == "node"), None)
                kind, inside = get_named_type(kind.fields["node"].type), node.selection_set if node else None
            points = max(points, OBJECT + self._inside(kind, inside))
        return points


def _fields(selections: SelectionSetNode | None) -> list[FieldNode]:
    listed = selections.selections if selections is not None else ()
    return [selection for selection in listed if isinstance(selection, FieldNode)]


def spent(data: Any, *, top: bool = False) -> float:
    """The points of what was found: each object that is there, and each connection."""
    if isinstance(data, list):
        return sum(spent(item) for item in data)
    if not isinstance(data, dict):
        return 0.0
    page = "edges" in data or "nodes" in data
    own = 0.0 if top else CONNECTION if page else 0.0 if "node" in data and "cursor" in data else OBJECT
    return own + sum(spent(item) for name, item in data.items() if name != "pageInfo")
