"""An order to a breaker: keep it open, keep it closed, or let it judge again. Asked once, and recorded."""

from collections.abc import Mapping
from typing import Literal

from tidegate.proxy.console.console_sources import ConsoleSources
from tidegate.proxy.console.view import Confirmation, PageFailure, PageRequest, Redirect, View
from tidegate.proxy.desk.by_hand.hand_order import NOTE_CHARS_MAX

AUDIT_S = 1.0
"""The time that an answer waits for the row of what was done."""
NOBODY = "unnamed"
TO: Mapping[str, Literal["open", "closed"] | None] = {"open": "open", "closed": "closed", "release": None}
QUESTIONS = {
    "open": ("Keep the breaker open?", "No call of this group reaches the vendor until it is let go."),
    "closed": ("Keep the breaker closed?", "Every call goes to the vendor, whatever it answers, until it is let go."),
    "release": ("Let the breaker go?", "It judges again by what the vendor answers."),
}
DONE = {"open": "is kept open", "closed": "is kept closed", "release": "judges again"}


def breaker_view(sources: ConsoleSources) -> View:
    """Takes the order at `/vendors/{vendor}/breakers/{group}`."""

    async def carry_out(request: PageRequest) -> Redirect | Confirmation | PageFailure:
        vendor, group = request.path["vendor"], request.path["group"]
        to, note = request.form.get("to", ""), request.form.get("note", "")[:NOTE_CHARS_MAX]
        if to not in TO:
            return PageFailure(400, "say what: open, closed or release")
        if not request.sure:
            question, text = QUESTIONS[to]
            return Confirmation(
                f"{vendor}, {group}: {question[:1].lower()}{question[1:]}", text, question.rstrip("?"),
                back=f"/vendors/{request.quoted('vendor')}", grave=to == "open", asks_why=True,
            )  # fmt: skip
        if not sources.proxy.force(vendor, group, TO[to]):
            return PageFailure(404, f"{vendor!r} has no breaker {group!r}")
        if sources.audit is not None:
            what, recorder = ("breaker.released" if to == "release" else "breaker.forced"), sources.audit.recorder
            facts = {} if to == "release" else {"to": to}
            target = f"breaker:{vendor}/{group}"
            recorder.record(what, who=request.who or NOBODY, target=target, reason=note, **facts)
            await recorder.flush(AUDIT_S)
        return Redirect(f"/vendors/{request.quoted('vendor')}", f"The breaker {group} of {vendor} {DONE[to]}.")

    return View("/vendors/{vendor}/breakers/{group}", "Breaker", "vendor.html", carry_out=carry_out)
