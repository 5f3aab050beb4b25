"""Lists: the page that a request asks for, in its envelope, with what is said beside it.

A list of which nothing is kept has one page, the sample. It changes nothing.
"""

import sys
from dataclasses import replace
from typing import Any

from tidegate.simulator.answer import errors
from tidegate.simulator.answer.header_values import simple
from tidegate.simulator.document.documented_answer import inside
from tidegate.simulator.document.envelope import list_at
from tidegate.simulator.document.list_parameters import list_parameters
from tidegate.simulator.document.paging.page_words import without_cursors
from tidegate.simulator.document.path_template import read_template
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.resource_operation import ResourceOperation
from tidegate.simulator.merge.chosen_fields import ALL_FIELDS
from tidegate.simulator.merge.included import Included
from tidegate.simulator.objects.answer_bodies import AnswerBodies
from tidegate.simulator.objects.answer_headers import AnswerHeaders
from tidegate.simulator.objects.changes import Changes
from tidegate.simulator.objects.lifecycle import Given
from tidegate.simulator.objects.object_store import ObjectStore
from tidegate.simulator.objects.operation_request import OperationRequest, OperationResult
from tidegate.simulator.storage.page_links import ListPage, PageLinks
from tidegate.simulator.storage.pagination import Pagination
from tidegate.values.documented_example import part_of
from tidegate.values.json_value import Obj
from tidegate.values.string_values import plain_name
from tidegate.vendor.resource_facts import Pages

_COUNTS = frozenset({"count", "total", "totalcount", "value", "result", "data", "number"})
"""Plain names of fields that tell how many there are."""


class Listing:
    """The lists of one vendor."""

    def __init__(
        self, store: ObjectStore, changes: Changes, bodies: AnswerBodies, headers: AnswerHeaders, pages: Pages
    ) -> None:
        self._store = store
        self._declared = changes.declared
        self._bodies = bodies
        self._headers = headers
        self._pages = pages
        self._counting: dict[str, ResourceOperation | None] = {}
        self._sampled: dict[str, ResourceOperation | None] = {}
        self.included = Included(bodies.kinds, store.resources.get)
        self._pagination = Pagination(bodies.document, pages, store.resources)

    def carry_out(
        self, operation: ResourceOperation, kind: ResourceKind, params: Given, values: Given, request: OperationRequest
    ) -> OperationResult:
        """The page that the request asks for. Raises errors.VendorError."""
        page = self._page(operation, kind, params, values, request)
        paths = [_inside(path) for path in values.get("expand", ())] if operation.expands else []
        words = self._bodies.wanted(operation, values) if values else ALL_FIELDS
        shown = [
            self._bodies.item(operation, self._store.expanded(kind.name, thing, paths), key.rpartition("/")[2], words)
            for key, thing in page.things
        ]
        links = self._pagination.links(kind, operation, page, request.path)
        body: object = shown
        if operation.at:
            beside = links.beside(back=self._pagination.is_backward(operation, values))
            if operation.parameters.counts and values.get("$count") is not True:
                beside |= {place: None for place in beside if plain_name(place[-1]) == "odatacount"}
            body = self._bodies.page(operation, shown, beside, "" if self._pages.relative else request.base)
            body = self.included.beside(operation, body, [thing for _, thing in page.things], values)
        return OperationResult(body, operation.status, self._told(operation, links, request))

    def passing(
        self, operation: ResourceOperation, kind: ResourceKind, params: Given, values: Given, request: OperationRequest
    ) -> list[tuple[str, Obj]]:
        """All objects that a request narrows a collection to, with keys; none where it asks what is not heeded."""
        if not values.keys().isdisjoint(operation.parameters.others):
            return []
        query = replace(self._page(operation, kind, params, values, request).query, limit=sys.maxsize - 1, skip=0)
        return [*self._store.resources.page(kind.name, query)[0]]

    def sample(self, operation: ResourceOperation, params: Given, values: Given, request: OperationRequest) -> Any:
        """A body in which no stored object is: that of `/pets/count` tells how many there are.

        Behind the first page of a list of which nothing is kept nothing new follows. Raises errors.VendorError.
        """
        if operation.id not in self._counting:
            self._counting[operation.id] = self._counted(operation)
        counting = self._counting[operation.id]
        if counting is None:
            return self._behind(operation, values, request.name, {**params, **values})
        body = self._bodies.body(operation, request.name, {**params, **values})
        kind = self._bodies.kinds.named[counting.kind]
        return _numbered(body, self._pagination.count(kind, self._page(counting, kind, params, values, request)))

    def _behind(self, operation: ResourceOperation, values: Given, name: str, given: Given) -> Any:
        """What is drawn, once: an empty page where the request asks for one behind it."""
        if operation.id not in self._sampled:
            self._sampled[operation.id] = self._listed(operation)
        paged = self._sampled[operation.id]
        if paged is not None and (ended := self._pagination.behind_sample(paged, values)) is not None:
            return self._last(paged, ended, name)
        return self._bodies.body(operation, name, given)

    def _listed(self, operation: ResourceOperation) -> ResourceOperation | None:
        """An operation whose sample is a list, with the place of that; None where it is none."""
        documented = self._bodies.document.operations[operation.id]
        schema = operation.documented.schema if operation.documented is not None else None
        if documented.method != "GET" or not schema:
            return None
        at = list_at(self._bodies.document, schema, read_template(documented.template).word)
        return replace(operation, at=at) if at is not None else None

    def _last(self, operation: ResourceOperation, ended: dict[tuple[str, ...], Any], name: str) -> Any:
        """A page without objects, or with the sample's where the document has no empty ones, which leads nowhere."""
        schema = operation.documented.schema if operation.documented is not None else None
        level = self._bodies.document.schemas.plain(inside(self._bodies.document, schema, operation.at))
        shown = part_of(self._bodies.body(operation, name, {}), operation.at) if level.get("minItems") else []
        return without_cursors(self._bodies.page(operation, shown, ended)) if operation.at else shown

    def _counted(self, operation: ResourceOperation) -> ResourceOperation | None:
        """The list whose objects an operation counts; None where it counts none."""
        model, documented = self._bodies.kinds, self._bodies.document.operations[operation.id]
        path = model.paths[operation.id]
        kind = model.of_collection(path.key[:-1]) if plain_name(path.word) == "count" else None
        if kind is None or documented.method != "GET":
            return None
        parameters = list_parameters(self._bodies.document, documented, kind)
        return replace(operation, kind=kind.name, within=path.params[: len(kind.within)], parameters=parameters)

    def _page(
        self, operation: ResourceOperation, kind: ResourceKind, params: Given, values: Given, request: OperationRequest
    ) -> ListPage:
        keys = self._store.keys
        bound = keys.is_bound(kind, operation, params, values)
        scope = keys.scope(kind, operation, params, values, None) if kind.within and bound else ""
        narrowed = keys.narrowed(kind, operation, params)
        if operation.declared is not None:
            narrowed |= self._declared.narrowed(kind, operation.declared, {**params, **values}, request)
        belonging = self._store.belonging(operation, kind, params)
        return self._pagination.page(kind, operation, scope, narrowed, values, belonging)

    def _told(self, operation: ResourceOperation, links: PageLinks, request: OperationRequest) -> dict[str, str]:
        """The headers of a page: those that the document has, with what is known of the page."""
        documented = operation.documented
        described = self._headers.sent(documented) if documented is not None and documented.headers else ()
        headers = self._headers.of(documented, request.name, "") if documented is not None and described else {}
        for header in described:
            if header.means:
                headers.pop(header.name, None)
                if (said := links.said(header.means)) not in (None, ""):
                    headers[header.name] = simple(said)
        wanted = next((header.name for header in described if header.name.lower() == "link"), "")
        headers.pop(wanted, None)  # an example leads to another list
        if link := links.header(request.base, wanted=bool(wanted)):
            headers[wanted or "Link"] = link
        return headers


def _inside(path: str) -> str:
    if not path.startswith("data."):
        raise errors.refused(f"This property cannot be expanded: {path}. In a list, begin with `data.`", param="expand")
    return path.removeprefix("data.")


def _numbered(body: Any, count: int) -> Any:
    """An answer with this number where it tells one."""
    if isinstance(body, bytes):
        return str(count).encode() if body.strip().isdigit() else body
    if isinstance(body, int) and not isinstance(body, bool):
        return count
    if not isinstance(body, dict):
        return body
    return {name: _numbered(inner, count) if plain_name(name) in _COUNTS else inner for name, inner in body.items()}
