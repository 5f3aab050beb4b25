"""Lists: the page that a request asks for, in its envelope, with what is said beside it.

A list of which nothing is kept has one page, the sample. It changes nothing.
"""

from dataclasses import replace
from typing import Any

from tidegate.simulator.answer import errors
from tidegate.simulator.answer.header_values import simple
from tidegate.simulator.document.documented_answer import inside
from tidegate.simulator.document.envelope import list_at
from tidegate.simulator.document.page_style import without_cursors
from tidegate.simulator.document.path_template import read_template
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.resource_operation import ResourceOperation
from tidegate.simulator.objects.answer_bodies import AnswerBodies
from tidegate.simulator.objects.answer_headers import AnswerHeaders
from tidegate.simulator.objects.changes import Changes
from tidegate.simulator.objects.lifecycle import Given
from tidegate.simulator.objects.object_store import ObjectStore
from tidegate.simulator.objects.operation_request import OperationRequest, OperationResult
from tidegate.simulator.storage.page_links import PageLinks
from tidegate.simulator.storage.pagination import Pagination
from tidegate.values.documented_example import part_of
from tidegate.vendor.resource_facts import Pages


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
        self._pagination = Pagination(bodies.document, pages, store.resources)

    def carry_out(
        self, operation: ResourceOperation, kind: ResourceKind, params: Given, values: Given, request: OperationRequest
    ) -> OperationResult:
        """The page that the request asks for. Raises errors.VendorError."""
        keys = self._store.keys
        bound = keys.is_bound(kind, operation, params, values)
        scope = keys.scope(kind, operation, params, values, None) if kind.within and bound else ""
        narrowed = keys.narrowed(kind, operation, params)
        if operation.declared is not None:
            narrowed |= self._declared.narrowed(kind, operation.declared, {**params, **values}, request)
        page = self._pagination.page(
            kind, operation, scope, narrowed, values, self._store.belonging(operation, kind, params)
        )
        paths = [_inside(path) for path in values.get("expand", ())] if operation.expands else []
        shown = [
            self._bodies.item(operation, self._store.expanded(kind.name, thing, paths), key.rpartition("/")[2])
            for key, thing in page.things
        ]
        links = self._pagination.links(kind, operation, page, request.path)
        body: object = shown
        if operation.at:
            beside = links.beside(back=self._pagination.is_backward(operation, values))
            body = self._bodies.page(operation, shown, beside, "" if self._pages.relative else request.base)
        return OperationResult(body, operation.status, self._told(operation, links, request))

    def sample(self, operation: ResourceOperation, params: Given, values: Given, request: OperationRequest) -> Any:
        """An answer in which no stored object is; behind the first page of such a list nothing new follows."""
        documented = self._bodies.document.operations[operation.id]
        schema = operation.documented.schema if operation.documented is not None else None
        if documented.method == "GET" and schema:
            at = list_at(self._bodies.document, schema, read_template(documented.template).word)
            paged = replace(operation, at=at or ())
            if at is not None and (ended := self._pagination.behind_sample(paged, values)) is not None:
                return self._last(paged, schema, ended, request.name)
        return self._bodies.body(operation, request.name, {**params, **values})

    def _last(self, operation: ResourceOperation, schema: Any, ended: dict[tuple[str, ...], Any], name: str) -> Any:
        """A page without objects, or with the sample's where the document has no empty ones, which leads nowhere."""
        level = self._bodies.document.schemas.plain(inside(self._bodies.document, schema, operation.at))
        shown = part_of(self._bodies.body(operation, name, {}), operation.at) if level.get("minItems") else []
        return without_cursors(self._bodies.page(operation, shown, ended)) if operation.at else shown

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
