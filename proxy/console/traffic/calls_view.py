"""The page of calls: those that ended lately, searched by id, app, vendor, outcome, problem and time."""

from http import HTTPStatus

from tidegate.proxy.console.desk_answer import answered
from tidegate.proxy.console.filter_form import AGES, FilterField, as_query, choice, filled
from tidegate.proxy.console.traffic.call_rows import call_row
from tidegate.proxy.console.view import PageData, PageFailure, PageRequest, View
from tidegate.proxy.desk.calls.call_pages import PATH, CallPages
from tidegate.proxy.desk.calls.call_query import WORDS

FIELDS = (
    FilterField("id", "Id", hint="of the call, a trace, the vendor"),
    FilterField("vendor", "Vendor"),
    FilterField("app", "App"),
    FilterField("operation", "Operation"),
    choice("verdict", "Ended", WORDS["verdict"]),
    choice("outcome", "Outcome", WORDS["outcome"]),
    choice("problem", "Problem", WORDS["problem"]),
    FilterField("since", "When", AGES),
    FilterField("until", "Before", hint="10m, or 2026-01-31T10:00Z"),
)


def calls_view(calls: CallPages) -> View:
    """The page, in the menu."""

    async def show(request: PageRequest) -> PageData:
        fields = filled(FIELDS, request.query)
        found = answered(calls.answer("GET", PATH, as_query(fields, after=request.query.get("after", ""))))
        values = {"fields": fields, "path": PATH, "narrowed": as_query(fields), "rows": (), "next": "", "why": ""}
        if isinstance(found, PageFailure):
            return PageData({**values, "why": found.why}, found.status)
        more = found.get("next", "")
        rows = tuple(map(call_row, found["calls"]))
        values |= {"rows": rows, "next": as_query(fields, after=more) if more else ""}
        return PageData(values, HTTPStatus.OK)

    return View(PATH, "Calls", "traffic/calls.html", show, menu=True)
