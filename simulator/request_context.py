"""One request on its way through the vendor: what each step of simulator.exchange has learnt of it so far.

Data only. A step reads what earlier steps wrote, and writes what later ones need.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from tidegate.openapi.document import Match
from tidegate.simulator.answer.answer import Answer
from tidegate.simulator.answer.media_types import FORM, bare
from tidegate.simulator.door.request_cost import CostSource
from tidegate.simulator.record.journal import JournalEntry
from tidegate.simulator.trouble.fault_scope import FaultTarget
from tidegate.simulator.trouble.faults import ChosenFaults

if TYPE_CHECKING:
    from tidegate.simulator.behaviour.graphql import GraphQLResult


@dataclass(slots=True)
class RequestContext:
    """See the module. Not frozen: one is made for every request, and the steps fill it in.

    `headers` are those that every answer to this request has; the request's own are `request.headers`.
    """

    request: web.BaseRequest
    entry: JournalEntry
    headers: dict[str, str]
    target: FaultTarget
    """The target of armed faults; its app is known once the request is identified."""
    path: str = ""
    query: str = ""
    body: bytes = b""
    is_oauth: bool = False
    """True where it is for the vendor's OAuth server: that identifies its clients by itself, and has no limits."""
    match: Match | None = None
    """The operation of the document that it is for, and the parameters of its path."""
    recorded: Answer | None = None
    """Its answer on the cassette."""
    requester: str = ""
    """The credential that limits and idempotency keys are counted by."""
    graphql: "GraphQLResult | None" = None
    """The result of its GraphQL query: known early, because the limits count its cost."""
    cost: CostSource = b""
    admitted: bool = False
    """True while the limits count it as running."""
    faults: ChosenFaults | None = None
    """The faults that hit it; None until they are chosen."""
    answer: Answer | None = None
    """The answer; None where the vendor sends none."""

    def read_form_as_query(self) -> None:
        """Move the fields of a form into the query: for a vendor that takes a POST for a GET."""
        if bare(self.request.headers.get("Content-Type", FORM)) != FORM:
            return
        form = self.body.decode("utf-8", "replace")
        self.query = "&".join(part for part in (self.query, form) if part)
        self.body = b""
