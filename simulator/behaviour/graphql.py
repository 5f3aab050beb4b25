"""The GraphQL endpoint of a vendor: answers any query of its schema.

The objects that mutations make are simulator.behaviour.graphql_objects'; every other value is seeded, and lists of such
values end. The cost of a query is simulator.behaviour.graphql_cost's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLResolveInfo,
    OperationType,
    build_schema,
    execute_sync,
    get_named_type,
    get_nullable_type,
    get_operation_ast,
    is_enum_type,
    is_list_type,
    is_object_type,
    parse,
    validate,
)

from tidegate.json_pointer import is_place
from tidegate.simulator.answer import errors
from tidegate.simulator.answer.error_envelope import filled
from tidegate.simulator.behaviour.graphql_cost import CostEstimate, spent
from tidegate.simulator.behaviour.graphql_objects import THERE, GraphQLObjects, is_connection, page_size
from tidegate.simulator.door.request_cost import QueryCost
from tidegate.simulator.objects.event_log import EventLog
from tidegate.simulator.objects.object_store import ObjectStore
from tidegate.simulator.objects.operation_request import OperationRequest
from tidegate.simulator.request.request_content import json_body
from tidegate.vendor.facts import GraphQLFacts

_NOT_STORED: Any = object()

Letters = Callable[[str, int], str]


@dataclass(frozen=True, slots=True)
class GraphQLResult:
    """The result of a GraphQL request: the body without its cost, and the price."""

    body: dict[str, Any]
    price: QueryCost
    change: Callable[[OperationRequest], dict[str, Any]] | None = None
    """Carries a mutation out and gives the body, where the request is one: nothing is changed before it is let in."""


class GraphQLEndpoint:
    """One vendor's endpoint. `letters` names values."""

    def __init__(self, facts: GraphQLFacts, letters: Letters, store: ObjectStore, event_log: EventLog) -> None:
        self.operation = facts.operation
        self._most = facts.query_cost_max
        self._ids = facts.ids
        self._schema = build_schema(facts.types)
        self._letters = letters
        self._graph = GraphQLObjects(self._schema, lambda kind, name: self._one(kind, name, {}), store, event_log)

    def answer(self, body: bytes) -> GraphQLResult:
        """The answer to one request. Raises errors.VendorError where it is no GraphQL request."""
        query, variables, name = _read(body)
        try:
            document = parse(query)
        except GraphQLError as error:
            return GraphQLResult({"errors": [_error_body(error)]}, QueryCost(0.0, 0.0))
        flaws = validate(self._schema, document)
        if flaws:
            return GraphQLResult({"errors": [_error_body(flaw) for flaw in flaws]}, QueryCost(0.0, 0.0))
        cost = CostEstimate(self._schema, document, variables).of(name)
        if cost > self._most:
            message = f"Query cost is {cost:g}, which exceeds the single query max cost limit ({self._most:g})."
            refusal = {"message": message, "extensions": {"code": "MAX_COST_EXCEEDED", "cost": cost}}
            return GraphQLResult({"errors": [refusal]}, QueryCost(0.0, 0.0))
        operation = get_operation_ast(document, name)
        if operation is not None and operation.operation is OperationType.MUTATION:
            return GraphQLResult(
                {}, QueryCost(cost, cost), lambda within: self._carried_out(document, variables, name, within)
            )
        answer = self._carried_out(document, variables, name)
        return GraphQLResult(answer, QueryCost(cost, min(spent(answer["data"], top=True), cost)))

    def _carried_out(
        self,
        document: DocumentNode,
        variables: dict[str, Any],
        name: str | None,
        within: OperationRequest | None = None,
    ) -> dict[str, Any]:
        result = execute_sync(
            self._schema,
            document,
            context_value=within,
            variable_values=variables,
            operation_name=name,
            field_resolver=self._resolve,
        )
        body: dict[str, Any] = {"data": result.data}
        if result.errors:
            body["errors"] = [_error_body(error) for error in result.errors]
        return body

    def _resolve(self, source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        """A value for one field: what its object holds, else a new one by its type."""
        if isinstance(source, Mapping) and info.field_name in source:
            return source[info.field_name]
        kind = get_nullable_type(info.return_type)
        if source is None and (stored := self._stored(kind, info, arguments)) is not _NOT_STORED:
            return stored
        about = source.get("", f"{info.parent_type.name} {source.get('id')}") if isinstance(source, Mapping) else ""
        name = (
            f"{about}.{info.field_name}({orjson.dumps(arguments, default=str, option=orjson.OPT_SORT_KEYS).decode()})"
        )
        if is_connection(kind):
            return _connection(name, arguments)
        if is_list_type(kind):
            return [self._one(get_named_type(kind), f"{name}[{place}]", arguments) for place in range(2)]
        return self._one(kind, name, arguments)

    def _stored(self, kind: Any, info: GraphQLResolveInfo[Any], arguments: Mapping[str, Any]) -> Any:
        """The stored object or objects that a top field of a query or mutation asks for."""
        graph = self._graph
        if info.parent_type is self._schema.mutation_type:
            changed = graph.change(info.field_name, kind, arguments, info.context)
            return _NOT_STORED if changed is None else changed
        if is_connection(kind):
            node = _node(kind)
            if node is None or not graph.lists(node):
                return _NOT_STORED
            things, after, before = graph.page(node, arguments)
            return _page(things, after=after, before=before)
        if is_list_type(kind) and graph.lists(get_named_type(kind)):
            return [thing for _, thing in graph.page(get_named_type(kind), arguments)[0]]
        if is_object_type(kind) and "id" in arguments and graph.holds(kind):
            return graph.lookup(kind, arguments["id"])
        return _NOT_STORED

    def _one(self, kind: Any, name: str, arguments: Mapping[str, Any]) -> Any:
        if is_object_type(kind):
            made: dict[str, Any] = {"": name}
            if "id" in kind.fields:
                number = int.from_bytes(self._letters(f"graphql id {name}", 6).encode(), "big") % 10**12
                made["id"] = arguments.get("id") or filled(self._ids, {"type": kind.name, "number": number})
            if "userErrors" in kind.fields:
                made["userErrors"] = []
            return made
        if is_enum_type(kind):
            return next(iter(kind.values))
        letters = self._letters(f"graphql {name}", 12)
        number = int.from_bytes(letters[:2].encode(), "big") % 1000
        values: dict[str, Any] = {"Int": number, "Float": number / 10, "Boolean": bool(number % 2)}
        return values.get(kind.name, letters)


def _node(connection: GraphQLObjectType) -> Any:
    """The type of a connection's nodes."""
    fields = connection.fields
    if "nodes" in fields:
        return get_named_type(fields["nodes"].type)
    edge: Any = get_named_type(fields["edges"].type) if "edges" in fields else None
    return get_named_type(edge.fields["node"].type) if edge is not None and "node" in edge.fields else None


def _page(things: list[tuple[str, dict[str, Any]]], *, after: bool, before: bool) -> dict[str, Any]:
    """A connection of these nodes, their keys as cursors."""
    edges = [{"cursor": key, "node": thing} for key, thing in things]
    info = {
        "hasNextPage": after,
        "hasPreviousPage": before,
        "startCursor": things[0][0] if things else None,
        "endCursor": things[-1][0] if things else None,
    }
    return {"": "", "edges": edges, "nodes": [thing for _, thing in things], "pageInfo": info}


def _connection(name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """One page of a connection; cursors are places in it."""
    count = page_size(arguments)
    after = str(arguments.get("after") or "").removeprefix("c")
    begin = int(after) + 1 if is_place(after) else 0
    bare = name.partition("(")[0]
    nodes = [(f"c{place}", {"": f"{bare}[{place}]"}) for place in range(begin, min(begin + count, THERE))]
    return {**_page(nodes, after=begin + count < THERE, before=begin > 0), "": bare}


def _read(body: bytes) -> tuple[str, dict[str, Any], str | None]:
    sent = json_body(body)
    if not isinstance(sent, dict) or not isinstance(sent.get("query"), str):
        raise errors.missing_parameter("query")
    variables, name = sent.get("variables"), sent.get("operationName")
    return sent["query"], variables if isinstance(variables, dict) else {}, name if isinstance(name, str) else None


def _error_body(error: GraphQLError) -> dict[str, Any]:
    return {name: value for name, value in error.formatted.items() if value is not None}
