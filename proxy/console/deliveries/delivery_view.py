"""The page of one delivery: what it means, what may be done, its story, the request and the last answer."""

from tidegate.proxy.console.deliveries.delivery_rows import delivery_row, story
from tidegate.proxy.console.deliveries.delivery_words import acts_of, cure, cure_of, meaning
from tidegate.proxy.console.desk_answer import Document, answered
from tidegate.proxy.console.view import PageData, PageFailure, PageRequest, View
from tidegate.proxy.desk.delivery_pages import PATH, DeliveryPages

BACK = {"inbox": "/inbox", "outbox": "/outbox"}
FACTS = (
    ("Order key", "order_key"), ("Priority", "priority"), ("The vendor's id of it", "reference"),
    ("Workers that died at it", "leases_lost"), ("Trace", "trace"),
)  # fmt: skip
TIMES = (("Accepted", "accepted"), ("Changed", "updated"), ("Not before", "not_before"), ("Deadline", "deadline"))


def delivery_view(deliveries: DeliveryPages) -> View:
    """The page of one delivery."""

    async def show(request: PageRequest) -> PageData | PageFailure:
        of = await found_delivery(deliveries, request.path["id"])
        if isinstance(of, PageFailure):
            return of
        values = {
            "of": of,
            "row": delivery_row(of, of["updated"]),
            "meaning": meaning(of),
            "cure": cure(of),
            "acts": acts_of(of),
            "story": story(of),
            "first": cure_of(of),
            "facts": tuple((label, str(of[name])) for label, name in FACTS if of[name]),
            "times": tuple((label, of[name]) for label, name in TIMES if of[name]),
        }
        return PageData(values, title=f"{of['operation'] or of['vendor']} {of['id']}")

    return View(PATH + "/{id}", "Delivery", "deliveries/delivery.html", show)


async def found_delivery(deliveries: DeliveryPages, delivery_id: str) -> Document | PageFailure:
    """One delivery, with what may be shown of its bodies."""
    if "/" in delivery_id:
        return PageFailure(404, "this is no id of a delivery")
    page = await deliveries.answer("GET", f"{PATH}/{delivery_id}", "body=redacted")
    return answered(page, "What has ended is kept for a time only; the audit log still tells what people did.")
