"""A GraphQL endpoint that answers any query of its schema with seeded values, at the price of Shopify's rule.

Objects cost 1, connections 2 and what is in them, mutations 10, single values nothing (shopify.dev, API limits).
Lists end: a connection has so many nodes. Nothing is stored: a mutation answers as if it were done.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    build_schema,
    execute_sync,
    get_named_type,
    get_nullable_type,
    is_enum_type,
    is_list_type,
    is_object_type,
    parse,
    validate,
)

from tidegate.facts import GraphQLFacts
from tidegate.simulator import errors
from tidegate.simulator.door.prices import Price

NODES = 25
"""So many nodes are in every connection."""

PAGE = 10
"""Nodes on a page, where the query does not say."""

OBJECT, CONNECTION, MUTATION = 1.0, 2.0, 10.0

Letters = Callable[[str, int], str]


@dataclass(frozen=True, slots=True)
class Result:
    """What a request comes to: the body without its cost, and the price."""

    body: dict[str, Any]
    price: Price


class GraphQL:
    """One vendor's endpoint. `letters` names values."""

    def __init__(self, facts: GraphQLFacts, letters: Letters) -> None:
        self.operation = facts.operation
        self._most = facts.query_cost_max
        self._schema = build_schema(facts.types)
        self._letters = letters

    def answer(self, body: bytes) -> Result:
        """The answer to one request. Raises errors.VendorError where it is no GraphQL request."""
        query, variables, name = _read(body)
        try:
            document = parse(query)
        except GraphQLError as error:
            return Result({"errors": [_said(error)]}, Price(0.0, 0.0))
        flaws = validate(self._schema, document)
        if flaws:
            return Result({"errors": [_said(flaw) for flaw in flaws]}, Price(0.0, 0.0))
        asked = _Bill(self._schema, document, variables).of(name)
        if asked > self._most:
            message = f"Query cost is {asked:g}, which exceeds the single query max cost limit ({self._most:g})."
            said = {"message": message, "extensions": {"code": "MAX_COST_EXCEEDED", "cost": asked}}
            return Result({"errors": [said]}, Price(0.0, 0.0))
        found = execute_sync(
            self._schema, document, variable_values=variables, operation_name=name, field_resolver=self._resolve
        )
        told: dict[str, Any] = {"data": found.data}
        if found.errors:
            told["errors"] = [_said(error) for error in found.errors]
        return Result(told, Price(asked, min(_spent(found.data, top=True), asked)))

    def _resolve(self, source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        """A value for one field: what its object holds, else a new one by its type."""
        if isinstance(source, Mapping) and info.field_name in source:
            return source[info.field_name]
        about = source.get("", "") if isinstance(source, Mapping) else ""
        name = (
            f"{about}.{info.field_name}({orjson.dumps(arguments, default=str, option=orjson.OPT_SORT_KEYS).decode()})"
        )
        kind = get_nullable_type(info.return_type)
        if is_object_type(kind) and kind.name.endswith("Connection"):
            return _connection(name, arguments)
        if is_list_type(kind):
            return [self._one(get_named_type(kind), f"{name}[{place}]", arguments) for place in range(2)]
        return self._one(kind, name, arguments)

    def _one(self, kind: Any, name: str, arguments: Mapping[str, Any]) -> Any:
        if is_object_type(kind):
            made: dict[str, Any] = {"": name}
            if "id" in kind.fields:
                number = int.from_bytes(self._letters(f"graphql id {name}", 6).encode(), "big") % 10**12
                made["id"] = arguments.get("id") or f"gid://simulated/{kind.name}/{number}"
            if "userErrors" in kind.fields:
                made["userErrors"] = []
            return made
        if is_enum_type(kind):
            return next(iter(kind.values))
        letters = self._letters(f"graphql {name}", 12)
        number = int.from_bytes(letters[:2].encode(), "big") % 1000
        values: dict[str, Any] = {"Int": number, "Float": number / 10, "Boolean": bool(number % 2)}
        return values.get(kind.name, letters)


def _connection(name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """One page of a connection; cursors are places in it."""
    count = int(arguments.get("first") or arguments.get("last") or PAGE)
    after = str(arguments.get("after") or "")
    begin = int(after.removeprefix("c")) + 1 if after.removeprefix("c").isdecimal() else 0
    places = range(begin, min(begin + count, NODES))
    bare = name.partition("(")[0]
    nodes = [{"": f"{bare}[{place}]"} for place in places]
    edges = [{"cursor": f"c{place}", "node": node} for place, node in zip(places, nodes, strict=True)]
    info = {
        "hasNextPage": bool(places) and places[-1] < NODES - 1,
        "hasPreviousPage": begin > 0,
        "startCursor": edges[0]["cursor"] if edges else None,
        "endCursor": edges[-1]["cursor"] if edges else None,
    }
    return {"": bare, "edges": edges, "nodes": nodes, "pageInfo": info}


class _Bill:
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
        """How many nodes a connection is asked for."""
        for argument in node.arguments or ():
            if argument.name.value in ("first", "last"):
                value = argument.value
                if isinstance(value, IntValueNode):
                    return int(value.value)
                if isinstance(value, VariableNode) and isinstance(self._variables.get(value.name.value), int):
                    return int(self._variables[value.name.value])
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


def _spent(data: Any, *, top: bool = False) -> float:
    """The points of what was found: each object that is there, and each connection."""
    if isinstance(data, list):
        return sum(_spent(one) for one in data)
    if not isinstance(data, dict):
        return 0.0
    page = "edges" in data or "nodes" in data
    own = 0.0 if top else CONNECTION if page else 0.0 if "node" in data and "cursor" in data else OBJECT
    return own + sum(_spent(one) for name, one in data.items() if name != "pageInfo")


def _read(body: bytes) -> tuple[str, dict[str, Any], str | None]:
    try:
        sent = orjson.loads(body)
    except ValueError:
        sent = None
    if not isinstance(sent, dict) or not isinstance(sent.get("query"), str):
        raise errors.missing_parameter("query")
    variables, name = sent.get("variables"), sent.get("operationName")
    return sent["query"], variables if isinstance(variables, dict) else {}, name if isinstance(name, str) else None


def _said(error: GraphQLError) -> dict[str, Any]:
    return {name: value for name, value in error.formatted.items() if value is not None}
