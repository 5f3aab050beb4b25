"""The page that asks before a person does something to a delivery: what will happen, what is sent, who, and why.

Each act has its page. It sends nothing before its form comes back; the desk judges it anew then, and has it recorded.
"""

from urllib.parse import quote_plus

import orjson

from tidegate.proxy.console.deliveries.delivery_rows import delivery_row
from tidegate.proxy.console.deliveries.delivery_view import found_delivery
from tidegate.proxy.console.deliveries.delivery_words import ACT_BY_NAME, Act, consequences
from tidegate.proxy.console.desk_answer import Document, answered
from tidegate.proxy.console.view import Confirmation, PageData, PageFailure, PageRequest, Redirect, View
from tidegate.proxy.desk.by_hand.hand_order import BY_CHARS_MAX, NOTE_CHARS_MAX
from tidegate.proxy.desk.delivery_pages import PATH, DeliveryPages

EDITED_BYTES_MAX = 60_000
"""A body is edited up to this size as a form writes it, so that the form stays below what the admin port takes."""
ASKS = "console"
"""Who asks what would be done: nobody yet."""
NOT_SHOWN = "nothing of its body may be shown, so it cannot be edited here"
TOO_LONG = "its body is too long to be edited here"
COMMAND = "Write the new body into a file: tidegate dead resolve ID --redo --body FILE."


def act_view(deliveries: DeliveryPages) -> View:
    """The pages of all acts."""
    asking = _ActQuestion(deliveries)
    return View(PATH + "/{id}/{act}", "Sure?", "deliveries/act.html", asking.show, asking.carry_out)


class _ActQuestion:
    def __init__(self, deliveries: DeliveryPages) -> None:
        self._deliveries = deliveries

    async def show(self, request: PageRequest) -> PageData | PageFailure:
        return await self._asked(request)

    async def carry_out(self, request: PageRequest) -> PageData | Redirect | Confirmation | PageFailure:
        """Do it. What was written is shown again where it cannot be done so."""
        act = ACT_BY_NAME.get(request.path["act"])
        if act is None:
            return _no_such_act()
        if not request.sure:
            return Confirmation(f"{act.label}?", button=act.button, back=_address(request.path["id"]), grave=act.grave)
        done = await self._ordered(act, request.path["id"], request)
        if not isinstance(done, PageFailure):
            return Redirect(_address(request.path["id"]), act.done)
        return await self._asked(request, done) if done.status == 400 else done

    async def _asked(self, request: PageRequest, refused: PageFailure | None = None) -> PageData | PageFailure:
        act = ACT_BY_NAME.get(request.path["act"])
        if act is None:
            return _no_such_act()
        of = await found_delivery(self._deliveries, request.path["id"])
        if isinstance(of, PageFailure):
            return of
        body = of["request"]["body"]
        if act.name == "edit" and (body is None or len(quote_plus(body)) > EDITED_BYTES_MAX):
            return PageFailure(409, NOT_SHOWN if body is None else TOO_LONG, COMMAND)
        would = await self._would(act, of)
        if isinstance(would, PageFailure):
            return would
        values = {
            "of": of, "row": delivery_row(of, of["updated"]), "act": act, "told": consequences(act, of, would),
            "acts_as": request.who, "by": request.form.get("by", ""), "note": request.form.get("note", ""),
            "by_max": BY_CHARS_MAX, "note_max": NOTE_CHARS_MAX,
            "body": request.form.get("body", body) if act.name == "edit" else None,
            "why": refused.why if refused is not None else "",
        }  # fmt: skip
        return PageData(values, refused.status if refused is not None else 200, f"{act.label}: {of['id']}")

    async def _would(self, act: Act, of: Document) -> Document | PageFailure:
        body = {"body": of["request"]["body"], "keep_hidden": True} if act.name == "edit" else {}
        order = {"action": act.action, "by": ASKS, "dry_run": True, **body}
        return answered(await self._deliveries.answer("POST", f"{PATH}/{of['id']}", "", orjson.dumps(order)))

    async def _ordered(self, act: Act, delivery_id: str, request: PageRequest) -> Document | PageFailure:
        form = request.form
        order: dict[str, object] = {"action": act.action, "by": request.who or form.get("by", "").strip()}
        order["note"] = form.get("note", "").strip()
        if act.name == "edit":
            order |= {"body": form.get("body", "").replace("\r\n", "\n"), "keep_hidden": True}
        page = await self._deliveries.answer("POST", f"{PATH}/{delivery_id}", "", orjson.dumps(order), request.who)
        return answered(page, "Look at it as it is now; nothing was done.")


def _no_such_act() -> PageFailure:
    return PageFailure(404, "there is no such act", f"There are {', '.join(ACT_BY_NAME)}.")


def _address(delivery_id: str) -> str:
    return f"{PATH}/{quote_plus(delivery_id)}"
