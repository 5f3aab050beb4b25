"""Which request supplies the names that other requests need: the id of an order is what `POST /orders` answers.

A request of the scenario that takes a name (`takes`) supplies it. Else it is what a link of the document says, or the
POST to the path before the parameter, or the GET of that path, whose list has some. Pure: answers are given, and
nothing is sent.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tidegate.drawing.request_drawer import RequestDrawer, braced_names, path_names
from tidegate.json_pointer import at_pointer
from tidegate.openapi.document import Document, Operation
from tidegate.openapi.document_file import DocumentError
from tidegate.openapi.routes import PARAMETER
from tidegate.scenario.load import GivenRequest

ID_FIELDS = ("id", "sid", "uuid", "key", "number", "iid", "code", "slug", "token", "reference", "name")
"""Names of the field by which an object is called, in the order in which they are looked for."""

IN_ANSWER = "$response.body#"
"""How a link's expression begins that is a JSON Pointer into the answer."""

CHAIN_MAX = 10
"""Requests of which each needs the one before it."""

DEPTH_MAX = 3
"""So deep an answer is looked into for the object that it is about."""


@dataclass(frozen=True, slots=True)
class Supply:
    """The request `source` (of the scenario, or an operation's id) gives `name`; `pointer` says where, if known."""

    name: str
    source: str
    pointer: str = ""


class Supplies:
    """The supplies of one document, beside the requests that a scenario gives."""

    def __init__(self, document: Document, drawer: RequestDrawer, given: Mapping[str, GivenRequest]) -> None:
        self._given = given
        self._drawer = drawer
        self._document = document
        self._makers: dict[str, Operation] = {}
        self._lists: dict[str, Operation] = {}
        for operation in document.operations.values():
            shape = _shape(operation.template)
            if operation.method == "POST":
                self._makers.setdefault(shape, operation)
            elif operation.method == "GET":
                self._lists.setdefault(shape, operation)
        self._taken = {
            name: Supply(name, source, pointer)
            for source, request in given.items()
            for name, pointer in request.takes.items()
        }
        self._found: dict[str, tuple[Supply, ...]] = {}
        self._needs: dict[str, tuple[Supply, ...]] = {}
        self._linked = dict(self._links())
        self._by_field = {} if not self._makers else dict(self._fields())

    def operation_of(self, source: str) -> Operation:
        """The operation of a request, by the request's name or the operation's own id. Raises KeyError."""
        request = self._given.get(source)
        return self._document.operations[request.operation if request is not None else source]

    def needs(self, source: str) -> tuple[Supply, ...]:
        """What a request needs that another request can supply, the outermost first: a shop before its orders."""
        known = self._needs.get(source)
        if known is None:
            direct = self._direct(source)
            known = self._needs[source] = tuple(sorted(direct, key=lambda supply: self._depth(supply.source, 0)))
        return known

    def _depth(self, source: str, level: int) -> int:
        """So many requests must be made one after the other before this one."""
        if level >= CHAIN_MAX:
            return 0
        return max((1 + self._depth(supply.source, level + 1) for supply in self._direct(source)), default=0)

    def _direct(self, source: str) -> tuple[Supply, ...]:
        known = self._found.get(source)
        if known is None:
            known = self._found[source] = tuple(one for one in self._looked_up(source) if one.source != source)
        return known

    def _looked_up(self, source: str) -> Iterable[Supply]:
        request, operation = self._given.get(source), self.operation_of(source)
        needed: dict[str, Supply] = {}
        given_path = request.path if request is not None else {}
        for place, name in enumerate(path_names(operation)):
            if name not in given_path:
                supply = self._taken.get(name) or self._linked.get((operation.id, name))
                supply = supply or self._before(operation, place, name)
                if supply is not None:
                    needed[name] = supply
        written = () if request is None else (request.path, request.query, request.headers, request.body)
        for name in sorted(set[str]().union(*map(braced_names, written))):
            if name in self._taken:
                needed[name] = self._taken[name]
        if request is None or request.body is None:
            for name in self._drawer.needed_fields(operation):
                supply = self._taken.get(name) or self._by_field.get(name)
                if supply is not None:
                    needed.setdefault(name, supply)
        return needed.values()

    def _before(self, operation: Operation, place: int, name: str) -> Supply | None:
        """The supply of a path's parameter: what is at the path before it."""
        parts = PARAMETER.split(operation.template.partition("#")[0].partition("?")[0])
        before = _shape("{}".join(parts[0 : place * 2 + 1 : 2]).rstrip("/"))
        source = self._makers.get(before) or self._lists.get(before)
        return Supply(name, source.id) if source is not None else None

    def _links(self) -> Iterator[tuple[tuple[str, str], Supply]]:
        """What the document's own links say (OpenAPI 3.1, Link Object): where an answer has another's parameter."""
        for operation in self._document.operations.values():
            for link in self._links_of(operation):
                parameters, target = link.get("parameters"), link.get("operationId")
                known = isinstance(target, str) and target in self._document.operations
                if not known or not isinstance(parameters, dict):
                    continue
                for name, expression in parameters.items():
                    if isinstance(expression, str) and expression.startswith(IN_ANSWER):
                        plain = name.rpartition(".")[2]  # `path.id` is `id` of the path
                        yield (str(target), plain), Supply(plain, operation.id, expression.removeprefix(IN_ANSWER))

    def _links_of(self, operation: Operation) -> Iterator[Mapping[str, Any]]:
        """The Link Objects of an operation's good answers, as far as they can be read."""
        with suppress(DocumentError):
            for status, answer in self._document.responses(operation).items():
                followed = self._document.follow(answer) if str(status).startswith("2") else None
                links = followed.get("links") if isinstance(followed, dict) else None
                for one in links.values() if isinstance(links, dict) else ():
                    link = self._document.follow(one)
                    if isinstance(link, dict):
                        yield link

    def _fields(self) -> Iterator[tuple[str, Supply]]:
        """Names of fields that speak of what a POST makes: `customer` and `customer_id` of `/customers`."""
        for shape, operation in self._makers.items():
            last = shape.rpartition("/")[2]
            if last and last != "{}" and "{}" not in shape:
                for one in {last, last.removesuffix("s"), _singular(last)}:
                    for name in (f"{one}_id", f"{one}Id", one) if one != last else ():
                        yield name, Supply(name, operation.id)


def taken_name(supply: Supply, answer: Any) -> str:
    """The name that an answer supplies, empty where it has none."""
    if supply.pointer:
        return _text(at_pointer(answer, supply.pointer))
    things = list(_objects(answer, DEPTH_MAX))
    wanted = (_plain(supply.name), *ID_FIELDS)
    for thing in things:
        fields = {_plain(name): value for name, value in reversed([*thing.items()])}
        for field in wanted:
            if text := _text(fields.get(field)):
                return text
    return ""


def _objects(value: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    """The objects of an answer, the outermost first; of a list the first."""
    level = [value]
    for _ in range(depth):
        inner: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                yield one
                inner += one.values()
            elif isinstance(one, list):
                inner += one[:1]
        level = [one for one in inner if isinstance(one, dict | list)]


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _shape(template: str) -> str:
    """A template without the names of its parameters."""
    return PARAMETER.sub("{}", template.partition("#")[0].partition("?")[0]).rstrip("/")


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _singular(name: str) -> str:
    return name[:-3] + "y" if name.endswith("ies") else name
