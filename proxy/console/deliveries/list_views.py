"""The lists of deliveries: outbox, inbox, dead letters, and what is unknown or parked."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from tidegate.proxy.console.deliveries.delivery_rows import delivery_row
from tidegate.proxy.console.desk_answer import answered
from tidegate.proxy.console.filter_form import AGES, FilterField, as_query, choice, filled
from tidegate.proxy.console.traffic.call_rows import CallRow, call_row
from tidegate.proxy.console.view import PageData, PageFailure, PageRequest, View
from tidegate.proxy.desk.calls.call_pages import PATH as CALLS
from tidegate.proxy.desk.calls.call_pages import CallPages
from tidegate.proxy.desk.calls.call_query import FILTERS as CALL_FILTERS
from tidegate.proxy.desk.delivery_pages import PATH, DeliveryPages
from tidegate.proxy.desk.delivery_query import BOXES, REASONS, STATES

BOX = choice("box", "Box", BOXES)
STATE = choice("state", "State", STATES)
REASON = choice("reason", "Reason", REASONS)
OTHERS = (
    FilterField("vendor", "Vendor"),
    FilterField("app", "App"),
    FilterField("operation", "Operation"),
    FilterField("text", "Text", hint="id, key, order key, reason"),
    FilterField("since", "When", AGES),
    FilterField("until", "Before", hint="2h, or 2026-01-31T10:00Z"),
)


UNKNOWN = "/unknown"
LEFT_MAX = 20
"""So many calls that are unknown and in no box are looked for."""


@dataclass(frozen=True, slots=True)
class DeliveryList:
    """One list: what of all deliveries it shows, and by what it is narrowed."""

    path: str
    title: str
    lead: str
    empty: str
    fixed: Mapping[str, str]
    fields: tuple[FilterField, ...]


LISTS = (
    DeliveryList(
        "/outbox", "Outbox", "Writes that are carried out later.", "Nothing was deferred.",
        {"box": "outbox"}, (STATE, REASON, *OTHERS),
    ),
    DeliveryList(
        "/inbox", "Inbox", "Webhooks on their way to apps.", "No webhook has come.",
        {"box": "inbox"}, (STATE, REASON, *OTHERS),
    ),
    DeliveryList(
        "/dead", "Dead letters", "What ended without success. Nothing more happens to it by itself.",
        "There are no dead letters.", {"state": "dead"}, (BOX, REASON, *OTHERS),
    ),
    DeliveryList(
        UNKNOWN, "Unknown and parked",
        "What may have been carried out: unknown, while Tidegate finds out; parked, when only a person can tell. And "
        "what waits for approval.",
        "Nothing is unknown, and nothing is parked.", {"state": "unknown,parked"}, (BOX, *OTHERS),
    ),
)  # fmt: skip
"""In the menu's order."""


def list_views(deliveries: DeliveryPages, calls: CallPages) -> tuple[View, ...]:
    """The pages, each in the menu."""
    return tuple(_list_view(of, deliveries, calls) for of in LISTS)


def _list_view(of: DeliveryList, deliveries: DeliveryPages, calls: CallPages) -> View:
    async def show(request: PageRequest) -> PageData:
        fields = filled(of.fields, request.query)
        query = as_query(fields, after=request.query.get("after", ""), **of.fixed)
        found = answered(await deliveries.answer("GET", PATH, query))
        values: dict[str, object] = {
            "list": of, "fields": fields, "path": of.path, "narrowed": as_query(fields),
            "rows": (), "left": (), "next": "", "why": "", "many": _replay_query(of, fields),
        }  # fmt: skip
        if isinstance(found, PageFailure):
            return PageData({**values, "why": found.why}, found.status)
        values["rows"] = tuple(delivery_row(one, found["now"]) for one in found["deliveries"])
        if of.path == UNKNOWN and not request.query.get("after"):
            values["left"] = await _left_unknown(deliveries, calls, as_query(fields))
        values["next"] = as_query(fields, after=found["next"]) if found["next"] else ""
        return PageData(values)

    return View(of.path, of.title, "deliveries/list.html", show, menu=True)


async def _left_unknown(deliveries: DeliveryPages, calls: CallPages, narrowed: str) -> tuple[CallRow, ...]:
    """Calls that ended as unknown lately and are in no box: nobody finds out about them but a person."""
    given = {name: value for name, value in parse_qsl(narrowed) if name in CALL_FILTERS}
    query = urlencode(given | {"problem": "outcome-unknown", "limit": str(LEFT_MAX)})
    found = answered(calls.answer("GET", CALLS, query))
    if isinstance(found, PageFailure):
        return ()
    rows = [call_row(line) for line in found["calls"] if not {"delivery", "deliveries"} & line.keys()]
    return tuple([row for row in rows if (await deliveries.answer("GET", f"{PATH}/{row.id}", "")).status == 404])


def _replay_query(of: DeliveryList, fields: tuple[FilterField, ...]) -> str:
    """The query of the page that replays what this list shows of dead letters; empty where it shows none."""
    if of.fixed.get("state") != "dead":
        return ""
    given = {field.name: field.value for field in fields if field.value}
    return urlencode({"box": "outbox"} | given)
