"""The page that asks before many dead letters are sent again: how many, how long it takes, what is asked first.

What was counted is the most that is sent again: where more match meanwhile, nothing is.
"""

import orjson

from tidegate.proxy.console.deliveries.list_views import OTHERS, REASON
from tidegate.proxy.console.desk_answer import Document, answered
from tidegate.proxy.console.filter_form import FilterField, choice, filled
from tidegate.proxy.console.view import Confirmation, PageData, PageFailure, PageRequest, Redirect, View
from tidegate.proxy.desk.by_hand.hand_order import BULK_MAX, BY_CHARS_MAX, NOTE_CHARS_MAX
from tidegate.proxy.desk.delivery_pages import BULK, DeliveryPages
from tidegate.proxy.desk.delivery_pages import PATH as DELIVERIES
from tidegate.proxy.desk.delivery_query import BOXES

PATH = "/replay"
FIELDS = (choice("box", "Box", BOXES, "both"), REASON, *OTHERS)
SHARE = "10%"
MANY_MAX = 8_000
"""So many are counted and sent again from here: more would take too long for a page."""
MORE = f"the oldest first, with Before, or `tidegate dead replay`, which takes {BULK_MAX:,}"
ASKS = "console"
"""Who asks what would be done: nobody yet."""


def replay_view(deliveries: DeliveryPages) -> View:
    """The page that replays many."""

    async def show(request: PageRequest) -> PageData | PageFailure:
        return await _asked(deliveries, filled(FIELDS, request.query), request)

    async def carry_out(request: PageRequest) -> PageData | Redirect | Confirmation | PageFailure:
        fields = filled(FIELDS, request.form)
        if not request.sure:
            return await _asked(deliveries, fields, request)
        at_most = request.form.get("at_most", "")
        if not (at_most.isascii() and at_most.isdecimal() and len(at_most) < 6):
            return PageFailure(400, "the form does not say how many were counted", "Load the page anew.")
        by = {"by": request.who or request.form.get("by", "").strip(), "note": request.form.get("note", "").strip()}
        share = request.form.get("share", "") or SHARE
        order = {**_order(fields), **by, "share": share, "at_most": int(at_most)}
        done = await _answer(deliveries, order, request.who)
        if isinstance(done, PageFailure):
            return await _asked(deliveries, fields, request, done.why)
        left = done["matched"] - done["replayed"]
        changed = f" {left:,} had changed meanwhile." if left else ""
        return Redirect(
            "/dead", f"{done['replayed']:,} are on their way again, over {done['takes_s']:,.0f} s.{changed}"
        )

    return View(PATH, "Send many again", "deliveries/replay.html", show, carry_out, under="/dead")


async def _asked(
    deliveries: DeliveryPages, fields: tuple[FilterField, ...], request: PageRequest, why: str = ""
) -> PageData:
    form = request.form
    share = form.get("share", "") or SHARE
    order = {**_order(fields), "by": ASKS, "at_most": MANY_MAX, "dry_run": True}
    would = await _answer(deliveries, order | {"share": share}, "")
    if isinstance(would, PageFailure) and share != SHARE:  # it may be the share that cannot be meant
        would = await _answer(deliveries, order, "")
    failed = isinstance(would, PageFailure)
    values = {
        "fields": fields, "path": PATH, "why": why or _why_not(would),
        "would": None if failed else would, "given": {field.name: field.value for field in fields if field.value},
        "acts_as": request.who, "by": form.get("by", ""), "note": form.get("note", ""), "share": share,
        "by_max": BY_CHARS_MAX, "note_max": NOTE_CHARS_MAX,
    }  # fmt: skip
    return PageData(values, 400 if values["why"] else 200)


def _why_not(would: Document | PageFailure) -> str:
    if not isinstance(would, PageFailure):
        return ""
    return f"more than {MANY_MAX:,} match; take {MORE}" if would.status == 409 else would.why


def _order(fields: tuple[FilterField, ...]) -> dict[str, object]:
    given = {field.name: field.value for field in fields if field.value}
    return {"filter": given or {"state": "dead"}}


async def _answer(deliveries: DeliveryPages, order: dict[str, object], who: str) -> Document | PageFailure:
    return answered(await deliveries.answer("POST", f"{DELIVERIES}/{BULK}", "", orjson.dumps(order), who))
