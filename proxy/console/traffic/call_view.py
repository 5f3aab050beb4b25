"""The page of one call: a timeline of its waits and attempts with the reason of each, and what became of its write.

A call that is not in memory any more is looked for in the store: in the outbox, and among the records of keys.
"""

from urllib.parse import urlencode

from tidegate.proxy.console.desk_answer import Document, answered
from tidegate.proxy.console.traffic.call_rows import call_row, timeline_bars
from tidegate.proxy.console.view import PageData, PageFailure, PageRequest, View
from tidegate.proxy.desk.calls.call_pages import PATH, CallPages
from tidegate.proxy.desk.delivery_pages import PATH as DELIVERIES
from tidegate.proxy.desk.delivery_pages import DeliveryPages
from tidegate.proxy.desk.delivery_query import is_id
from tidegate.proxy.store.records import Records, StoredCall
from tidegate.proxy.telemetry.log_line import stamp
from tidegate.proxy.telemetry.recent_calls import ADVICE, OUTCOMES

GONE = "The proxy's log has every call; another proxy of several may have it in its memory."
STORED_FACTS = ("vendor", "operation", "app", "credential")


def call_view(calls: CallPages, deliveries: DeliveryPages, records: Records) -> View:
    """The page of one call."""

    async def show(request: PageRequest) -> PageData | PageFailure:
        call_id = request.path["id"]
        if not is_id(call_id):
            return PageFailure(404, "this is no id of a call")
        delivery = await _delivery(deliveries, call_id)
        line = answered(calls.answer("GET", f"{PATH}/{call_id}", ""), GONE)
        values: dict[str, object] = {"id": call_id, "delivery": delivery, "row": None, "stored": ()}
        if not isinstance(line, PageFailure):
            return PageData(values | _in_memory(line), title=f"Call {call_id}")
        stored = await records.find_call(call_id)
        if stored is None and delivery is None:
            return line
        values["stored"] = _stored(stored) if stored is not None else ()
        return PageData(values, title=f"Call {call_id}")

    return View(PATH + "/{id}", "Call", "traffic/call.html", show, under=PATH)


async def _delivery(deliveries: DeliveryPages, call_id: str) -> Document | None:
    """The write that this call was accepted as, or left unknown: it has the call's id."""
    found = answered(await deliveries.answer("GET", f"{DELIVERIES}/{call_id}", ""))
    return None if isinstance(found, PageFailure) else found


def _in_memory(line: Document) -> dict[str, object]:
    carried = [line["delivery"]] if "delivery" in line else line.get("deliveries", [])
    alike = {name: line.get(name, "") for name in ("vendor", "operation", "verdict", "problem")}
    return {
        "row": call_row(line),
        "bars": timeline_bars(line),
        "facts": _facts(line),
        "carried": tuple(carried),
        "alike": urlencode({name: value for name, value in alike.items() if value}),
        "advice": _advice(line),
        "line": {name: value for name, value in line.items() if name != "timeline"},
    }


def _advice(line: Document) -> str:
    """What to do about a call whose outcome is unknown; empty for every other."""
    if line.get("outcome") != "unknown":
        return ""
    return ADVICE["unknown keyed" if "key" in line else "unknown"]


def _facts(line: Document) -> tuple[tuple[str, str], ...]:
    """What the timeline does not say, as pairs of name and value."""
    residency = line.get("residency")
    facts = (
        ("Request", f"{line['method']} {line['path']}"),
        ("Key's fingerprint", line.get("key", "")),
        ("Trace", line.get("trace", "")),
        ("Error", line.get("error", "")),
        ("Repeats", line.get("repeats", "")),
        ("Data", f"{residency['fate']} by {residency['rule']}" if residency else ""),
    )
    return tuple((name, str(value)) for name, value in facts if value)


def _stored(stored: StoredCall) -> tuple[tuple[str, str], ...]:
    facts = [(name.capitalize(), str(getattr(stored, name))) for name in STORED_FACTS]
    facts += [("Outcome", OUTCOMES[stored.state]), ("Status", str(stored.status or ""))]
    facts += [("Began", stamp(stored.began_wall)), ("Ended", stamp(stored.ended_wall) if stored.ended_wall else "")]
    return tuple((name, value) for name, value in facts if value)
