"""Lists: the page that a request asks for, in its envelope, with what is said beside it.

It changes nothing.
"""

from tidegate.simulator.answer import errors
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.resource_operation import ResourceOperation
from tidegate.simulator.objects.answer_bodies import AnswerBodies
from tidegate.simulator.objects.changes import Changes
from tidegate.simulator.objects.lifecycle import Given
from tidegate.simulator.objects.object_store import ObjectStore
from tidegate.simulator.objects.operation_request import OperationRequest, OperationResult
from tidegate.simulator.storage.pagination import Pagination
from tidegate.vendor.resource_facts import Pages


class Listing:
    """The lists of one vendor."""

    def __init__(self, store: ObjectStore, changes: Changes, bodies: AnswerBodies, pages: Pages) -> None:
        self._store = store
        self._declared = changes.declared
        self._bodies = bodies
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
        things = [self._store.expanded(kind.name, thing, paths) for _, thing in page.things]
        shown = [self._bodies.item(operation, thing) for thing in things]
        links = self._pagination.links(kind, operation, page, request.path)
        body: object = shown
        if operation.at:
            beside = links.beside(back=self._pagination.is_backward(operation, values))
            body = self._bodies.page(operation, shown, beside, "" if self._pages.relative else request.base)
        link = links.header(request.base)
        return OperationResult(body, operation.status, {"Link": link} if link else {})


def _inside(path: str) -> str:
    if not path.startswith("data."):
        raise errors.refused(f"This property cannot be expanded: {path}. In a list, begin with `data.`", param="expand")
    return path.removeprefix("data.")
