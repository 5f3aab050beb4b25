"""The lifecycle of the payments vendor's objects: the payment intent's statuses and moves, test cards, refunds.

Facts: the vendor's pages on the payment intent's lifecycle, on testing (the `pm_card_…` names) and on refunds. Declared
as tables; a move is a pure function from the object to a change. It stores nothing and knows no HTTP.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from tidegate.simulator.answer import errors
from tidegate.simulator.objects.lifecycle import Given, Lifecycle, Move, MoveContext, ObjectChange
from tidegate.values.json_value import Obj

SETTLES_S = 5.0
"""A bank debit stays in `processing` for so long."""

OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
UNFINISHED = (*OPEN, "requires_capture", "processing")


@dataclass(frozen=True, slots=True)
class Method:
    """A test payment method. A declined one has the error's code and decline code."""

    ends: Literal["paid", "declined", "processing", "asks"] = "paid"
    code: str = "card_declined"
    decline_code: str = "generic_decline"


def _declined(code: str, decline_code: str = "") -> Method:
    return Method("declined", code, decline_code or code)


METHODS: Mapping[str, Method] = {
    "pm_card_visa": Method(),
    "pm_card_visa_debit": Method(),
    "pm_card_mastercard": Method(),
    "pm_card_amex": Method(),
    "pm_card_chargeDeclined": _declined("card_declined", "generic_decline"),
    "pm_card_visa_chargeDeclined": _declined("card_declined", "generic_decline"),
    "pm_card_chargeDeclinedInsufficientFunds": _declined("card_declined", "insufficient_funds"),
    "pm_card_visa_chargeDeclinedInsufficientFunds": _declined("card_declined", "insufficient_funds"),
    "pm_card_visa_chargeDeclinedLostCard": _declined("card_declined", "lost_card"),
    "pm_card_visa_chargeDeclinedStolenCard": _declined("card_declined", "stolen_card"),
    "pm_card_chargeDeclinedExpiredCard": _declined("expired_card"),
    "pm_card_chargeDeclinedIncorrectCvc": _declined("incorrect_cvc"),
    "pm_card_chargeDeclinedProcessingError": _declined("processing_error"),
    "pm_card_authenticationRequired": Method("asks"),
    "pm_usBankAccount": Method("processing"),
}


def _create(thing: Obj, given: Given, context: MoveContext) -> ObjectChange:
    fields = {
        "currency": thing["currency"].lower(),
        "client_secret": f"{thing['id']}_secret_{context.letters('secret', 25)}",
        "status": "requires_confirmation" if thing.get("payment_method") else "requires_payment_method",
    }
    return ObjectChange(fields, then="confirm" if given.get("confirm") else "")


def _update(thing: Obj, given: Given, _context: MoveContext) -> ObjectChange:
    money = [name for name in given if name in ("amount", "currency", "payment_method", "capture_method", "customer")]
    if money and thing["status"] not in OPEN:
        raise errors.unexpected_state("payment_intent", "update", thing["status"], OPEN)
    fields: Obj = {"currency": given["currency"].lower()} if "currency" in given else {}
    if given.get("payment_method") and thing["status"] == "requires_payment_method":
        fields["status"] = "requires_confirmation"
    return ObjectChange(fields)


def _confirm(thing: Obj, given: Given, context: MoveContext) -> ObjectChange:
    name = given.get("payment_method") or thing.get("payment_method")
    if not name:
        raise errors.refused(
            "This payment_intent has no payment method. Give one when confirming, or before.",
            code="payment_intent_unexpected_state",
            param="payment_method",
        )
    method, charge = METHODS[name], "ch_3" + context.letters("charge", 23)
    fields: Obj = {"payment_method": name, "latest_charge": charge, "last_payment_error": None, "next_action": None}
    if method.ends == "declined":
        return _decline(fields, method)
    if method.ends == "asks":
        fields |= {"latest_charge": None, "status": "requires_action", "next_action": {"type": "use_stripe_sdk"}}
        return ObjectChange(fields, ("payment_intent.requires_action",))
    if method.ends == "processing":
        fields["status"] = "processing"
        return ObjectChange(fields, ("payment_intent.processing",), later="settle", later_s=SETTLES_S)
    if (given.get("capture_method") or thing["capture_method"]) == "manual":
        fields |= {"status": "requires_capture", "amount_capturable": thing["amount"]}
        return ObjectChange(fields, ("payment_intent.amount_capturable_updated",))
    fields |= {"status": "succeeded", "amount_received": thing["amount"]}
    return ObjectChange(fields, ("payment_intent.succeeded",))


def _decline(fields: Obj, method: Method) -> ObjectChange:
    why = method.decline_code.replace("_", " ")
    error = errors.declined(
        method.code, method.decline_code, fields["latest_charge"], f"Your card was declined: {why}."
    )
    last_error = {**error.details, "message": error.message, "type": "card_error"}
    fields |= {"status": "requires_payment_method", "payment_method": None, "last_payment_error": last_error}
    return ObjectChange(fields, ("payment_intent.payment_failed",), refused=error)


def _settle(thing: Obj, _given: Given, _context: MoveContext) -> ObjectChange:
    return ObjectChange({"status": "succeeded", "amount_received": thing["amount"]}, ("payment_intent.succeeded",))


def _capture(thing: Obj, given: Given, _context: MoveContext) -> ObjectChange:
    amount = given.get("amount_to_capture", thing["amount_capturable"])
    if amount > thing["amount_capturable"]:
        raise errors.refused(
            f"The remaining amount that can be captured is {thing['amount_capturable']}.",
            code="amount_too_large",
            param="amount_to_capture",
        )
    fields = {"status": "succeeded", "amount_received": amount, "amount_capturable": 0}
    return ObjectChange(fields, ("payment_intent.succeeded",))


def _cancel(_thing: Obj, given: Given, context: MoveContext) -> ObjectChange:
    fields = {
        "status": "canceled",
        "canceled_at": context.wall,
        "cancellation_reason": given.get("cancellation_reason"),
        "amount_capturable": 0,
        "next_action": None,
    }
    return ObjectChange(fields, ("payment_intent.canceled",))


def _refund(_thing: Obj, given: Given, context: MoveContext) -> ObjectChange:
    payment = _refunded_payment(given, context)
    if payment["status"] != "succeeded":
        raise errors.unexpected_state("payment_intent", "refund", payment["status"], ("succeeded",))
    gone = sum(entry["amount"] for entry in context.resources.matching("refund", "payment_intent", payment["id"]))
    left, charge = payment["amount_received"] - gone, payment["latest_charge"]
    if left <= 0:
        raise errors.refused(f"Charge {charge} has already been refunded.", code="charge_already_refunded")
    amount = given.get("amount", left)
    if amount > left:
        raise errors.refused(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left}).", param="amount"
        )
    fields = {
        "amount": amount,
        "currency": payment["currency"],
        "payment_intent": payment["id"],
        "charge": charge,
        "status": "succeeded",
    }
    return ObjectChange(fields)


def _refunded_payment(given: Given, context: MoveContext) -> Obj:
    if given.get("payment_intent"):
        payment = context.resources.get("payment_intent", given["payment_intent"])
        if payment is None:
            raise errors.no_such("payment_intent", given["payment_intent"], "payment_intent", status=400)
        return payment
    if not given.get("charge"):
        raise errors.refused(
            "One of these params must be given: payment_intent or charge.", code="parameter_missing", param="charge"
        )
    for payment in context.resources.matching("payment_intent", "latest_charge", given["charge"]):
        return payment
    charge = context.resources.get("charge", given["charge"])
    if charge is not None:  # one that was made without a payment intent
        alone = {"id": None, "status": "succeeded", "amount_received": charge["amount"], "latest_charge": charge["id"]}
        return {**alone, "currency": charge["currency"]}
    raise errors.no_such("charge", given["charge"], "charge", status=400)


LIFECYCLES: Mapping[str, Lifecycle] = {
    "customer": Lifecycle(created="customer.created", updated="customer.updated", deleted="customer.deleted"),
    "payment_intent": Lifecycle(
        created="payment_intent.created",
        path_param="intent",
        on_create=Move(_create),
        on_update=Move(_update),
        moves={
            "confirm": Move(_confirm, OPEN),
            "capture": Move(_capture, ("requires_capture",)),
            "cancel": Move(_cancel, UNFINISHED),
            "settle": Move(_settle, ("processing",)),
        },
        references={"customer": "customer"},
        known={"payment_method": ("PaymentMethod", frozenset(METHODS))},
        indexed=("latest_charge",),
    ),
    "refund": Lifecycle(
        created="refund.created",
        updated="refund.updated",
        on_create=Move(_refund),
        references={"payment_intent": "payment_intent"},
        indexed=("payment_intent",),
    ),
}
"""By the kind's name in the document. `settle` is no operation: the vendor makes that move on its own."""


def lifecycles_of(kinds: Iterable[str]) -> Mapping[str, Lifecycle]:
    """The lifecycles of a document's kinds: those declared here, where it is a document of this vendor's."""
    return LIFECYCLES if {"payment_intent", "refund", "customer"} <= {*kinds} else {}
